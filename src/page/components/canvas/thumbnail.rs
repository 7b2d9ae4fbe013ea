//! Thumbnails of pictures.

use leptos::{html, prelude::*};
use web_sys::HtmlCanvasElement;

use super::paint;
use crate::{
    image::SIDE,
    page::{components::dynamic::effect, store::Store},
    protocol::PictureId,
};

/// The canvas of a picture, whose name has to be next to it or to label the surrounding control.
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

/// A small canvas, repainted when a value that `paint` reads changes.
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

/// Returns a picture's name and label for the user.
pub fn title(store: Store, id: PictureId) -> String {
    store.with_untracked(|state| {
        let Some(entry) = state.pictures.get(id) else { return "a picture that was removed".to_owned() };
        match state.label_of(id) {
            Some(label) if !entry.name.starts_with(label) => format!("{} ({label})", entry.name),
            _ => entry.name.clone(),
        }
    })
}
