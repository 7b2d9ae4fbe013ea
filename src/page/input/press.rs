//! Presses, by pointer or keyboard, and redrawing around them.
//!
//! If a view is redrawn between the start and the end of a press, the press is lost: browsers send a
//! click only if both hit the same element. And a press that follows another within a frame would
//! reach a view that the first one has removed.

use std::cell::Cell;

use leptos::{
    ev,
    prelude::{window, window_event_listener},
};
use wasm_bindgen::JsCast;

use crate::page::timing;

/// Maximum time that drawing waits for the end of a press, in milliseconds: anything held for longer,
/// such as a slider, is not a press.
const LONGEST: f64 = 1000.0;

thread_local! {
    /// Start of the current press.
    static BEGAN: Cell<Option<f64>> = const { Cell::new(None) };
}

/// Observes the start and the end of presses from now on.
pub fn watch() {
    window_event_listener(ev::pointerdown, |_| BEGAN.set(Some(timing::now())));
    window_event_listener(ev::pointerup, |_| BEGAN.set(None));
    window_event_listener(ev::pointercancel, |_| BEGAN.set(None));
}

/// Returns whether a press has started but not ended, so that the views should stay as they are.
pub fn is_under_way() -> bool {
    BEGAN.get().is_some_and(|began| timing::now() - began < LONGEST)
}

/// Returns whether a press is being handled, whose changes should be shown before the next one.
pub fn is_being_handled() -> bool {
    let event = window().event().dyn_into::<web_sys::Event>();
    event.is_ok_and(|event| matches!(event.type_().as_str(), "click" | "keydown" | "input" | "change"))
}
