//! A button that has a file written.

use leptos::{ev, prelude::*};

use super::dynamic::handler;
use crate::page::{
    export::Export,
    files::exports::{self, exporter},
    store::Store,
};

/// A button that has a file written and delivered.
#[component]
pub fn ExportButton(
    /// Text of the button.
    name: &'static str,
    /// The file.
    export: Export,
    /// What is done with it.
    #[prop(default = exports::save)]
    deliver: fn(Store, Export),
) -> impl IntoView {
    let store = Store::expect();
    let wanted = exporter(store, deliver);
    view! {
        <button
            class="button"
            type="button"
            title=export.help()
            disabled=move || store.with(|state| export.obstacle(state).is_some())
            aria-busy=move || wanted.get().is_some().to_string()
            on:click=handler(move |_: ev::MouseEvent| wanted.set(Some(export)))
        >
            {name}
        </button>
    }
}
