//! A button that lets the user choose files, and the input that it hides.

use leptos::{ev, html, prelude::*};
use web_sys::HtmlInputElement;

use crate::page::{
    components::dynamic::handler,
    files::incoming::{self, Gathered},
    store::Store,
};

/// A button that hands on the files that are chosen.
#[component]
pub fn FileButton(
    /// What it is called.
    #[prop(into)]
    text: Signal<&'static str>,
    /// What its input is called.
    label: &'static str,
    /// What may be chosen; everything where it is empty.
    #[prop(into, optional)]
    accept: String,
    /// Whether several files may be chosen at once.
    #[prop(optional)]
    multiple: bool,
    /// Whether a folder is chosen, with all that is in it.
    #[prop(optional)]
    folder: bool,
    /// Takes the files.
    take: fn(Store, Gathered),
) -> impl IntoView {
    let store = Store::expect();
    let input = NodeRef::<html::Input>::new();
    let choose = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let chosen = move |event: ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        take(store, incoming::chosen(input.files()));
        // The same files may be chosen again.
        input.set_value("");
    };
    view! {
        <button class="button" type="button" on:click=handler(choose)>
            {text}
        </button>
        <input
            class="visually-hidden"
            type="file"
            multiple=multiple
            accept=accept
            prop:webkitdirectory=folder
            aria-label=label
            tabindex="-1"
            node_ref=input
            on:change=handler(chosen)
        />
    }
}
