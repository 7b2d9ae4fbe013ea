//! The pictures, and the network's results.

use leptos::prelude::*;

use super::{notices::Notices, return_offer::ReturnOffer, tabs::Tabs};
use crate::page::{
    components::dynamic::memo,
    store::Store,
    views::{gallery::view::Gallery, training::health_warnings::HealthWarnings},
    words,
};

/// The gallery and the tabs, below the messages.
#[component]
pub fn Results() -> impl IntoView {
    let store = Store::expect();
    let summary = memo(move || store.with(words::summary));
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
