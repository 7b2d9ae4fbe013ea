//! Pictures along the left and the upper edge of a matrix: who is who.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    canvas::{measure::follow_size, paint},
    dynamic::{Memo, effect},
};
use crate::{
    image::SIDE,
    page::store::Store,
    plot::{
        contact_sheet::{GAP, contact_sheet},
        shrink::shrink,
    },
    protocol::PictureId,
};

/// Least side of a picture in pixels, if every row has one.
const LEAST: f64 = 14.0;

/// Least side if there are too many rows for that.
const LEAST_OF_MANY: f64 = 30.0;

/// Least gap between shrunk pictures, in pixels.
const LEAST_GAP: usize = 2;

/// Two strips of square pictures: one for each row and column if there is room, else one for the row, or the
/// column, in the middle of each of equal shares. The frame's columns follow from their number, `--edge`.
#[component]
pub fn MatrixEdges(
    /// Pictures of the rows, which are those of the columns.
    pictures: Memo<Vec<PictureId>>,
) -> impl IntoView {
    let store = Store::expect();
    let [left, top] = [NodeRef::<html::Canvas>::new(), NodeRef::<html::Canvas>::new()];
    let span = NodeRef::<html::Div>::new();
    let size = follow_size(span);
    effect(move || {
        let (Some(left), Some(top), Some(span)) = (left.get(), top.get(), span.get()) else { return };
        let width = size.get().0;
        let shown = pictures.with(|pictures| spread(pictures, places(pictures.len(), width)));
        if let Some(frame) = span.parent_element() {
            let columns = format!("minmax(0, 1fr) minmax(0, {}fr)", shown.len().max(1));
            frame.unchecked_into::<HtmlElement>().style().set_property("--edge", &columns).ok();
        }
        store.with_untracked(|state| {
            let entries = shown.iter().filter_map(|id| state.pictures.get(*id));
            let factor = factor(width / (shown.len() + 1) as f64 * window().device_pixel_ratio());
            let images: Vec<_> = entries.map(|entry| shrink(entry.image.rgb(), SIDE, factor)).collect();
            let images: Vec<_> = images.iter().map(Vec::as_slice).collect();
            let gap = (GAP / factor).max(LEAST_GAP);
            for (canvas, columns) in [(left, 1), (top, images.len().max(1))] {
                let sheet = contact_sheet(&images, SIDE / factor, columns, gap);
                paint::rgba(&canvas, &sheet.rgba, sheet.width, sheet.height.max(1));
            }
        });
    });
    view! {
        <div class="edge-span" node_ref=span></div>
        <div class="edge edge-left" aria-hidden="true">
            <canvas node_ref=left width="1" height="1"></canvas>
        </div>
        <div class="edge edge-top" aria-hidden="true">
            <canvas node_ref=top width="1" height="1"></canvas>
        </div>
    }
}

/// Returns the number of pictures along a matrix of this many rows, which has this width together with one of
/// its edges.
fn places(rows: usize, width: f64) -> usize {
    let room = |side: f64| ((width / side) as usize).saturating_sub(1);
    if rows <= room(LEAST) { rows } else { room(LEAST_OF_MANY).min(rows) }
}

/// Returns the factor by which pictures are shrunk that are shown with this side, in pixels of the screen.
fn factor(side: f64) -> usize {
    [6, 4, 3, 2].into_iter().find(|factor| (SIDE / factor) as f64 >= side).unwrap_or(1)
}

/// Returns at most `most` of the items, each from the middle of an equal share of them.
fn spread<T: Copy>(items: &[T], most: usize) -> Vec<T> {
    let count = most.min(items.len());
    (0..count).map(|place| items[(2 * place + 1) * items.len() / (2 * count)]).collect()
}
