//! Reading of a file to search with, which is not added to the set.

use leptos::{prelude::document, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget};

use super::{
    decoder::Decoders,
    destination::Place,
    incoming::{Gathered, Incoming},
};
use crate::{
    image::Failure,
    page::{engine::code, state::Refusal, store::Store, words},
};

/// Id of the area that accepts queries.
pub const AREA: &str = "search-area";

/// Id of the selected tab's panel.
pub const PANEL: &str = "panel";

/// Searches with the first of these files.
pub fn take(store: Store, Gathered { files, unopened }: Gathered) {
    let Some(Incoming { file, .. }) = files.into_iter().next() else {
        return store.update(|state| {
            let missed =
                unopened.first().map(|Refusal { name, why }| format!("{name}: {}", words::failure(why)));
            state.notify(missed.unwrap_or_else(|| "No pictures were found.".to_owned()));
        });
    };
    let attempt = store.update(|state| state.begin_search());
    spawn_local(async move {
        let read = match Decoders::new() {
            Ok(decoders) => decoders.decode(&file).await.map(|(image, _)| image),
            Err(error) => Err(Failure::NoDecoder { details: code::words(&error) }),
        };
        store.update(|state| state.finish_search(attempt, file.name(), read));
    });
}

/// Returns the place of an event's target.
pub fn place(target: Option<EventTarget>) -> Place {
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    let within = |id: &str| {
        element
            .as_ref()
            .is_some_and(|element| element.closest(&format!("#{id}")).is_ok_and(|it| it.is_some()))
    };
    if within(AREA) {
        Place::SearchArea
    } else if within(PANEL) {
        Place::Panel
    } else {
        Place::Elsewhere
    }
}

/// Returns the place of a paste: the search area if it has the pointer or the focus, else the
/// selected panel.
pub fn place_of_paste() -> Place {
    let pointed = format!("#{AREA}:hover, #{AREA}:focus-within");
    let in_area = document().query_selector(&pointed).is_ok_and(|area| area.is_some());
    if in_area { Place::SearchArea } else { Place::Panel }
}
