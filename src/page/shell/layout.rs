//! The layout of the page.

use leptos::prelude::window;

/// Returns whether the page is a single column, as in the style sheet's layout for phones.
pub fn is_narrow() -> bool {
    window().match_media("(max-width: 56rem)").ok().flatten().is_some_and(|query| query.matches())
}
