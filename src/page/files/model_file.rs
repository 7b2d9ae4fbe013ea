//! Opening of saved models.

use leptos::task::spawn_local;
use web_sys::File;

use super::{blob::bytes, ending::has_ending};
use crate::{
    page::{store::Store, words},
    protocol::{Command, MAX_MODEL_BYTES},
};

/// Returns whether a file is a model by its name.
pub fn is_one(name: &str) -> bool {
    has_ending(name, &[".safetensors"])
}

/// Sends a model file to the engine, which answers with its settings or a failure.
pub fn open(store: Store, file: File) {
    spawn_local(async move {
        if file.size() > MAX_MODEL_BYTES as f64 {
            let sentence = format!("“{}” is too large to be a model from this page.", file.name());
            return store.update(|state| state.notify(sentence));
        }
        match bytes(&file).await {
            Ok(file) => store.update(|state| state.demand(Command::OpenModel { file })),
            Err(why) => store.update(|state| state.notify(words::failure(&why))),
        }
    });
}
