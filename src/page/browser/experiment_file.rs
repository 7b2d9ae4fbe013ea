//! Takes up a whole experiment, from a file or from the browser's storage, and saves one.

use js_sys::{Array, Uint8Array};
use leptos::{prelude::GetValue, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, File};

use super::{
    builtin, download,
    session::Session,
    storage::{Storage, Trouble},
    timing,
};
use crate::{
    page::{
        experiment::{Experiment, pictures_from_bytes},
        state::{Newcomer, PORTION},
    },
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
        match ask(session, "pack", &parts).await {
            Ok(file) => {
                let file: Blob = file.unchecked_into();
                download::save_blob(session, &format!("likeness-experiment-step-{step}{ENDING}"), &file);
            }
            Err(Trouble { words, .. }) => {
                session.change(|state| state.notify(format!("The experiment could not be saved: {words}.")))
            }
        }
    });
}

/// Opens a file; one that is not whole changes nothing.
pub fn open(session: Session, file: File) {
    spawn_local(async move {
        let opened = async {
            let refuse = |Trouble { words, .. }: Trouble| {
                format!("“{}” cannot be opened: {words}. Nothing was changed.", file.name())
            };
            let parts: Array = ask(session, "unpack", &file).await.map_err(refuse)?.unchecked_into();
            let body = Uint8Array::from(parts.shift()).to_vec();
            take_up(session, &body, &parts).await
        };
        match opened.await {
            Ok(_) => session.change(|state| state.notify(format!("“{}” was opened.", file.name()))),
            Err(sentence) => session.change(|state| state.notify(sentence)),
        }
    });
}

async fn ask(session: Session, question: &str, argument: &JsValue) -> Result<JsValue, Trouble> {
    let storage: Option<Storage> = session.storage.get_value();
    let missing = || Trouble { name: String::new(), words: "this browser starts no worker".to_owned() };
    storage.ok_or_else(missing)?.ask(question, argument).await
}

/// Puts an experiment in the place of everything on the page. The error is a sentence, and
/// then nothing was changed.
pub async fn take_up(session: Session, body: &[u8], pictures: &Array) -> Result<(), String> {
    let experiment = Experiment::from_bytes(body)?;
    let parts: Vec<Vec<u8>> = pictures.iter().map(|part| Uint8Array::from(part).to_vec()).collect();
    let mut pictures = pictures_from_bytes(parts.iter().map(Vec::as_slice))?;
    drop(parts);
    let (images, typed, removed) =
        (experiment.settings.images, experiment.typed.clone(), experiment.removed.clone());
    session.clear(images);
    let restore = session.change(|state| state.take_up(experiment));
    session.send_all_settings();
    if let Some(restore) = restore {
        session.send(&restore);
    }
    let ticket = session.intake_ticket();
    if images == Images::Own {
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
    } else {
        builtin::load_without(session, images, &removed).await;
    }
    if session.is_wanted(ticket) {
        session.change(|state| state.type_labels_at(&typed));
    }
    Ok(())
}
