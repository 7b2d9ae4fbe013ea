//! The warnings about training, with advice.

use leptos::prelude::*;

use super::health::warnings;
use crate::page::{
    components::dynamic::{keyed, memo},
    store::Store,
};

/// The present warnings. Their numbers change with every report, but each is announced only once,
/// when it appears.
#[component]
pub fn HealthWarnings() -> impl IntoView {
    let store = Store::expect();
    let found = memo(move || store.with(warnings));
    let matters =
        memo(move || found.with(|found| found.iter().map(|warning| warning.matter).collect::<Vec<_>>()));
    let advice = move |matter: &str| {
        let advice = found.with(|found| {
            found.iter().find(|warning| warning.matter == matter).map(|warning| warning.advice.clone())
        });
        advice.unwrap_or_default()
    };
    let announced = Signal::derive(move || {
        let matters = matters.get();
        let sentences = matters.into_iter().map(|matter| format!("{matter} {}", untrack(|| advice(matter))));
        sentences.collect::<Vec<_>>().join(" ")
    });
    let warning = move |matter: &'static str| {
        view! {
            <div class="notice">
                <p>
                    <b>{matter}</b>
                    " "
                    {move || advice(matter)}
                </p>
            </div>
        }
    };
    view! {
        <div class="notices">{keyed(move || matters.get(), |matter| (*matter).to_owned(), warning)}</div>
        <p class="visually-hidden" aria-live="polite">
            {announced}
        </p>
    }
}
