//! Places of drops and pastes.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget};

use crate::page::files::destination::Place;

/// Id of the area that accepts queries.
pub const AREA: &str = "search-area";

/// Id of the selected tab's panel.
pub const PANEL: &str = "panel";

/// Returns the place of an event's target.
pub fn of(target: Option<EventTarget>) -> Place {
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
pub fn of_paste() -> Place {
    let pointed = format!("#{AREA}:hover, #{AREA}:focus-within");
    let in_area = document().query_selector(&pointed).is_ok_and(|area| area.is_some());
    if in_area { Place::SearchArea } else { Place::Panel }
}
