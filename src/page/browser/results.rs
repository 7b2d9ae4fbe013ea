//! The pictures, and what the network makes of them.

mod confusion;
mod curve;
mod evaluation_curve;
mod gallery;
mod group_controls;
mod groups_tab;
mod health_warnings;
mod invariance_tab;
mod label_entry;
mod labels_tab;
mod legend;
mod loss_tab;
mod map_colours;
mod map_tab;
mod map_view;
mod matrix_view;
mod neighbours_tab;
mod notices;
mod predictions;
mod query_area;
mod readout;
mod return_offer;
mod row_view;
mod run_chart;
mod runs_view;
mod selected_edges;
mod selection_bar;
mod silhouette_curve;
mod similarity_tab;
mod strip_view;
mod tabs;
mod wanted_stage;
mod why_view;

use gallery::Gallery;
use health_warnings::HealthWarnings;
use leptos::prelude::*;
use notices::Notices;
use return_offer::ReturnOffer;
use tabs::Tabs;

use crate::page::{
    browser::{dynamic::memo, session::Session},
    state::Part,
    words,
};

/// The gallery and the tabs, under what there is to say of them.
#[component]
pub fn Results() -> impl IntoView {
    let session = Session::expect();
    let summary = memo(move || {
        session.with([Part::Results, Part::Pictures, Part::Intake, Part::Engine, Part::Run], words::summary)
    });
    view! {
        <main class="stage">
            <ReturnOffer />
            <Notices />
            <HealthWarnings />
            <p class="summary" aria-live="polite">
                {move || summary.get()}
            </p>
            <Gallery />
            <Tabs />
        </main>
    }
}
