//! What the visitor points with.

use leptos::prelude::window;

/// Whether it is a finger: nothing hovers, and no key is held.
pub fn is_coarse() -> bool {
    window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}

/// What can be done, for the pointer at hand.
pub fn hint(mouse: &'static str, finger: &'static str) -> &'static str {
    if is_coarse() { finger } else { mouse }
}
