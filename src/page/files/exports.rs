//! Writing of files for the user.

use leptos::{prelude::window, task::spawn_local};

use super::{download, painting};
use crate::page::{
    export::{Export, File, run::run_json, selection},
    store::Store,
};

/// Writes a file and downloads it.
pub fn save(store: Store, export: Export) {
    spawn_local(write(store, export));
}

async fn write(store: Store, export: Export) {
    match painting::write(store, export).await {
        Some(file) => download::save(store, &file),
        None => store.update(|state| {
            state.notify("The browser could not paint the pictures, so nothing was saved.");
        }),
    }
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
