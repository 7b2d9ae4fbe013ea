//! Writing of files for the user.

use leptos::{
    prelude::{Get, RwSignal, Set, window},
    task::spawn_local,
};

use super::{download, painting, sending};
use crate::page::{
    components::dynamic::effect,
    export::{Export, File, run::run_json, selection},
    store::Store,
};

/// Returns the file to deliver, `None` at first. What it lacks is requested from the engine; once the answer has
/// arrived, it is delivered.
pub fn exporter(store: Store, deliver: fn(Store, Export)) -> RwSignal<Option<Export>> {
    let wanted = RwSignal::new(None::<Export>);
    store.keep_asking(move |state| wanted.get()?.lacks(state));
    effect(move || {
        let Some(export) = wanted.get() else { return };
        if store.with(|state| export.lacks(state)).is_none() {
            wanted.set(None);
            deliver(store, export);
        }
    });
    wanted
}

/// Writes a file and downloads it.
pub fn save(store: Store, export: Export) {
    spawn_local(async move {
        if let Some(file) = write(store, export).await {
            download::save(store, &file);
        }
    });
}

/// Writes a file and hands it to another app.
pub fn send(store: Store, export: Export) {
    spawn_local(async move {
        if let Some(file) = write(store, export).await {
            sending::send(store, &file, export.help()).await;
        }
    });
}

/// Writes a file; the user is told if the browser cannot.
async fn write(store: Store, export: Export) -> Option<File> {
    let file = painting::write(store, export).await;
    if file.is_none() {
        store.update(|state| {
            state.notify("The browser could not paint the pictures, so there is no file.");
        });
    }
    file
}

/// Writes the file about the run and downloads it.
pub fn save_run(store: Store) {
    let file = store.with_untracked(|state| File {
        name: format!("likeness-run-step-{}.json", state.run.step()),
        kind: "application/json",
        contents: run_json(state, &browser(), state.engine.environment()).into_bytes(),
    });
    download::save(store, &file);
}

/// Writes the table of the selected pictures and downloads it.
pub fn save_selection(store: Store) {
    let file = store.with_untracked(selection::csv);
    download::save(store, &file);
}

/// Returns the browser's own description.
pub fn browser() -> String {
    window().navigator().user_agent().unwrap_or_default()
}
