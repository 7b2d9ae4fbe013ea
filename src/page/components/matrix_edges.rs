//! Pictures along the left and the upper edge of a matrix: who is who.

use leptos::{html, prelude::*};

use super::{
    canvas::{measure::follow_size, paint},
    dynamic::{Memo, effect},
};
use crate::{image::SIDE, page::store::Store, plot::contact_sheet::contact_sheet, protocol::PictureId};

/// Least height of a picture, in pixels.
const LEAST: f64 = 30.0;

/// Two strips of pictures. Each shows the row, or the column, in the middle of its share.
#[component]
pub fn MatrixEdges(
    /// Pictures of the rows, which are those of the columns.
    pictures: Memo<Vec<PictureId>>,
) -> impl IntoView {
    let store = Store::expect();
    let [left, top] = [NodeRef::<html::Canvas>::new(), NodeRef::<html::Canvas>::new()];
    let frame = NodeRef::<html::Div>::new();
    let size = follow_size(frame);
    effect(move || {
        let (Some(left), Some(top)) = (left.get(), top.get()) else { return };
        let shown = pictures.with(|pictures| spread(pictures, (size.get().0 / LEAST) as usize));
        store.with_untracked(|state| {
            let entries = shown.iter().filter_map(|id| state.pictures.get(*id));
            let images: Vec<_> = entries.map(|entry| entry.image.rgb()).collect();
            for (canvas, columns) in [(left, 1), (top, images.len().max(1))] {
                let sheet = contact_sheet(&images, SIDE, columns);
                paint::rgba(&canvas, &sheet.rgba, sheet.width, sheet.height.max(1));
            }
        });
    });
    view! {
        <div class="edge edge-left" aria-hidden="true">
            <canvas node_ref=left width="1" height="1"></canvas>
        </div>
        <div class="edge edge-top" node_ref=frame aria-hidden="true">
            <canvas node_ref=top width="1" height="1"></canvas>
        </div>
    }
}

/// Returns at most `most` of the items, each from the middle of an equal share of them.
fn spread<T: Copy>(items: &[T], most: usize) -> Vec<T> {
    let count = most.min(items.len());
    (0..count).map(|place| items[(2 * place + 1) * items.len() / (2 * count)]).collect()
}
