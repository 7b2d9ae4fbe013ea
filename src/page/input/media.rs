//! Media queries: the visitor's screen, pointing device and preferences.

use leptos::prelude::window;

/// Returns whether the page is a single column, as in the style sheet's layout for phones.
pub fn is_narrow() -> bool {
    matches("(max-width: 56rem)")
}

/// Returns whether the pointing device is a finger: there is no hovering, and no key is held.
pub fn is_coarse() -> bool {
    matches("(pointer: coarse)")
}

/// Returns whether the user has asked the system for reduced motion.
pub fn is_motion_reduced() -> bool {
    matches("(prefers-reduced-motion: reduce)")
}

/// Returns the hint for the pointing device.
pub fn hint(mouse: &'static str, finger: &'static str) -> &'static str {
    if is_coarse() { finger } else { mouse }
}

fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|query| query.matches())
}
