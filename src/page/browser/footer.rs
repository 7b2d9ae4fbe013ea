//! What a run ran on, and why on that.

use leptos::prelude::*;

use super::{clipboard, session::Session};
use crate::page::{
    export,
    state::{Engine, Part, State},
};

/// Why this backend; then the environment in one line, to be copied into a report.
#[component]
pub fn Footer() -> impl IntoView {
    let session = Session::expect();
    let report = RwSignal::new(None);
    let line = Signal::derive(move || session.read([Part::Engine], environment_line));
    let why = Signal::derive(move || {
        session.read([Part::Engine], |state| match &state.engine {
            Engine::Ready(environment) => {
                format!("{} {}", environment.reason, environment.self_test).trim_end().to_owned()
            }
            _ => String::new(),
        })
    });
    view! {
        <footer class="footer">
            <p class="backend-reason">{why}</p>
            <p class="environment">{line}</p>
            <button
                class="button quiet"
                type="button"
                on:click=move |_| clipboard::copy(session.peek(environment_line), report)
            >
                {move || match report.get() {
                    None => "Copy",
                    Some(true) => "Copied",
                    Some(false) => "Could not copy",
                }}
            </button>
        </footer>
    }
}

fn environment_line(state: &State) -> String {
    let environment = match &state.engine {
        Engine::Ready(environment) => Some(environment),
        _ => None,
    };
    export::environment::environment_line(&browser(), environment)
}

/// The browser in its own words.
pub fn browser() -> String {
    window().navigator().user_agent().unwrap_or_default()
}
