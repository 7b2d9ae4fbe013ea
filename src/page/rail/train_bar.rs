//! The training bar, always visible.

use leptos::prelude::*;

use crate::page::{
    components::{
        controls::explain::Explain,
        dynamic::{effect, handler, memo},
    },
    input::media,
    state::State,
    store::Store,
    words::{glossary, status},
};

/// Train, Pause, Step, Reset, and the progress of the run.
#[component]
pub fn TrainBar() -> impl IntoView {
    let store = Store::expect();
    let title = memo(move || store.with(status::title));
    effect(move || document().set_title(&title.get()));
    view! {
        <section class="train-bar" aria-label="Training">
            <RunProgress />
            <Buttons />
            <Status />
        </section>
    }
}

#[component]
fn RunProgress() -> impl IntoView {
    let store = Store::expect();
    let share =
        move || store.with(|state| (state.run.step() as f32 / state.settings.steps as f32).min(1.0) * 100.0);
    view! {
        <div class="run-progress" aria-hidden="true">
            <span style:width=move || format!("{}%", share())></span>
        </div>
    }
}

#[component]
fn Buttons() -> impl IntoView {
    let store = Store::expect();
    let running = move || store.with(|state| state.run.running);
    let stuck = memo(move || store.with(State::training_obstacle));
    let no_step = memo(move || store.with(State::step_obstacle));
    let arriving = move || store.with(|state| state.intake.is_active());
    let at_start = move || store.with(|state| state.run.step() == 0);
    let train = move |_| {
        store.update(State::train);
        show_results();
    };
    view! {
        <div class="train-buttons">
            <button
                class="button primary"
                type="button"
                disabled=move || running() || stuck.get().is_some()
                title=move || stuck.get().unwrap_or_default()
                on:click=handler(train)
            >
                "Train"
            </button>
            <button
                class="button"
                type="button"
                data-action="pause"
                disabled=move || !running()
                on:click=handler(move |_| store.update(State::pause))
            >
                "Pause"
            </button>
            <button
                class="button"
                type="button"
                disabled=move || running() || no_step.get().is_some() || arriving()
                title=move || no_step.get().unwrap_or_default()
                on:click=handler(move |_| store.update(State::step))
            >
                "Step"
            </button>
            <button
                class="button"
                type="button"
                disabled=move || at_start() && !running()
                on:click=handler(move |_| store.update(State::reset))
            >
                "Reset"
            </button>
        </div>
    }
}

/// Scrolls to the results, which are below the steps on a phone.
fn show_results() {
    if let Some(results) = document().get_element_by_id("results").filter(|_| media::is_narrow()) {
        results.scroll_into_view();
    }
}

/// Step, loss, backend and kNN; speed and time left.
#[component]
fn Status() -> impl IntoView {
    let store = Store::expect();
    let read = move |view: fn(&State) -> String| move || store.with(view);
    view! {
        <div class="status" role="status" aria-live="off">
            <p class="status-main">{read(status::progress)}</p>
            <p class="status-more">{read(status::activity)} " " <KnnTerm /></p>
        </div>
    }
}

/// An explanation of kNN, if there is a score.
#[component]
fn KnnTerm() -> impl IntoView {
    let store = Store::expect();
    let scored = Signal::derive(move || store.with(|state| status::knn(state).is_some()));
    view! { <span hidden=move || !scored.get()><Explain term=glossary::KNN /></span> }
}
