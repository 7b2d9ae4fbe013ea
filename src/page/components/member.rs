//! One picture of a list, which can be selected.

use leptos::{ev, prelude::*};

use super::{
    canvas::thumbnail::{Thumbnail, title},
    dynamic::handler,
};
use crate::{
    page::{input::selection_range, store::Store},
    protocol::PictureId,
};

/// One picture, which can be selected.
#[component]
pub fn Member(
    /// The picture.
    id: PictureId,
    /// The list that contains it.
    #[prop(into)]
    order: Signal<Vec<PictureId>>,
    /// A remark on it.
    #[prop(optional)]
    remark: String,
) -> impl IntoView {
    let store = Store::expect();
    let name = title(store, id);
    let described = if remark.is_empty() { name } else { format!("{name}, {remark}") };
    view! {
        <button
            class="near"
            type="button"
            title=described.clone()
            aria-label=described
            aria-pressed=move || {
                store.with(|state| state.selection.contains(id)).to_string()
            }
            on:click=handler(move |event: ev::MouseEvent| selection_range::choose(store, &event, id, |_| order.get_untracked()))
        >
            <Thumbnail picture=Some(id) />
            {(!remark.is_empty()).then(|| view! { <span class="near-similarity">{remark}</span> })}
        </button>
    }
}
