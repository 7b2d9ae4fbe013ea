//! Reading of a file to search with, which is not added to the set.

use leptos::task::spawn_local;

use super::{
    decoder::Decoders,
    incoming::{Gathered, Incoming},
};
use crate::{
    image::Failure,
    page::{engine::code, state::Refusal, store::Store, words},
};

/// Searches with the first of these files.
pub fn take(store: Store, Gathered { files, unopened, .. }: Gathered) {
    let Some(Incoming { file, .. }) = files.into_iter().next() else {
        return store.update(|state| {
            let missed =
                unopened.first().map(|Refusal { name, why }| format!("{name}: {}", words::failure(why)));
            state.notify(missed.unwrap_or_else(|| "No pictures were found.".to_owned()));
        });
    };
    let framing = store.with_untracked(|state| state.settings.framing);
    let attempt = store.update(|state| state.begin_search());
    spawn_local(async move {
        let read = match Decoders::new() {
            Ok(decoders) => decoders.decode(&file).await.map(|decoded| decoded.framed(framing)),
            Err(error) => Err(Failure::NoDecoder { details: code::words(&error) }),
        };
        store.update(|state| state.finish_search(attempt, file.name(), read));
    });
}
