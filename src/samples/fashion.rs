//! A thousand clothes of Fashion-MNIST (Xiao, Rasul & Vollgraf 2017; MIT licence, Zalando SE), cut from the
//! sheet in `static/`.

use super::Sample;
use crate::image::{Image, SIDE};

/// Labels of the clothes, in the order of the sheet.
pub const FASHION_LABELS: [&str; 10] =
    ["T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

/// Number of pictures in the set: a hundred of each kind.
pub const FASHION: usize = 1000;

/// Side of one garment on the sheet, in pixels.
const TILE: usize = 28;

/// Number of garments per row of the sheet.
const COLUMNS: usize = 50;

/// Width and height of the sheet, in pixels.
pub const FASHION_SHEET: [usize; 2] = [COLUMNS * TILE, FASHION / COLUMNS * TILE];

/// Cuts picture `index` (below [`FASHION`]) from the sheet's pixels: RGBA or RGB bytes, row by row,
/// `channels` per pixel.
///
/// Neighbouring indices show different kinds, as in the shapes.
pub fn fashion(index: usize, sheet: &[u8], channels: usize) -> Sample {
    let kinds = FASHION_LABELS.len();
    let (kind, nth) = (index % kinds, index / kinds);
    let label = FASHION_LABELS[kind];
    let tile = kind * (FASHION / kinds) + nth;
    let (left, top) = (tile % COLUMNS * TILE, tile / COLUMNS * TILE);
    let grey = |x: usize, y: usize| f32::from(sheet[((top + y) * COLUMNS * TILE + left + x) * channels]);
    let image = Image::draw(|x, y| [enlarged(&grey, x, y); 3]);
    Sample { name: format!("{label} {}", nth + 1), label, image }
}

/// Returns a pixel of the tile at working size, interpolated linearly between its pixels' centres.
fn enlarged(grey: &impl Fn(usize, usize) -> f32, x: usize, y: usize) -> u8 {
    let place = |at: usize| {
        let at = (at as f32 + 0.5) * TILE as f32 / SIDE as f32 - 0.5;
        let at = at.clamp(0.0, (TILE - 1) as f32);
        (at as usize, (at as usize + 1).min(TILE - 1), at.fract())
    };
    let ((left, right, across), (above, below, down)) = (place(x), place(y));
    let row = |y| grey(left, y) + (grey(right, y) - grey(left, y)) * across;
    (row(above) + (row(below) - row(above)) * down).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Vec<u8> {
        let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/static/fashion-1000.png"));
        let sheet = image::load_from_memory(&file.expect("the sheet is shipped")).expect("a PNG");
        sheet.to_rgba8().into_raw()
    }

    #[test]
    fn tiles_keep_their_mean_and_trousers_look_like_trousers() {
        let sheet = sheet();
        let mean = |bytes: &[u8]| bytes.iter().map(|b| f32::from(*b)).sum::<f32>() / bytes.len() as f32;
        let trouser = fashion(1, &sheet, 4);
        assert_eq!((trouser.name.as_str(), trouser.label), ("trouser 1", "trouser"));
        // Trousers are the second class: tile 100, the first of the third row.
        let tile: Vec<u8> = (0..TILE * TILE)
            .map(|i| sheet[((2 * TILE + i / TILE) * COLUMNS * TILE + i % TILE) * 4])
            .collect();
        assert!((mean(trouser.image.rgb()) - mean(&tile)).abs() < 2.0);
        // Two legs: in the bottom row, the middle is darker than its surroundings.
        let at = |x: usize| trouser.image.rgb()[((SIDE - 10) * SIDE + x) * 3];
        let leg = (0..SIDE / 2).map(at).max().expect("a row");
        assert!(leg > at(SIDE / 2));
    }
}
