//! What can be done with the selected pictures, wherever they were selected.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::page::{
    components::{
        canvas::thumbnail::title,
        dynamic::{When, handler, memo},
    },
    lazy::loader,
    state::{State, Tab},
    store::Store,
    words,
};

/// A bar at the bottom of the stage, while something is selected.
#[component]
pub fn ActionBar() -> impl IntoView {
    let store = Store::expect();
    let selected = memo(move || store.with(|state| state.selection.iter().collect::<Vec<_>>()));
    let words = Signal::derive(move || {
        selected.with(|ids| match ids.as_slice() {
            [id] => title(store, *id),
            ids => format!("{} selected", words::count(ids.len())),
        })
    });
    let button = move |name: &'static str, help: &'static str, act: fn(Store)| {
        view! {
            <button class="button" type="button" title=help on:click=handler(move |_| act(store))>
                {name}
            </button>
        }
    };
    view! {
        <p class="visually-hidden" aria-live="polite">
            {move || if selected.with(Vec::is_empty) { String::new() } else { words.get() }}
        </p>
        <When holds=move || selected.with(|ids| !ids.is_empty())>
            <section class="action-bar" aria-label="Selected pictures">
                <p class="action-bar-words">{words}</p>
                <div class="buttons">
                    {button("Label", "Give them a label", |store| store.update(|state| state.choose_tab(Tab::Label)))}
                    {button("Find similar", "Show what is nearest to them", |store| store.update(State::find_similar))}
                    {button("Show only these", "Show them alone in the gallery and on the map", |store| {
                        store.update(|state| state.show_only(&state.chosen()));
                    })}
                    {button("View", "Show the first of them at full size", |store| {
                        store.update(|state| state.chosen().first().copied().into_iter().for_each(|id| state.view(id)));
                    })}
                    {button("Export", "Save their names and labels as a table", |store| {
                        loader::enter(store, move |rooms| (rooms.export_selection)(store));
                    })}
                    {button("Save files", "Save the pictures themselves as a ZIP", |store| {
                        loader::enter(store, move |rooms| (rooms.pack_selection)(store));
                    })}
                    {button("Remove", "Remove them from the set; this can be undone", |store| {
                        store.update(State::remove_chosen);
                        focus_gallery();
                    })}
                    <button
                        class="dismiss"
                        type="button"
                        aria-label="Clear selection"
                        on:click=handler(move |_| {
                            store.update(|state| state.clear_selection());
                            focus_gallery();
                        })
                    >
                        "×"
                    </button>
                </div>
            </section>
        </When>
    }
}

/// Moves the focus to the gallery, since the focused button goes with the bar.
pub(super) fn focus_gallery() {
    let gallery = document().query_selector("[role=listbox]").ok().flatten();
    if let Some(gallery) = gallery.and_then(|gallery| gallery.dyn_into::<HtmlElement>().ok()) {
        gallery.focus().ok();
    }
}
