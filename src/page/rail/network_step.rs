//! Section 3: network, loss, duration and device of training.

use leptos::prelude::*;

use super::{loss_fields::LossFields, network_fields::NetworkFields, step::Step};
use crate::{
    page::{
        components::controls::{Choice, NumberField},
        files::builtin,
        store::Store,
        words::{self, glossary},
    },
    protocol::{Backend, Environment},
    settings::{BackendChoice, Effort, field},
};

/// Choices of presets.
const EFFORTS: &[(&str, Effort)] = &[
    (Effort::Quick.name(), Effort::Quick),
    (Effort::Balanced.name(), Effort::Balanced),
    (Effort::Thorough.name(), Effort::Thorough),
];

/// Choices of backends.
const BACKENDS: &[(&str, BackendChoice)] =
    &[("Automatic", BackendChoice::Auto), ("WebGPU", BackendChoice::WebGpu), ("CPU", BackendChoice::Cpu)];

/// Choices of the number of workers.
const CORES: &[(&str, u32)] = &[("Automatic", 0), ("1", 1), ("2", 2), ("3", 3), ("4", 4)];

/// The duration, and everything else folded away.
#[component]
pub fn NetworkStep() -> impl IntoView {
    let store = Store::expect();
    let summary = move || store.with(|state| words::network(&state.settings, state.run.parameters));
    view! {
        <Step number=3 name="Network and training" words=Signal::derive(summary) open=RwSignal::new(false)>
            <EffortField />
            <details class="numbers">
                <summary>"Advanced"</summary>
                <Advanced />
            </details>
        </Step>
    }
}

/// Network, loss, numbers and backend.
#[component]
fn Advanced() -> impl IntoView {
    view! {
        <div class="advanced">
            <NetworkFields />
            <LossFields />
            <Numbers />
            <BackendField />
            <p class="note">"A new network, seed or backend restarts training (a new seed also redraws Shapes). Other changes apply from the next step."</p>
        </div>
    }
}

/// The duration of a run.
#[component]
fn EffortField() -> impl IntoView {
    let store = Store::expect();
    let value = move || store.with(|state| Effort::of(&state.settings, state.pictures.len()));
    let choose = move |effort: Effort| {
        let pictures = store.with_untracked(|state| state.pictures.len());
        store.edit(|settings| *settings = effort.apply(*settings, pictures));
    };
    let times = move || {
        store.with(|state| {
            let seconds = state.run.speed()?.recip();
            Some(words::efforts(&state.settings, state.pictures.len(), seconds))
        })
    };
    let note =
        move || times().unwrap_or_else(|| "Train for a few steps to see how long each takes.".to_owned());
    view! {
        <Choice legend="Time for training" name="effort" options=EFFORTS value on_change=choose term=glossary::EFFORT />
        <p class="note">{note}</p>
    }
}

#[component]
fn Numbers() -> impl IntoView {
    let store = Store::expect();
    let fewer_pairs = move || store.with(words::fewer_pairs);
    view! {
        <div class="fields">
            <NumberField setting=const { field::BATCH.number() } term=glossary::PAIRS />
            <NumberField setting=const { field::STEPS.number() } term=glossary::STEPS />
            <NumberField setting=const { field::LEARNING_RATE.number() } term=glossary::LEARNING_RATE />
            <NumberField
                setting=const { field::SEED.number() }
                term=glossary::SEED
                on_change=move |seed: f64| builtin::reseed(store, seed as u32)
            />
        </div>
        {move || fewer_pairs().map(|sentence| view! { <p class="note">{sentence}</p> })}
    }
}

/// The device that computes, and the reason.
#[component]
fn BackendField() -> impl IntoView {
    let store = Store::expect();
    let value = move || store.with(|state| Some(state.settings.backend));
    let on_cpu = move || {
        let is_cpu = |environment: &Environment| environment.backend == Backend::Cpu;
        store.with(|state| state.engine.environment().is_some_and(is_cpu))
    };
    let reason = Signal::derive(move || {
        store.with(|state| {
            let reason = |environment: &Environment| words::backend_reason(&environment.reason);
            state.engine.environment().map_or_else(String::new, reason)
        })
    });
    view! {
        <Choice
            legend="Backend"
            name="backend"
            options=BACKENDS
            value=value
            on_change=move |backend| store.edit(|settings| settings.backend = backend)
            term=glossary::BACKEND
        />
        <p class="note">{reason}</p>
        <div hidden=move || !on_cpu()>
            <Choice
                legend="CPU cores"
                name="cores"
                options=CORES
                value=move || store.with(|state| Some(state.settings.cores))
                on_change=move |cores| store.edit(|settings| settings.cores = cores)
                term=glossary::CORES
            />
        </div>
    }
}
