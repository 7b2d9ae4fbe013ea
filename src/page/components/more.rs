//! A button that shows more of a list.

use leptos::prelude::*;

use super::dynamic::{When, handler};
use crate::page::words;

/// A button that shows more, while there is more.
#[component]
pub fn More(
    /// Number of shown items.
    shown: RwSignal<usize>,
    /// Number of items added by each press.
    step: usize,
    /// Number of items.
    #[prop(into)]
    total: Signal<usize>,
) -> impl IntoView {
    view! {
        <When holds=move || { total.get() > shown.get() }>
            <button class="button quiet" type="button" on:click=handler(move |_| shown.update(|shown| *shown += step))>
                {move || format!("and {} more", words::count(total.get().saturating_sub(shown.get())))}
            </button>
        </When>
    }
}
