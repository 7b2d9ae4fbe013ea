//! Pictures, a model or an experiment that remote.html fetched from elsewhere: it shows this page in a frame and
//! hands them over, since the page itself asks no other server for anything.

use js_sys::Array;
use leptos::{
    leptos_dom::helpers::window_event_listener_untyped,
    prelude::{GetValue, SetValue, StoredValue, window},
};
use wasm_bindgen::JsCast;
use web_sys::{CustomEvent, Location};

use super::{
    dynamic::effect,
    incoming::{Gathered, Incoming},
    intake,
    session::Session,
};
use crate::{page::state::Part, settings::MIN_PICTURES};

/// The event that brings them: its detail lists files, each with its label or null.
const EVENT: &str = "remote-files";

/// Goes to the page that may ask other servers, with everything that the link says.
pub fn leave_for(location: &Location) {
    let hash = location.hash().unwrap_or_default();
    location.replace(&format!("remote.html{hash}")).ok();
}

/// Takes what is handed over, and trains with it if the link says so.
pub fn receive(session: Session) {
    let awaited = StoredValue::new(false);
    window_event_listener_untyped(EVENT, move |event| {
        let list: Array = event.unchecked_into::<CustomEvent>().detail().unchecked_into();
        let file =
            |pair: Array| Incoming { file: pair.get(0).unchecked_into(), folder: pair.get(1).as_string() };
        let files = list.iter().map(|pair| file(pair.unchecked_into())).collect();
        awaited.set_value(session.peek(|state| state.settings.run));
        intake::take(session, Gathered { files, unopened: Vec::new() });
    });
    effect(move || {
        let here = session.read([Part::Intake, Part::Pictures], |state| {
            !state.intake.is_active() && state.pictures.len() >= MIN_PICTURES
        });
        if here && awaited.get_value() {
            awaited.set_value(false);
            session.train();
        }
    });
}

/// An address that is written relative to this page's.
pub fn address_of(relative: &str) -> String {
    let here = window().location().href().unwrap_or_default();
    web_sys::Url::new_with_base(relative, &here).map_or(here, |url| url.href())
}
