//! Takes up a whole experiment, from a file or from the browser's storage, and saves one.

use std::collections::BTreeSet;

use js_sys::{Array, Uint8Array};
use leptos::{prelude::GetValue, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Blob, File};

use super::{builtin, download, session::Session, storage::Trouble, timing};
use crate::{
    page::{
        experiment::{Experiment, pictures_from_bytes},
        state::{Newcomer, PORTION},
    },
    protocol::PictureId,
    settings::Images,
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
        session.peek(|state| {
            parts.push(&Uint8Array::from(state.experiment().to_bytes().as_slice()));
            if state.settings.images == Images::Own {
                let all = state.pictures.entries().iter().filter_map(|entry| state.picture_bytes(entry.id));
                for (_, bytes) in all {
                    parts.push(&Uint8Array::from(bytes.as_slice()));
                }
            }
        });
        let step = session.peek(|state| state.run.step());
        let buffers: Array = parts.iter().map(|part| part.unchecked_into::<Uint8Array>().buffer()).collect();
        match session.storage.get_value().ask("pack", &parts, &buffers).await {
            Ok(file) => {
                let file: Blob = file.unchecked_into();
                download::save_blob(session, &format!("likeness-experiment-step-{step}{ENDING}"), &file);
            }
            Err(trouble) => {
                let sentence = format!("The experiment could not be saved: {}.", trouble.words());
                session.change(|state| state.notify(sentence));
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
        places: BTreeSet<u32>,
    },
    /// The user wanted other pictures, or no more, before it was.
    Cancelled,
}

/// Opens a file; one that is not whole changes nothing.
pub fn open(session: Session, file: File) {
    spawn_local(async move {
        let opened = async {
            let refuse = |trouble: Trouble| {
                format!("“{}” cannot be opened: {}. Nothing was changed.", file.name(), trouble.words())
            };
            let storage = session.storage.get_value();
            let parts = storage.ask("unpack", &file, &Array::new()).await.map_err(refuse)?;
            let parts: Array = parts.unchecked_into();
            let body = Uint8Array::from(parts.shift()).to_vec();
            take_up(session, &body, &parts).await
        };
        match opened.await {
            Ok(Outcome::Opened { .. }) => {
                session.change(|state| state.notify(format!("“{}” was opened.", file.name())));
            }
            Ok(Outcome::Cancelled) => {}
            Err(sentence) => session.change(|state| state.notify(sentence)),
        }
    });
}

/// Puts a kept experiment in the place of everything on the page. The error is a sentence,
/// and then nothing was changed.
pub async fn take_up(session: Session, body: &[u8], pictures: &Array) -> Result<Outcome, String> {
    let experiment = Experiment::from_bytes(body)?;
    let parts: Vec<Vec<u8>> = pictures.iter().map(|part| Uint8Array::from(part).to_vec()).collect();
    let pictures = pictures_from_bytes(parts.iter().map(Vec::as_slice))?;
    drop(parts);
    Ok(put(session, experiment, pictures).await)
}

/// Puts an experiment and its pictures in the place of everything on the page.
pub async fn put(session: Session, experiment: Experiment, pictures: Vec<(u32, Newcomer)>) -> Outcome {
    let (images, typed, removed) =
        (experiment.settings.images, experiment.typed.clone(), experiment.removed.clone());
    let places: BTreeSet<u32> = pictures.iter().map(|(place, _)| *place).collect();
    session.clear(images);
    let (restore, set) = session.change(|state| {
        state.reserve_places(places.iter().copied());
        (state.take_up(experiment), state.pictures.first())
    });
    session.send_all_settings();
    if let Some(restore) = restore {
        session.send(&restore);
    }
    let complete = match images {
        Images::Own => bring(session, pictures).await,
        Images::Shapes | Images::Fashion => builtin::load_without(session, images, &removed).await,
    };
    if !complete {
        return Outcome::Cancelled;
    }
    session.change(|state| state.type_labels_at(&typed));
    Outcome::Opened { set, places }
}

/// Brings pictures to their places, a portion at a time; whether all of them came.
async fn bring(session: Session, mut pictures: Vec<(u32, Newcomer)>) -> bool {
    let ticket = session.intake_ticket();
    session.change(|state| state.begin_intake("Opening", pictures.len(), 0));
    while !pictures.is_empty() && session.is_wanted(ticket) {
        let portion: Vec<(u32, Newcomer)> = pictures.drain(..PORTION.min(pictures.len())).collect();
        let done = portion.len();
        session.add_at(portion);
        session.change(|state| state.advance_intake(done, Vec::new()));
        timing::breathe().await;
    }
    if session.is_wanted(ticket) {
        session.settle();
    }
    session.is_wanted(ticket)
}
