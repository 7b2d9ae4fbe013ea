//! The score, the pictures, and the tabs.

use leptos::prelude::*;

use super::{notices::Notices, return_offer::ReturnOffer, tabs::Tabs};
use crate::page::{
    components::{
        dynamic::{dynamic, memo},
        meter::Meter,
        stage_switch::StageSwitch,
    },
    store::Store,
    views::{
        gallery::{action_bar::ActionBar, view::Gallery},
        hood::training::health_warnings::HealthWarnings,
    },
    words,
};

/// The messages, the score with the stage switch, the gallery and the tabs.
#[component]
pub fn Results() -> impl IntoView {
    view! {
        <main class="stage">
            <ReturnOffer />
            <Notices />
            <HealthWarnings />
            <Headline />
            <Gallery />
            <Tabs />
            <ActionBar />
        </main>
    }
}

/// The score, its meaning in a sentence, and the switch of the stage.
#[component]
fn Headline() -> impl IntoView {
    let store = Store::expect();
    let summary = memo(move || store.with(words::summary));
    let score = memo(move || store.with(words::score));
    let meter = dynamic(move || {
        score.get().map(|score| {
            view! {
                <div class="score">
                    <p class="result">
                        {score.result} " " <span class="result-meaning">{score.meaning}</span>
                    </p>
                    <Meter share=Signal::derive(move || score.share) marks=Signal::derive(move || score.marks.clone()) />
                </div>
            }
        })
    });
    view! {
        <div class="headline">
            {meter}
            <p class="summary" aria-live="polite">
                {move || summary.get()}
            </p>
            <StageSwitch />
        </div>
    }
}
