//! Contact sheet: many pictures on one canvas, so that a page of the gallery takes one paint, not a hundred.

/// Gap of transparent pixels between neighbouring pictures of full size.
pub const GAP: usize = 8;

/// Pixels of a sheet, row by row.
#[derive(Debug, PartialEq)]
pub struct Sheet {
    /// RGBA bytes.
    pub rgba: Vec<u8>,
    /// Number of pixels per row.
    pub width: usize,
    /// Number of rows.
    pub height: usize,
}

/// Lays out square pictures of RGB bytes, `columns` per row, each surrounded by half a gap. The gap is also
/// the radius of the corners. Places without a picture stay transparent.
pub fn contact_sheet(pictures: &[&[u8]], side: usize, columns: usize, gap: usize) -> Sheet {
    let pitch = side + gap;
    let (width, height) = (columns * pitch, pictures.len().div_ceil(columns.max(1)) * pitch);
    let mut sheet = Sheet { rgba: vec![0; width * height * 4], width, height };
    for (place, picture) in pictures.iter().enumerate() {
        let (left, top) = (place % columns * pitch + gap / 2, place / columns * pitch + gap / 2);
        for (y, row) in picture.chunks_exact(side * 3).enumerate() {
            let cut = cut_corner(y.min(side - 1 - y), gap as f32);
            let start = ((top + y) * width + left) * 4;
            let (target, _) = sheet.rgba[start + cut * 4..start + (side - cut) * 4].as_chunks_mut();
            let (source, _) = row[cut * 3..].as_chunks();
            for (target, &[red, green, blue]) in target.iter_mut().zip(source) {
                *target = [red, green, blue, 255];
            }
        }
    }
    sheet
}

/// Returns the number of pixels that the rounding of this radius cuts from either end of a row at this distance
/// from the edge.
fn cut_corner(from_edge: usize, radius: f32) -> usize {
    let rise = radius - (from_edge as f32 + 0.5).min(radius);
    (radius - (radius * radius - rise * rise).sqrt()).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_lie_in_their_places_amid_gaps() {
        let side = 24;
        let (red, blue) = ([255, 0, 0].repeat(side * side), [0, 0, 255].repeat(side * side));
        let sheet = contact_sheet(&[&red, &red, &blue], side, 2, GAP);
        assert_eq!((sheet.width, sheet.height), (2 * (side + GAP), 2 * (side + GAP)));
        let at = |x: usize, y: usize| &sheet.rgba[(y * sheet.width + x) * 4..][..4];
        let (first, second) = (GAP / 2 + side / 2, GAP / 2 + side / 2 + side + GAP);
        assert_eq!(at(first, first), [255, 0, 0, 255]);
        assert_eq!(at(first, second), [0, 0, 255, 255]);
        assert_eq!(at(second, second), [0; 4]);
        assert_eq!(at(side + GAP, first), [0; 4]);
        // The corner is round, the middle of the edge is not cut.
        assert_eq!(at(GAP / 2, GAP / 2), [0; 4]);
        assert_eq!(at(first, GAP / 2), [255, 0, 0, 255]);
    }

    #[test]
    fn an_empty_sheet_has_no_pixels() {
        assert_eq!(contact_sheet(&[], 24, 3, GAP).rgba, Vec::<u8>::new());
    }
}
