//! Thumbnails of pictures.

use leptos::{html, prelude::*};
use web_sys::HtmlCanvasElement;

use super::paint;
use crate::{
    image::SIDE,
    page::{
        components::dynamic::{dynamic, effect},
        store::Store,
        words,
    },
    protocol::PictureId,
};

/// Maximum number of characters of a name in a caption.
const MOST_CHARACTERS: usize = 26;

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
    store.with_untracked(|state| words::title(state, id))
}

/// Returns a picture's name and label for the user, as they are at any time: when others come in, a name
/// may need its folder.
pub fn live_title(store: Store, id: PictureId) -> Signal<String> {
    Signal::derive(move || store.with(|state| words::title(state, id)))
}

/// A picture's label and below it its name, as they are at any time.
pub fn caption(store: Store, id: PictureId) -> AnyView {
    let caption = dynamic(move || {
        let (label, name) = store.with(|state| words::label_and_name(state, id));
        let label = label.map(|label| view! { <span class="caption-label">{label}</span> " " });
        view! { {label} {short_name(name)} }
    });
    caption.into_any()
}

/// A file's name, shortened if it is long; in full on hover and for screen readers.
pub fn short_name(name: String) -> AnyView {
    let short = words::elide_middle(&name, MOST_CHARACTERS);
    let full = (short != name).then(|| view! { <span class="visually-hidden">{name.clone()}</span> });
    let hidden = full.is_some().then_some("true");
    view! { <span class="caption-name" title=name><span aria-hidden=hidden>{short}</span> {full}</span> }
        .into_any()
}
