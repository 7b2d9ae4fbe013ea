//! How the page is laid out.

use leptos::prelude::window;

/// Whether it is a single column, as the style sheet lays it out on a phone.
pub fn is_narrow() -> bool {
    window().match_media("(max-width: 56rem)").ok().flatten().is_some_and(|query| query.matches())
}
