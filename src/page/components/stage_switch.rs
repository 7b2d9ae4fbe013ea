//! The choice of the stage that all tabs show.

use leptos::prelude::*;

use super::{controls::explain::Explain, dynamic::handler};
use crate::{
    page::{state::State, store::Store, words::glossary},
    protocol::Stage,
};

/// Stages and their names.
const STAGES: [(&str, Stage); 3] =
    [("Before", Stage::Untrained), ("Now", Stage::Trained), ("Pixels", Stage::Pixels)];

/// One switch for all tabs: before training, now, or by pixels alone.
#[component]
pub fn StageSwitch() -> impl IntoView {
    let store = Store::expect();
    let option = move |(name, stage): (&'static str, Stage)| {
        let is_unknown = move || {
            store.with(|state| {
                !state.depends_on_stage() || stage == Stage::Trained && state.results.scored(stage).is_none()
            })
        };
        view! {
            <label class="option">
                <input
                    type="radio"
                    name="stage"
                    prop:checked=move || store.with(|state| state.displayed_stage() == stage)
                    disabled=is_unknown
                    on:change=handler(move |_| store.update(|state| state.show_stage(stage)))
                />
                <span>{name}</span>
            </label>
        }
    };
    view! {
        <fieldset class="choice stage-switch">
            <legend class="visually-hidden">"Compared by"</legend>
            <p class="note" hidden=move || store.with(State::depends_on_stage)>"Copies need no network."</p>
            <div class="options">{STAGES.map(option).collect_view()}</div>
            <Explain term=glossary::STAGES />
        </fieldset>
    }
}
