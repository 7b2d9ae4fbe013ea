//! The score, the pictures, and the tabs.

use std::cell::Cell;

use leptos::prelude::*;

use super::{notices::Notices, return_offer::ReturnOffer, tabs::Tabs};
use crate::page::{
    components::{
        dynamic::{effect, memo},
        score_view::ScoreView,
        stage_switch::StageSwitch,
    },
    rail::preview::StagePreview,
    store::Store,
    timing,
    views::{
        gallery::{action_bar::ActionBar, view::Gallery, viewer::Viewer},
        hood::training::health_warnings::HealthWarnings,
        reveal::view::{RevealButton, RevealPanel},
    },
    words,
};

/// The messages, the score with the stage switch, the gallery, the preview of the augmentations, what
/// a run changed, and the tabs.
#[component]
pub fn Results() -> impl IntoView {
    let embed = Store::expect().with_untracked(|state| state.extent.is_part());
    view! {
        <main class="stage">
            <ReturnOffer />
            <Notices />
            <HealthWarnings />
            <Headline />
            <Gallery />
            <StagePreview />
            {(!embed).then(|| view! { <RevealPanel /> })}
            <Tabs />
            <ActionBar />
            <Viewer />
        </main>
    }
}

/// Least time between two announcements during training, in milliseconds.
const PACE: f64 = 20_000.0;

/// The score, its meaning in a sentence, and the switch of the stage.
#[component]
fn Headline() -> impl IntoView {
    let store = Store::expect();
    let summary = memo(move || store.with(words::summary));
    let score = memo(move || store.with(words::score));
    // A screen reader would never finish a sentence that changes with every batch.
    let announced = RwSignal::new(String::new());
    let last = StoredValue::new(f64::NEG_INFINITY);
    let was_running = Cell::new(false);
    effect(move || {
        let (sentence, now) = (summary.get(), timing::now());
        let running = store.with(|state| state.run.running);
        if !running || was_running.replace(running) != running || now - last.get_value() > PACE {
            was_running.set(running);
            last.set_value(now);
            announced.set(sentence);
        }
    });
    view! {
        <div class="headline">
            <ScoreView score />
            <p class="summary">{move || summary.get()}</p>
            <p class="visually-hidden" aria-live="polite">{announced}</p>
            <div class="headline-end">
                <StageSwitch />
                <RevealButton />
            </div>
        </div>
    }
}
