//! The environment of a run, and the reason for the backend.

use leptos::prelude::*;

use crate::page::{
    components::{controls::clipboard, dynamic::handler},
    export::environment,
    files::exports::browser,
    state::State,
    store::Store,
};

/// A sentence on what stays on this computer.
#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="footer">
            <p>"Likeness learns in this browser. Pictures, labels and results never leave this computer."</p>
        </footer>
    }
}

/// The environment in one line, to be copied into a report.
#[component]
pub fn Environment() -> impl IntoView {
    let store = Store::expect();
    let report = RwSignal::new(None);
    let line = Signal::derive(move || store.with(environment_line));
    let said = move || report.get().map(|copied| if copied { "Copied" } else { "Could not copy" });
    view! {
        <div class="diagnostics">
            <p class="environment">{line}</p>
            <button
                class="button"
                type="button"
                aria-label="Copy the line about this browser and engine"
                on:click=handler(move |_| clipboard::copy(store.with_untracked(environment_line), report))
            >
                {move || said().unwrap_or("Copy")}
            </button>
            <span class="visually-hidden" aria-live="polite">{move || said().unwrap_or_default()}</span>
        </div>
    }
}

fn environment_line(state: &State) -> String {
    environment::environment_line(&browser(), state.engine.environment())
}
