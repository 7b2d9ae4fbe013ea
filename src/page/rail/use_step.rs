//! Step 5: the results, for viewing and export.

use leptos::{prelude::*, task::spawn_local};
use strum::VariantArray;

use super::step::Step;
use crate::{
    page::{
        components::{
            canvas::paint,
            dynamic::{effect, handler},
        },
        export::{Export, File, projector, run::run_json},
        files::{download, experiment_file},
        shell::footer::browser,
        store::Store,
    },
    protocol::Command,
};

/// Uses of the encoder, and exports.
#[component]
pub fn UseStep() -> impl IntoView {
    let store = Store::expect();
    let words = move || {
        store.with(|state| match state.results.latest() {
            Some(scored) if scored.evaluation.step > 0 => {
                format!("embeddings after step {}", scored.evaluation.step)
            }
            Some(_) => "embeddings of the untrained network".to_owned(),
            None => "nothing yet".to_owned(),
        })
    };
    view! {
        <Step number=5 name="Use it" words=Signal::derive(words) open=RwSignal::new(false)>
            <p class="lead">
                "Pick any picture to see its nearest. Export what was learned: an embedding for each picture, neighbours and predictions, the record of the run, the network itself (opens again here or in Python), or the whole experiment in one file."
            </p>
            <Exports />
        </Step>
    }
}

/// One button per file.
#[component]
fn Exports() -> impl IntoView {
    let store = Store::expect();
    let wanted = RwSignal::new(None::<Export>);
    let lacking = Signal::derive(move || store.with(|state| state.results.latest().is_none()));
    // Missing data is requested from the engine; the file is written once the answer has arrived.
    store.keep_asking(move |state| wanted.get()?.lacks(state));
    effect(move || {
        let Some(export) = wanted.get() else { return };
        if store.with(|state| export.lacks(state)).is_none() {
            wanted.set(None);
            spawn_local(write(store, export));
        }
    });
    let button = move |export: Export| {
        let obstacle = move || store.with(|state| export.obstacle(state));
        view! {
            <button
                class="button"
                type="button"
                disabled=move || obstacle().is_some()
                title=move || obstacle().unwrap_or(export.help())
                aria-busy=move || (wanted.get() == Some(export)).to_string()
                on:click=handler(move |_| wanted.set(Some(export)))
            >
                {export.name()}
            </button>
        }
    };
    view! {
        <div class="buttons">
            {Export::VARIANTS.iter().copied().map(button).collect_view()}
            <button
                class="button"
                type="button"
                title="Settings, environment, names and labels, and what every step measured."
                on:click=handler(move |_| save_run(store))
            >
                "Run (JSON)"
            </button>
            <button
                class="button"
                type="button"
                disabled=lacking
                title="The encoder’s weights, to open here or in Python."
                on:click=handler(move |_| store.update(|state| state.demand(Command::SaveModel)))
            >
                "Model (safetensors)"
            </button>
            <button
                class="button"
                type="button"
                disabled=lacking
                title="Pictures, labels, settings, curves and weights in one file, to go on with here."
                on:click=handler(move |_| experiment_file::save(store))
            >
                "Experiment"
            </button>
        </div>
    }
}

/// Writes a file and downloads it.
async fn write(store: Store, export: Export) {
    let sprite = match export {
        Export::Projector => {
            let sheet = store.with_untracked(|state| Some(projector::sprite(state, state.results.latest()?)));
            match sheet {
                Some(sheet) => paint::png(&sheet.rgba, sheet.width, sheet.height).await,
                None => None,
            }
        }
        _ => Some(Vec::new()),
    };
    let Some(sprite) = sprite else {
        return store.update(|state| {
            state.notify("The browser could not paint the sheet of pictures, so nothing was saved.");
        });
    };
    if let Some(file) = store.with_untracked(|state| export.write(state, &sprite)) {
        download::save(store, &file);
    }
}

fn save_run(store: Store) {
    let file = store.with_untracked(|state| File {
        name: format!("likeness-run-step-{}.json", state.run.step()),
        kind: "application/json",
        contents: run_json(state, &browser(), state.engine.environment()).into_bytes(),
    });
    download::save(store, &file);
}
