//! A description of the cell pointed at, with both of its pictures.

use leptos::prelude::*;

use crate::{
    page::{
        components::{
            canvas::thumbnail::{Thumbnail, caption},
            dynamic::dynamic,
        },
        store::Store,
        words,
    },
    protocol::PictureId,
};

/// Two pictures and their similarity.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The row's picture.
    pub row: PictureId,
    /// The column's picture.
    pub column: PictureId,
    /// Their similarity.
    pub value: f32,
    /// Further remark on the cell.
    pub remark: String,
}

/// A description of the cell pointed at; otherwise a hint to point at one.
#[component]
pub fn Readout(#[prop(into)] reading: Signal<Option<Reading>>, hint: &'static str) -> impl IntoView {
    let store = Store::expect();
    let show = move |reading: Reading| {
        view! {
            <div class="readout-pictures">
                <figure>
                    <Thumbnail picture=Some(reading.row) />
                    <figcaption>{caption(store, reading.row)}</figcaption>
                </figure>
                <figure>
                    <Thumbnail picture=Some(reading.column) />
                    <figcaption>{caption(store, reading.column)}</figcaption>
                </figure>
            </div>
            <p class="readout-value">
                {words::close_similarity(reading.value)} " " <span class="readout-remark">{reading.remark}</span>
            </p>
        }
        .into_any()
    };
    view! {
        <div class="readout" aria-live="polite" data-control="">
            {dynamic(move || reading.get().map_or_else(|| view! { <p class="note">{hint}</p> }.into_any(), show))}
        </div>
    }
}
