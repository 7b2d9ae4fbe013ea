//! The focused picture at full size.

use leptos::prelude::*;

use crate::page::{
    components::{
        canvas::{
            original::{FileWords, Original},
            thumbnail::caption,
        },
        dynamic::{dynamic, handler, memo},
        modal::Modal,
    },
    store::Store,
};

/// A dialog over the page, from which arrow keys go to the other pictures.
#[component]
pub fn Viewer() -> impl IntoView {
    let store = Store::expect();
    let picture = memo(move || store.with(|state| state.selected.filter(|_| *state.viewing)));
    let select = move || {
        store.update(|state| {
            if let Some(id) = *state.selected {
                state.toggle(id);
            }
        });
    };
    let key = move |key: String| match key.as_str() {
        "ArrowRight" | "ArrowDown" => store.update(|state| state.focus_beside(true)),
        "ArrowLeft" | "ArrowUp" => store.update(|state| state.focus_beside(false)),
        "x" => select(),
        _ => {}
    };
    let is_selected =
        move || store.with(|state| state.selected.is_some_and(|id| state.selection.contains(id)));
    let content = dynamic(move || {
        let id = picture.get()?;
        Some(view! { <Original id /> <p>{caption(store, id)} <FileWords id /></p> })
    });
    let step = move |name: &'static str, forwards: bool| {
        view! {
            <button class="button" type="button" on:click=handler(move |_| store.update(|state| state.focus_beside(forwards)))>
                {name}
            </button>
        }
    };
    let buttons = view! {
        {step("Previous", false)}
        {step("Next", true)}
        <button
            class="button"
            type="button"
            aria-pressed=move || is_selected().to_string()
            on:click=handler(move |_| select())
        >
            "Select"
        </button>
    };
    view! {
        <Modal
            label="Picture at full size"
            class="viewer"
            open=Signal::derive(move || picture.get().is_some())
            on_key=Callback::new(key)
            on_close=Callback::new(move |()| store.update(|state| state.viewing.set(false)))
            buttons=buttons.into_any()
        >
            {content}
        </Modal>
    }
}
