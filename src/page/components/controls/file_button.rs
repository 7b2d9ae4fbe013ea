//! A button for choosing files, and the input that it hides.

use leptos::{ev, html, prelude::*};
use web_sys::HtmlInputElement;

use crate::page::{
    components::dynamic::handler,
    files::{destination::Destination, incoming},
    lazy::loader,
    store::Store,
};

/// A button that passes on the chosen files.
#[component]
pub fn FileButton(
    /// Text of the button.
    #[prop(into)]
    text: Signal<&'static str>,
    /// Accessible name of the input.
    label: &'static str,
    /// Accepted file types; all if empty.
    #[prop(into, optional)]
    accept: String,
    /// Whether several files can be chosen at once.
    #[prop(optional)]
    multiple: bool,
    /// Whether a folder is chosen, with all of its contents.
    #[prop(optional)]
    folder: bool,
    /// What their pictures are for.
    destination: Destination,
) -> impl IntoView {
    let store = Store::expect();
    let input = NodeRef::<html::Input>::new();
    let choose = move |_| {
        if let Some(input) = input.get_untracked() {
            loader::fetch(store);
            input.click();
        }
    };
    let chosen = move |event: ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        incoming::chosen(input.files()).read(store, destination);
        // Allows the same files to be chosen again.
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
