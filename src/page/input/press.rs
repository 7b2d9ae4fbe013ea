//! Presses, on the screen or on the keyboard, meet the page as it is shown.
//!
//! A view that is drawn anew between the beginning of a press and its end loses the press: browsers
//! send a click only where both met the same element. And a press that follows another sooner than
//! the next frame would be taken by a view that the first one has done away with.

use std::cell::Cell;

use leptos::{
    ev,
    prelude::{window, window_event_listener},
};
use wasm_bindgen::JsCast;

use crate::page::timing;

/// The longest time that drawing waits for the end of a press, in milliseconds: what is held for
/// longer, such as a slider, is no press.
const LONGEST: f64 = 1000.0;

thread_local! {
    /// When the press that is under way began.
    static BEGAN: Cell<Option<f64>> = const { Cell::new(None) };
}

/// Watches for the beginnings and ends of presses from now on.
pub fn watch() {
    window_event_listener(ev::pointerdown, |_| BEGAN.set(Some(timing::now())));
    window_event_listener(ev::pointerup, |_| BEGAN.set(None));
    window_event_listener(ev::pointercancel, |_| BEGAN.set(None));
}

/// Returns whether a press has begun and not ended, so that what is shown should stay as it is.
pub fn is_under_way() -> bool {
    BEGAN.get().is_some_and(|began| timing::now() - began < LONGEST)
}

/// Returns whether what a press changes is being carried out, which should be shown before the next.
pub fn is_being_handled() -> bool {
    let event = window().event().dyn_into::<web_sys::Event>();
    event.is_ok_and(|event| matches!(event.type_().as_str(), "click" | "keydown" | "input" | "change"))
}
