//! The picture of what a run changed, on a canvas.

use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::card::Card;
use crate::{
    image::SIDE,
    page::{components::canvas::paint, state::State, urls},
    protocol::PictureId,
};

/// Width and height in pixels, as websites show pictures of links.
pub const SIZE: [u32; 2] = [1200, 630];

/// Margin on all sides.
const MARGIN: f64 = 48.0;

/// Side of a picture, and of one of its nearest.
const LARGE: f64 = 176.0;
const SMALL: f64 = 80.0;

/// Distance between the nearest.
const GAP: f64 = 6.0;

/// Left edges of the names of rows, and of the nearest.
const NAMES: f64 = MARGIN + LARGE + 16.0;
const NEAREST: f64 = NAMES + 80.0;

/// Upper edge of the first picture, and distance to the next one.
const FIRST: f64 = 156.0;
const PITCH: f64 = LARGE + 32.0;

/// Opacity of pictures that do not count.
const DIM: f64 = 0.35;

/// Colours of text.
const INK: &str = "#1c1a17";
const SOFT: &str = "#645e55";

/// Paints the card.
pub fn paint(canvas: &HtmlCanvasElement, card: &Card, state: &State) {
    let Some(context) = paint::context(canvas) else { return };
    let one = paint::canvas(SIDE as u32, SIDE as u32);
    let [width, height] = SIZE.map(f64::from);
    let picture = |id: PictureId, left: f64, top: f64, side: f64| {
        if let Some(entry) = state.pictures.get(id) {
            paint::square(&context, &one, entry.image.rgb(), [left, top], side);
        }
    };
    context.set_fill_style_str("#ffffff");
    context.fill_rect(0.0, 0.0, width, height);
    context.set_text_baseline("middle");
    write(&context, &card.result, "650 32px", INK, MARGIN, 84.0, width - 2.0 * MARGIN);
    for (place, improved) in card.pictures.iter().enumerate() {
        let top = FIRST + place as f64 * PITCH;
        picture(improved.picture, MARGIN, top, LARGE);
        for (row, (name, nearest)) in ["before", "now"].into_iter().zip(&improved.rows).enumerate() {
            let top = top + row as f64 * (LARGE - SMALL);
            write(&context, name, "500 24px", SOFT, NAMES, top + SMALL / 2.0, NEAREST - NAMES);
            for (column, (id, counts)) in nearest.iter().enumerate() {
                context.set_global_alpha(if *counts { 1.0 } else { DIM });
                picture(*id, NEAREST + column as f64 * (SMALL + GAP), top, SMALL);
            }
            context.set_global_alpha(1.0);
        }
    }
    let bottom = height - 34.0;
    let (room, address) = (width - 3.0 * MARGIN, width / 3.0);
    write(&context, &card.origin, "400 22px", SOFT, MARGIN, bottom, room - address);
    context.set_text_align("right");
    write(&context, &urls::resolve("./"), "500 24px", SOFT, width - MARGIN, bottom, address);
    context.set_text_align("left");
}

/// Writes a line, narrowed if it is longer than `most`.
fn write(
    context: &CanvasRenderingContext2d,
    text: &str,
    font: &str,
    colour: &str,
    x: f64,
    y: f64,
    most: f64,
) {
    context.set_font(&format!("{font} Inter, system-ui, sans-serif"));
    context.set_fill_style_str(colour);
    // Finite coordinates are never refused.
    context.fill_text_with_max_width(text, x, y, most).ok();
}
