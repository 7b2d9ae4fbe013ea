//! A menu that opens below its button.

use leptos::{ev, prelude::*};

use super::dynamic::{When, handler};
use crate::page::lazy::{loader::room, rooms::Rooms};

/// Ids of the page's menus.
pub const EXPORT: &str = "export-menu";
pub const SHARE: &str = "share-menu";

/// A button and the menu that it opens. The contents are fetched and made when it first opens, and stay.
#[component]
pub fn Menu(
    /// Name of the button.
    name: &'static str,
    /// Id of the menu.
    id: &'static str,
    /// Contents of the menu.
    contents: fn(&'static Rooms) -> AnyView,
) -> impl IntoView {
    let wanted = RwSignal::new(false);
    view! {
        <button class="button" type="button" popovertarget=id>
            {name}
        </button>
        <div
            class="explanation menu"
            popover="auto"
            id=id
            on:toggle=handler(move |_: ev::Event| wanted.set(true))
        >
            <When holds=wanted>{room(contents)}</When>
        </div>
    }
}
