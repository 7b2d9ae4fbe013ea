//! What only programmers may want to read.

use leptos::prelude::*;

/// Words for programmers, folded away; nothing where there are none.
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
