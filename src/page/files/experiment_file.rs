//! Takes up a whole experiment, from a file or from the browser's storage, and saves one.

use futures_channel::oneshot;
use js_sys::{Array, Uint8Array};
use leptos::{
    prelude::{GetValue, UpdateValue},
    task::spawn_local,
};
use wasm_bindgen::JsCast;
use web_sys::{Blob, File};

use super::{builtin, decoder::next_request, download};
use crate::{
    page::{
        autosave::storage::StorageError,
        experiment::{Experiment, ExperimentFailure, pictures_from_bytes},
        picture_map::Ids,
        session::Session,
        state::{IntakeKind, Newcomer, PORTION},
        timing, words,
    },
    protocol::{Command, ModelFailure, PictureId},
    settings::{Images, Settings},
};

/// What such files end in.
const ENDING: &str = ".likeness";

/// Whether a file is one by its name.
pub fn is_one(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(ENDING)
}

/// Saves the experiment as one file.
pub fn save(session: Session) {
    spawn_local(async move {
        let parts = Array::new();
        session.with_untracked(|state| {
            parts.push(&Uint8Array::from(state.experiment().to_bytes().as_slice()));
            if state.settings.images == Images::Own {
                let all = state.pictures.entries().iter().filter_map(|entry| state.picture_bytes(entry.id));
                for (_, bytes) in all {
                    parts.push(&Uint8Array::from(bytes.as_slice()));
                }
            }
        });
        let step = session.with_untracked(|state| state.run.step());
        let buffers: Array = parts.iter().map(|part| part.unchecked_into::<Uint8Array>().buffer()).collect();
        match session.storage.get_value().ask("pack", &parts, &buffers).await {
            Ok(file) => {
                let file: Blob = file.unchecked_into();
                download::save_blob(session, &format!("likeness-experiment-step-{step}{ENDING}"), &file);
            }
            Err(trouble) => {
                let sentence = format!("The experiment could not be saved: {}.", trouble.words());
                session.update(|state| state.notify(sentence));
            }
        }
    });
}

/// What became of an experiment on its way to the page.
#[derive(Debug)]
pub enum Outcome {
    /// All of it is there.
    Opened {
        /// The set that its pictures make up.
        set: PictureId,
        /// The places of those that are the user's own.
        places: Ids,
    },
    /// The user wanted other pictures, or no more, before it was.
    Cancelled,
}

/// Opens a file; one that cannot be gone on from as a whole changes nothing.
pub fn open(session: Session, file: File) {
    spawn_local(async move {
        match try_open(session, &file).await {
            Ok(Outcome::Opened { .. }) => {
                session.update(|state| state.notify(format!("“{}” was opened.", file.name())));
            }
            Ok(Outcome::Cancelled) => {}
            Err(sentence) => session.update(|state| state.notify(sentence)),
        }
    });
}

async fn try_open(session: Session, file: &File) -> Result<Outcome, String> {
    let refuse = |trouble: StorageError| {
        format!("“{}” cannot be opened: {}. Nothing was changed.", file.name(), trouble.words())
    };
    let storage = session.storage.get_value();
    let parts = storage.ask("unpack", file, &Array::new()).await.map_err(refuse)?;
    let parts: Array = parts.unchecked_into();
    let body = Uint8Array::from(parts.shift()).to_vec();
    let (experiment, pictures) =
        read(&body, &parts).map_err(|failure| words::experiment_failure(&failure))?;
    if let Some(snapshot) = &experiment.snapshot {
        let vetted = vet(session, experiment.settings, &snapshot.file).await;
        vetted.map_err(|failure| words::model_failure(&failure))?;
    }
    Ok(put(session, experiment, pictures).await)
}

/// An experiment and its pictures at their places. What an engine is to go on from only an engine
/// can read.
pub fn read(body: &[u8], pictures: &Array) -> Result<(Experiment, Vec<(u32, Newcomer)>), ExperimentFailure> {
    let experiment = Experiment::from_bytes(body)?;
    let parts: Vec<Vec<u8>> = pictures.iter().map(|part| Uint8Array::from(part).to_vec()).collect();
    Ok((experiment, pictures_from_bytes(parts.iter().map(Vec::as_slice))?))
}

/// Whether the engine can go on from a snapshot. Without an engine nothing speaks against it.
async fn vet(session: Session, settings: Settings, file: &[u8]) -> Result<(), ModelFailure> {
    // An engine may give way to another before it answers.
    for _ in 0..3 {
        let (sender, receiver) = oneshot::channel();
        let request = next_request();
        session.vetting.update_value(|vetting| drop(vetting.insert(request, sender)));
        if session.ask(&Command::Validate { request, settings, file: file.to_vec() }).is_err() {
            return Ok(());
        }
        if let Ok(verdict) = receiver.await {
            return verdict;
        }
    }
    Err(ModelFailure::Unread)
}

/// Puts an experiment and its pictures in the place of everything on the page.
pub async fn put(session: Session, experiment: Experiment, pictures: Vec<(u32, Newcomer)>) -> Outcome {
    let (images, typed, removed) =
        (experiment.settings.images, experiment.typed.clone(), experiment.removed.clone());
    let places: Ids = pictures.iter().map(|(place, _)| *place).collect();
    session.clear(images);
    let (restore, set) = session.update(|state| {
        state.reserve_places(places.iter().copied());
        (state.take_up(experiment), state.pictures.first())
    });
    session.send_all_settings();
    if let Some(restore) = restore {
        session.send(&restore);
    }
    let complete = match images {
        Images::Own => bring(session, pictures).await,
        Images::Shapes | Images::Fashion => builtin::fill(session, images, &removed).await,
    };
    if !complete {
        return Outcome::Cancelled;
    }
    session.settle();
    session.update(|state| state.type_labels_at(&typed));
    Outcome::Opened { set, places }
}

/// Brings pictures to their places, a portion at a time; whether all of them came.
async fn bring(session: Session, mut pictures: Vec<(u32, Newcomer)>) -> bool {
    let ticket = session.intake_ticket();
    session.update(|state| state.begin_intake(IntakeKind::Opening, pictures.len(), 0));
    while !pictures.is_empty() && session.is_wanted(ticket) {
        let portion: Vec<(u32, Newcomer)> = pictures.drain(..PORTION.min(pictures.len())).collect();
        let done = portion.len();
        session.add_at(portion);
        session.update(|state| state.advance_intake(done, Vec::new()));
        timing::yield_to_event_loop().await;
    }
    session.is_wanted(ticket)
}
