//! The visitor's pointing device.

use leptos::prelude::window;

/// Returns whether it is a finger: there is no hovering, and no key is held.
pub fn is_coarse() -> bool {
    window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}

/// Returns the hint for the pointing device.
pub fn hint(mouse: &'static str, finger: &'static str) -> &'static str {
    if is_coarse() { finger } else { mouse }
}
