//! Pictures, models and experiments fetched by remote.html: it shows this page in a frame and passes
//! them on, since the page itself contacts no other server.

use base64::{Engine, prelude::BASE64_STANDARD as STANDARD};
use js_sys::{Array, Reflect, Uint8Array};
use leptos::{
    ev,
    leptos_dom::helpers::window_event_listener_untyped,
    prelude::{Get, RwSignal, Set, window, window_event_listener},
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CustomEvent, File, Location};

use super::{
    address::{contents, is_remote},
    containers,
    destination::Destination,
    experiment_file,
    incoming::{Gathered, Incoming},
    model_file,
};
use crate::{
    page::{components::dynamic::effect, lazy::loader, state::State, store::Store},
    settings::MIN_PICTURES,
};

/// Event with the files. Its detail has `files`, each with its label or null and, from a zip, its path; `missed` files, each
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

/// Opens the page that may contact other servers beside this one, to which it sends the picture at an
/// address.
pub fn fetch_aside(address: &str) {
    let address = js_sys::encode_uri_component(address);
    let target = format!("remote.html#images={address}&back=1");
    window().open_with_url_and_target_and_features(&target, "_blank", "popup,width=560,height=480").ok();
}

/// Takes the picture at an address from another page, or offers to fetch it.
pub fn take_address(store: Store, destination: Destination, address: String) {
    if is_remote(&address) {
        return store.update(|state| state.offer_fetch(address));
    }
    let file = contents(&address).and_then(|(encoded, kind)| {
        let bytes = STANDARD.decode(encoded).ok()?;
        let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
        File::new_with_u8_array_sequence(&parts, &format!("picture.{kind}")).ok()
    });
    match file {
        Some(file) => {
            let path = file.name();
            let files = vec![Incoming { file, path, folder: None }];
            Gathered { files, ..Gathered::default() }.read(store, destination);
        }
        None => store.update(|state| {
            state.notify(
                "The other page doesn’t hand over this picture. Save it as a file, then drop that here.",
            );
        }),
    }
}

/// Receives the files, and trains if the link requests it.
pub fn receive(store: Store) {
    let awaited = RwSignal::new(Awaited::Nothing);
    let take = move |detail: JsValue| {
        let files = list(&detail, "files", containers::incoming);
        let unopened = list(&detail, "missed", containers::refusal);
        let run = property(&detail, "run").is_truthy();
        let needed = if run { first_needs(&files) } else { Awaited::Nothing };
        let gathered = Gathered { files, unopened, ..Gathered::default() };
        // Nothing is awaited before it comes in: what is here already would count.
        loader::enter(store, move |rooms| {
            awaited.set(needed);
            (rooms.read)(store, Destination::Set, gathered);
        });
    };
    window_event_listener_untyped(EVENT, move |event| {
        take(event.unchecked_into::<CustomEvent>().detail());
    });
    window_event_listener(ev::message, move |event| {
        if window().location().origin().is_ok_and(|origin| origin == event.origin())
            && property(&event.data(), "files").is_array()
        {
            take(event.data());
        }
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
fn list<T>(detail: &JsValue, name: &str, read: fn(JsValue) -> T) -> Vec<T> {
    let list: Array = property(detail, name).dyn_into().unwrap_or_default();
    list.iter().map(read).collect()
}

fn property(detail: &JsValue, name: &str) -> JsValue {
    Reflect::get(detail, &name.into()).unwrap_or_default()
}
