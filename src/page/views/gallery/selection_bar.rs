//! The selection, and its actions.

use leptos::prelude::*;

use crate::page::{
    components::{
        canvas::thumbnail::title,
        dynamic::{When, handler, memo},
    },
    state::State,
    store::Store,
    words,
};

/// The line below the gallery.
#[component]
pub fn SelectionBar(
    /// Whether the gallery is tall.
    tall: RwSignal<bool>,
    /// Whether it is tall, or could be.
    #[prop(into)]
    more: Signal<bool>,
) -> impl IntoView {
    let store = Store::expect();
    let chosen = memo(move || store.with(|state| state.chosen()));
    let selected = move || store.with(|state| state.selection.len());
    let words = Signal::derive(move || match (selected(), chosen.get().as_slice()) {
        (2.., _) => format!("{} selected", words::count(selected())),
        (_, [id]) => title(store, *id),
        _ => "Pick a picture to see its nearest.".to_owned(),
    });
    let adding = Signal::derive(move || store.with(|state| state.selection.is_adding()));
    let empty = Signal::derive(move || store.with(|state| state.pictures.is_empty()));
    view! {
        <div class="gallery-bar">
            <p class="gallery-picked" aria-live="polite">{words}</p>
            <button
                class="button quiet"
                type="button"
                title="While this is on, each picture that you press joins the selection or leaves it"
                aria-pressed=move || adding.get().to_string()
                disabled=move || empty.get()
                on:click=handler(move |_| {
                    store.update(|state| state.set_adding(!state.selection.is_adding()));
                })
            >
                "Select"
            </button>
            <When holds=move || { selected() > 1 }>
                <button
                    class="button quiet"
                    type="button"
                    on:click=handler(move |_| store.update(|state| state.clear_selection()))
                >
                    "Clear selection"
                </button>
            </When>
            <button
                class="button quiet"
                type="button"
                disabled=move || chosen.with(Vec::is_empty)
                on:click=handler(move |_| store.update(State::remove_chosen))
            >
                {move || if selected() > 1 { "Remove selected" } else { "Remove picture" }}
            </button>
            <When holds=more>
                <button
                    class="button quiet"
                    type="button"
                    aria-expanded=move || tall.get().to_string()
                    on:click=handler(move |_| tall.update(|tall| *tall = !*tall))
                >
                    {move || if tall.get() { "Show fewer" } else { "Show more" }}
                </button>
            </When>
        </div>
    }
}
