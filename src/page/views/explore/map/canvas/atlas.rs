//! The map's pictures on a few large canvases, from which they are copied at any size: all of them at a size
//! that suits their number, and the few that are magnified at full size.

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

/// Magnification from which a picture is taken at full size.
const MAGNIFIED: f64 = 1.5;

/// Sheets of pictures, made one at a time, so that no frame waits for all.
#[derive(Default)]
pub struct Atlas {
    pictures: Vec<PictureId>,
    sheets: Vec<HtmlCanvasElement>,
    factor: usize,
    /// Sheet of pictures at full size, and the indices of these.
    sharp: Option<HtmlCanvasElement>,
    magnified: Vec<usize>,
}

impl Atlas {
    /// Starts an atlas of these pictures, which are stored smaller the more there are.
    pub fn new(pictures: Vec<PictureId>) -> Self {
        let factor = match pictures.len() {
            ..=400 => 1,
            401..=2500 => 2,
            _ => 4,
        };
        Self { pictures, factor, ..Self::default() }
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
        let sheet = contact_sheet(&small, side, ROW, GAP);
        let canvas = paint::canvas(0, 0);
        paint::rgba(&canvas, &sheet.rgba, sheet.width, sheet.height);
        self.sheets.push(canvas);
        end < self.pictures.len()
    }

    /// Draws a picture, by its index among those of [`Atlas::new`], centred on `middle`, with a side in CSS
    /// pixels and a number of canvas pixels for each of these.
    pub fn draw(
        &mut self,
        context: &CanvasRenderingContext2d,
        state: &State,
        index: usize,
        middle: Point,
        (side, density): (f32, f64),
    ) {
        let Some(sheet) = self.sheets.get(index / (ROW * ROW)) else { return };
        let stored = SIDE / self.factor;
        let [x, y] = middle.map(|value| f64::from(value - 0.5 * side));
        let side = f64::from(side);
        let (place, source, sheet) = if self.factor > 1 && side * density > MAGNIFIED * stored as f64 {
            (self.sharpen(state, index), SIDE, self.sharp.as_ref())
        } else {
            (index % (ROW * ROW), stored, Some(sheet))
        };
        let Some(sheet) = sheet else { return };
        let [left, top] = corner(place, source);
        let source = source as f64;
        let copy = CanvasRenderingContext2d::draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh;
        // Fails only for a canvas without area, where there is nothing to draw.
        copy(context, sheet, left, top, source, source, x, y, side, side).ok();
    }

    /// Returns the place of a picture on the sheet at full size; a full sheet is started anew.
    fn sharpen(&mut self, state: &State, index: usize) -> usize {
        if let Some(place) = self.magnified.iter().position(|other| *other == index) {
            return place;
        }
        if self.magnified.len() == ROW * ROW {
            self.magnified.clear();
        }
        let side = (ROW * (SIDE + GAP)) as u32;
        let sheet = self.sharp.get_or_insert_with(|| paint::canvas(side, side));
        let place = self.magnified.len();
        self.magnified.push(index);
        if let Some(entry) = state.pictures.get(self.pictures[index]) {
            let [left, top] = corner(place, SIDE).map(|edge| edge - (GAP / 2) as f64);
            let picture = contact_sheet(&[entry.image.rgb()], SIDE, 1, GAP);
            paint::rgba_at(sheet, &picture.rgba, picture.width as u32, picture.height as u32, [left, top]);
        }
        place
    }
}

/// Returns the left and the top of a place on a sheet of pictures with this side.
fn corner(place: usize, side: usize) -> [f64; 2] {
    [place % ROW, place / ROW].map(|cell| (cell * (side + GAP) + GAP / 2) as f64)
}
