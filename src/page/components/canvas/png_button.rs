//! A button that saves the surrounding figure as a picture.

use leptos::prelude::*;

/// A button within an element with `data-figure`, which `static/figure.js` handles.
#[component]
pub fn PngButton(
    /// Name of the figure.
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
