//! The file that a picture came from, at its own size.

use leptos::prelude::*;
use web_sys::Url;

use super::thumbnail::{Thumbnail, title};
use crate::{
    page::{
        components::dynamic::{dynamic, handler},
        store::Store,
        words,
    },
    protocol::PictureId,
};

/// The file, or the picture at working size if the browser does not have it or cannot show it.
#[component]
pub fn Original(id: PictureId) -> impl IntoView {
    let store = Store::expect();
    let address = store.originals.address(id);
    let is_shown = RwSignal::new(address.is_some());
    if let Some(address) = address.clone() {
        on_cleanup(move || drop(Url::revoke_object_url(&address)));
    }
    dynamic(move || match address.clone().filter(|_| is_shown.get()) {
        Some(file) => {
            let failed = handler(move |_| is_shown.set(false));
            view! { <img src=file alt=title(store, id) on:error=failed /> }.into_any()
        }
        None => view! { <Thumbnail picture=Some(id) /> }.into_any(),
    })
}

/// What is known of the file.
#[component]
pub fn FileWords(id: PictureId) -> impl IntoView {
    let store = Store::expect();
    view! { <span class="file-words">{store.with_untracked(|state| words::file(state, id))}</span> }
}
