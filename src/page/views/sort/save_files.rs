//! A button that saves the pictures' own files.

use leptos::{ev, prelude::*};

use super::picture_groups::Strip;
use crate::page::{
    components::dynamic::{Memo, handler},
    export::folders::Folders,
    files::archive,
    state::State,
    store::Store,
};

/// A button that saves the files of pictures.
#[component]
pub fn SaveFiles(
    /// The strips that are shown.
    strips: Memo<Vec<Strip>>,
    /// Text of the button.
    name: &'static str,
    /// Pictures and paths of the archive.
    folders: fn(&State, &[Strip]) -> Folders,
) -> impl IntoView {
    let store = Store::expect();
    let press = move |_: ev::MouseEvent| {
        let folders = strips.with_untracked(|strips| store.with_untracked(|state| folders(state, strips)));
        archive::save(store, folders);
    };
    view! {
        <button
            class="button"
            type="button"
            disabled=move || strips.with(Vec::is_empty)
            on:click=handler(press)
        >
            {name}
        </button>
    }
}
