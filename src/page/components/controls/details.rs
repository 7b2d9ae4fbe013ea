//! Details for programmers.

use leptos::prelude::*;

/// Returns details for programmers, collapsed, or nothing if there are none.
pub fn details(words: Option<String>) -> impl IntoView {
    words.map(|words| {
        view! {
            <details class="details">
                <summary>"Details"</summary>
                <code>{words}</code>
            </details>
        }
    })
}
