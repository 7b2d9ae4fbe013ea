//! One picture of the set, small.

use leptos::{html, prelude::*};
use web_sys::HtmlCanvasElement;

use super::paint;
use crate::{
    image::SIDE,
    page::{components::dynamic::effect, store::Store},
    protocol::PictureId,
};

/// A picture's canvas; its name has to stand beside it or label the control around it.
#[component]
pub fn Thumbnail(#[prop(into)] picture: Signal<Option<PictureId>>) -> impl IntoView {
    let store = Store::expect();
    let paint = move |canvas: &HtmlCanvasElement| {
        let Some(id) = picture.get() else { return };
        store.with_untracked(|state| {
            if let Some(entry) = state.pictures.get(id) {
                paint::rgb(canvas, entry.image.rgb(), SIDE);
            }
        });
    };
    view! { <Painted paint /> }
}

/// A small canvas, painted anew when something changes that `paint` reads.
#[component]
pub fn Painted(paint: impl Fn(&HtmlCanvasElement) + 'static) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    effect(move || {
        if let Some(canvas) = canvas.get() {
            paint(&canvas);
        }
    });
    view! { <canvas class="thumbnail" node_ref=canvas width=SIDE height=SIDE aria-hidden="true"></canvas> }
}

/// A picture's name and label, as the page speaks of it.
pub fn title(store: Store, id: PictureId) -> String {
    store.with_untracked(|state| {
        let Some(entry) = state.pictures.get(id) else { return "a picture that was removed".to_owned() };
        match state.label_of(id) {
            Some(label) if !entry.name.starts_with(label) => format!("{} ({label})", entry.name),
            _ => entry.name.clone(),
        }
    })
}
