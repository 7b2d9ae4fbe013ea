//! Saves the figure around it as a picture.

use leptos::prelude::*;

/// A button within an element with `data-figure`; `static/figure.js` does the rest.
#[component]
pub fn PngButton(
    /// The figure's name.
    name: &'static str,
) -> impl IntoView {
    view! {
        <button
            class="png"
            type="button"
            data-png=""
            title="Save as a picture, at twice the size"
            aria-label=format!("Save PNG: {name}")
        >
            <span class="png-verb">"Save "</span>
            "PNG"
        </button>
    }
}
