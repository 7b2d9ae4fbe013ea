//! The map's pictures on a few large canvases, from which they are copied at any size.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::{
    image::SIDE,
    page::{components::canvas::paint, state::State},
    plot::{
        contact_sheet::{GAP, contact_sheet},
        map::Point,
        shrink::shrink,
    },
    protocol::PictureId,
};

/// Number of pictures in a row of a sheet, and of rows.
const ROW: usize = 16;

/// Sheets of pictures, made one at a time, so that no frame waits for all.
#[derive(Default)]
pub struct Atlas {
    pictures: Vec<PictureId>,
    sheets: Vec<HtmlCanvasElement>,
    factor: usize,
}

impl Atlas {
    /// Starts an atlas of these pictures, which are stored smaller the more there are.
    pub fn new(pictures: Vec<PictureId>) -> Self {
        let factor = match pictures.len() {
            ..=400 => 1,
            401..=2500 => 2,
            _ => 4,
        };
        Self { pictures, sheets: Vec::new(), factor }
    }

    /// Makes the next sheet; returns whether more are missing.
    pub fn grow(&mut self, state: &State) -> bool {
        let start = self.sheets.len() * ROW * ROW;
        if start >= self.pictures.len() {
            return false;
        }
        let end = self.pictures.len().min(start + ROW * ROW);
        let side = SIDE / self.factor;
        let blank = vec![128; side * side * 3];
        let small = self.pictures[start..end].iter().map(|id| {
            let entry = state.pictures.get(*id);
            entry.map_or_else(|| blank.clone(), |entry| shrink(entry.image.rgb(), SIDE, self.factor))
        });
        let small: Vec<Vec<u8>> = small.collect();
        let small: Vec<&[u8]> = small.iter().map(Vec::as_slice).collect();
        let sheet = contact_sheet(&small, side, ROW);
        let canvas = document().create_element("canvas").expect("a document makes canvases");
        let canvas: HtmlCanvasElement = canvas.unchecked_into();
        paint::rgba(&canvas, &sheet.rgba, sheet.width, sheet.height);
        self.sheets.push(canvas);
        end < self.pictures.len()
    }

    /// Draws a picture, by its index among those of [`Atlas::new`], centred on `middle`.
    pub fn draw(&self, context: &CanvasRenderingContext2d, place: usize, middle: Point, side: f32) {
        let Some(sheet) = self.sheets.get(place / (ROW * ROW)) else { return };
        let (column, row) = (place % ROW, place % (ROW * ROW) / ROW);
        let source = SIDE / self.factor;
        let at = |cell: usize| (cell * (source + GAP) + GAP / 2) as f64;
        let [x, y] = middle.map(|value| f64::from(value - 0.5 * side));
        let (source, side) = (source as f64, f64::from(side));
        let copy = CanvasRenderingContext2d::draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh;
        // Fails only for a canvas without area, where there is nothing to draw.
        copy(context, sheet, at(column), at(row), source, source, x, y, side, side).ok();
    }
}
