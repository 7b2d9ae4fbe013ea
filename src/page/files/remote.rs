//! Pictures, models and experiments fetched by remote.html: it shows this page in a frame and passes
//! them on, since the page itself contacts no other server.

use js_sys::{Array, Reflect};
use leptos::{
    leptos_dom::helpers::window_event_listener_untyped,
    prelude::{Get, RwSignal, Set, window},
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CustomEvent, File, Location};

use super::{
    experiment_file,
    incoming::{Gathered, Incoming},
    intake, model_file,
};
use crate::{
    image::Failure,
    page::{
        components::dynamic::effect,
        state::{Refusal, State},
        store::Store,
    },
    settings::MIN_PICTURES,
};

/// Event with the files. Its detail has `files`, each with its label or null; `missed` files, each
/// with the reason; and whether the link requests a `run`.
const EVENT: &str = "remote-files";

/// Requirement of a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// Nothing, since no run is requested.
    Nothing,
    /// The pictures.
    Pictures,
    /// The pictures, and the network from which the run continues.
    Network,
}

/// Goes to the page that may contact other servers, with all parameters of the link.
pub fn leave_for(location: &Location) {
    let hash = location.hash().unwrap_or_default();
    location.replace(&format!("remote.html{hash}")).ok();
}

/// Receives the files, and trains if the link requests it.
pub fn receive(store: Store) {
    let awaited = RwSignal::new(Awaited::Nothing);
    window_event_listener_untyped(EVENT, move |event| {
        let detail = event.unchecked_into::<CustomEvent>().detail();
        let files = list(&detail, "files", |pair| {
            let file: File = pair.get(0).unchecked_into();
            Incoming { path: file.name(), file, folder: pair.get(1).as_string() }
        });
        let text = |value: JsValue| value.as_string().unwrap_or_default();
        let unopened = list(&detail, "missed", |pair| Refusal {
            name: text(pair.get(0)),
            why: Failure::Told(text(pair.get(1))),
        });
        let run = property(&detail, "run").is_truthy();
        awaited.set(if run { first_needs(&files) } else { Awaited::Nothing });
        intake::take(store, Gathered { files, unopened });
    });
    effect(move || {
        if store.with(|state| is_here(awaited.get(), state)) {
            awaited.set(Awaited::Nothing);
            store.update(State::train);
        }
    });
}

/// Returns what a run with these files needs. An experiment is shown as it was saved.
fn first_needs(files: &[Incoming]) -> Awaited {
    let has = |is_one: fn(&str) -> bool| files.iter().any(|file| is_one(&file.file.name()));
    if has(experiment_file::is_one) {
        Awaited::Nothing
    } else if has(model_file::is_one) {
        Awaited::Network
    } else {
        Awaited::Pictures
    }
}

fn is_here(awaited: Awaited, state: &State) -> bool {
    let pictures = !state.intake.is_active() && state.pictures.len() >= MIN_PICTURES;
    match awaited {
        Awaited::Nothing => false,
        Awaited::Pictures => pictures,
        // There are no curves for a network's steps in an earlier run.
        Awaited::Network => pictures && state.run.step() > 0 && state.run.steps.is_empty(),
    }
}

/// Reads a list in a property of the detail.
fn list<T>(detail: &JsValue, name: &str, read: impl Fn(Array) -> T) -> Vec<T> {
    let list: Array = property(detail, name).dyn_into().unwrap_or_default();
    list.iter().map(|pair| read(pair.unchecked_into())).collect()
}

fn property(detail: &JsValue, name: &str) -> JsValue {
    Reflect::get(detail, &name.into()).unwrap_or_default()
}

/// Resolves an address relative to this page's.
pub fn address_of(relative: &str) -> String {
    let here = window().location().href().unwrap_or_default();
    web_sys::Url::new_with_base(relative, &here).map_or(here, |url| url.href())
}
