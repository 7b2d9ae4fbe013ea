//! Opening a whole experiment from a file or from the browser's storage, and saving one.

use js_sys::{Array, Uint8Array};
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Blob, File};

use super::{builtin, decoder::next_request, download, ending::has_ending};
use crate::{
    page::{
        autosave::storage::StorageError,
        experiment::{Experiment, ExperimentFailure, pictures_from_bytes},
        picture_map::Ids,
        state::{IntakeKind, Newcomer, PORTION, State},
        store::Store,
        timing, words,
    },
    protocol::{Command, ModelFailure, PictureId},
    settings::{Images, Settings},
};

/// Extension of the files.
const ENDING: &str = ".likeness";

/// Returns whether a file is an experiment by its name.
pub fn is_one(name: &str) -> bool {
    has_ending(name, &[ENDING])
}

/// Saves the experiment as a single file.
pub fn save(store: Store) {
    spawn_local(async move {
        let parts = Array::new();
        store.with_untracked(|state| {
            parts.push(&Uint8Array::from(state.experiment().to_bytes().as_slice()));
            if state.settings.images == Images::Own {
                let all = state.pictures.entries().iter().filter_map(|entry| state.picture_bytes(entry.id));
                for (_, bytes) in all {
                    parts.push(&Uint8Array::from(bytes.as_slice()));
                }
            }
        });
        let step = store.with_untracked(|state| state.run.step());
        let buffers: Array = parts.iter().map(|part| part.unchecked_into::<Uint8Array>().buffer()).collect();
        match store.autosave.storage().ask("pack", &parts, &buffers).await {
            Ok(file) => {
                let file: Blob = file.unchecked_into();
                download::save_blob(store, &format!("likeness-experiment-step-{step}{ENDING}"), &file);
            }
            Err(trouble) => {
                let sentence = format!("The experiment could not be saved: {}.", trouble.words());
                store.update(|state| state.notify(sentence));
            }
        }
    });
}

/// Result of opening an experiment.
#[derive(Debug)]
pub enum Outcome {
    /// A complete experiment on the page.
    Opened {
        /// The set of its pictures.
        set: PictureId,
        /// Places of the user's own pictures.
        places: Ids,
    },
    /// An experiment given up for other pictures, or stopped by the user.
    Cancelled,
}

/// Opens a file; one that cannot be opened as a whole changes nothing.
pub fn open(store: Store, file: File) {
    spawn_local(async move {
        match try_open(store, &file).await {
            Ok(Outcome::Opened { .. }) => {
                store.update(|state| state.notify(format!("“{}” was opened.", file.name())));
            }
            Ok(Outcome::Cancelled) => {}
            Err(sentence) => store.update(|state| state.notify(sentence)),
        }
    });
}

async fn try_open(store: Store, file: &File) -> Result<Outcome, String> {
    let refuse = |trouble: StorageError| {
        format!("“{}” cannot be opened: {}. Nothing was changed.", file.name(), trouble.words())
    };
    let storage = store.autosave.storage();
    let parts = storage.ask("unpack", file, &Array::new()).await.map_err(refuse)?;
    let parts: Array = parts.unchecked_into();
    let body = Uint8Array::from(parts.shift()).to_vec();
    let (experiment, pictures) =
        read(&body, &parts).map_err(|failure| words::experiment_failure(&failure))?;
    if let Some(snapshot) = &experiment.snapshot {
        let verdict = validate(store, experiment.settings, &snapshot.file).await;
        verdict.map_err(|failure| words::model_failure(&failure))?;
    }
    Ok(put(store, experiment, pictures).await)
}

/// Decodes an experiment and its pictures with their places. Only an engine can read the snapshot.
pub fn read(body: &[u8], pictures: &Array) -> Result<(Experiment, Vec<(u32, Newcomer)>), ExperimentFailure> {
    let experiment = Experiment::from_bytes(body)?;
    let parts: Vec<Vec<u8>> = pictures.iter().map(|part| Uint8Array::from(part).to_vec()).collect();
    Ok((experiment, pictures_from_bytes(parts.iter().map(Vec::as_slice))?))
}

/// Asks the engine whether it can continue from a snapshot. Without an engine, the snapshot is
/// accepted.
async fn validate(store: Store, settings: Settings, file: &[u8]) -> Result<(), ModelFailure> {
    // An engine may be replaced before it answers.
    for _ in 0..3 {
        if store.with_untracked(State::is_without_engine) {
            return Ok(());
        }
        let request = next_request();
        let verdict = store.engine.verdict(request);
        store.update(|state| state.send(Command::Validate { request, settings, file: file.to_vec() }));
        if let Ok(verdict) = verdict.await {
            return verdict;
        }
    }
    Err(ModelFailure::Unread)
}

/// Replaces everything on the page by an experiment and its pictures.
pub async fn put(store: Store, experiment: Experiment, pictures: Vec<(u32, Newcomer)>) -> Outcome {
    let (images, typed, removed) =
        (experiment.settings.images, experiment.typed.clone(), experiment.removed.clone());
    let places: Ids = pictures.iter().map(|(place, _)| *place).collect();
    store.update(|state| state.clear(images));
    let set = store.update(|state| {
        state.reserve_places(places.iter().copied());
        state.restore(experiment);
        state.pictures.first()
    });
    let complete = match images {
        Images::Own => bring(store, pictures).await,
        Images::Shapes | Images::Fashion => builtin::fill(store, images, &removed).await,
    };
    if !complete {
        return Outcome::Cancelled;
    }
    store.update(State::settle);
    store.update(|state| state.type_labels_at(&typed));
    Outcome::Opened { set, places }
}

/// Adds pictures at their places, a portion at a time; returns whether all of them were added.
async fn bring(store: Store, mut pictures: Vec<(u32, Newcomer)>) -> bool {
    let ticket = store.with_untracked(State::intake_ticket);
    store.update(|state| state.begin_intake(IntakeKind::Opening, pictures.len(), &[]));
    while !pictures.is_empty() && store.with_untracked(|state| state.is_wanted(ticket)) {
        let portion: Vec<(u32, Newcomer)> = pictures.drain(..PORTION.min(pictures.len())).collect();
        let done = portion.len();
        store.update(|state| state.add_at(portion));
        store.update(|state| state.advance_intake(done, Vec::new()));
        timing::yield_to_event_loop().await;
    }
    store.with_untracked(|state| state.is_wanted(ticket))
}
