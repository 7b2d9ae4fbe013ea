//! Step 5: what was learned, to look at and to take home.

use leptos::prelude::*;

use super::step::Step;
use crate::{
    page::{
        browser::{download, experiment_file, footer::browser, session::Session},
        export,
        state::{Engine, Part},
    },
    protocol::Command,
};

/// Ways to use the encoder, and exports.
#[component]
pub fn UseStep() -> impl IntoView {
    let session = Session::expect();
    let words = move || {
        session.read([Part::Results], |state| match state.results.latest() {
            Some(scored) if scored.evaluation.step > 0 => {
                format!("embeddings after step {}", scored.evaluation.step)
            }
            Some(_) => "embeddings of the untrained network".to_owned(),
            None => "nothing yet".to_owned(),
        })
    };
    let lacking = move || session.read([Part::Results], |state| state.results.latest().is_none());
    view! {
        <Step number=5 name="Use it" words=Signal::derive(words) open=RwSignal::new(false)>
            <p class="lead">
                "Pick any picture to see its nearest. Take what was learned with you: one list of numbers a picture, the record of the run, the network itself, which opens again here or in Python, or the whole experiment in one file, pictures and all."
            </p>
            <div class="buttons">
                <button
                    class="button"
                    type="button"
                    disabled=lacking
                    on:click=move |_| save_embeddings(session)
                >
                    "Embeddings (CSV)"
                </button>
                <button class="button" type="button" on:click=move |_| save_run(session)>
                    "Run (JSON)"
                </button>
                <button
                    class="button"
                    type="button"
                    disabled=lacking
                    on:click=move |_| session.send(&Command::SaveModel)
                >
                    "Model (safetensors)"
                </button>
                <button
                    class="button"
                    type="button"
                    disabled=lacking
                    on:click=move |_| experiment_file::save(session)
                >
                    "Experiment"
                </button>
            </div>
        </Step>
    }
}

fn save_embeddings(session: Session) {
    let file = session.peek(|state| {
        let scored = state.results.latest()?;
        let name = format!("likeness-embeddings-step-{}.csv", scored.evaluation.step);
        Some((name, export::embeddings_csv(state, scored)))
    });
    if let Some((name, csv)) = file {
        download::save(session, &name, "text/csv", &csv);
    }
}

fn save_run(session: Session) {
    let (name, json) = session.peek(|state| {
        let environment = match &state.engine {
            Engine::Ready(environment) => Some(environment),
            _ => None,
        };
        let name = format!("likeness-run-step-{}.json", state.run.step());
        (name, export::run_json(state, &browser(), environment))
    });
    download::save(session, &name, "application/json", &json);
}
