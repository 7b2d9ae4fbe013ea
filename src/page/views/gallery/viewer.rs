//! The focused picture at full size.

use leptos::{ev, html, prelude::*};
use web_sys::Url;

use crate::page::{
    components::{
        canvas::thumbnail::{Thumbnail, caption, title},
        dynamic::{dynamic, effect, handler, memo},
    },
    store::Store,
    words,
};

/// A dialog over the page, from which arrow keys go to the other pictures.
#[component]
pub fn Viewer() -> impl IntoView {
    let store = Store::expect();
    let dialog = NodeRef::<html::Dialog>::new();
    let close = NodeRef::<html::Button>::new();
    let picture = memo(move || store.with(|state| state.selected.filter(|_| *state.viewing)));
    let address = RwSignal::new(None::<String>);
    let load = move |next: Option<String>| {
        if let Some(previous) = address.get_untracked() {
            Url::revoke_object_url(&previous).ok();
        }
        address.set(next);
    };
    effect(move || {
        let (Some(dialog), picture) = (dialog.get(), picture.get()) else { return };
        load(picture.and_then(|id| store.originals.address(id)));
        match (picture, dialog.open()) {
            (Some(_), false) => {
                dialog.show_modal().ok();
                // The attribute `autofocus` is an error within a page of another server.
                if let Some(close) = close.get_untracked() {
                    close.focus().ok();
                }
            }
            (None, true) => dialog.close(),
            _ => {}
        }
    });
    let select = move || {
        store.update(|state| {
            if let Some(id) = *state.selected {
                state.toggle(id);
            }
        });
    };
    let key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => store.update(|state| state.focus_beside(true)),
        "ArrowLeft" | "ArrowUp" => store.update(|state| state.focus_beside(false)),
        "x" => select(),
        _ => {}
    };
    let is_selected =
        move || store.with(|state| state.selected.is_some_and(|id| state.selection.contains(id)));
    let content = dynamic(move || {
        let id = picture.get()?;
        let image = match address.get() {
            // Browsers cannot show every format that this page reads.
            Some(file) => {
                let failed = handler(move |_| load(None));
                view! { <img src=file alt=title(store, id) on:error=failed /> }.into_any()
            }
            None => view! { <Thumbnail picture=Some(id) /> }.into_any(),
        };
        let file = store.with_untracked(|state| state.pictures.get(id).map(words::file).unwrap_or_default());
        Some(view! { {image} <p>{caption(store, id)} <span class="viewer-file">{file}</span></p> })
    });
    let step = move |name: &'static str, forwards: bool| {
        view! {
            <button class="button" type="button" on:click=handler(move |_| store.update(|state| state.focus_beside(forwards)))>
                {name}
            </button>
        }
    };
    view! {
        <dialog
            class="viewer"
            aria-label="Picture at full size"
            node_ref=dialog
            on:keydown=handler(key)
            on:close=handler(move |_| store.update(|state| state.viewing.set(false)))
        >
            {content}
            <div class="buttons">
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
                <button
                    class="button primary"
                    type="button"
                    node_ref=close
                    on:click=handler(move |_| store.update(|state| state.viewing.set(false)))
                >
                    "Close"
                </button>
            </div>
        </dialog>
    }
}
