//! Pixels of a similarity matrix, one per cell or block of cells.

use std::ops::Range;

use super::colour::viridis;
use crate::small_sort::sorted;

/// Values at the ends of the colour map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Value drawn darkest, like all below it.
    pub min: f32,
    /// Value drawn brightest, like all above it.
    pub max: f32,
}

impl Scale {
    /// Range of all possible cosine similarities.
    pub const COSINE: Self = Self { min: -1.0, max: 1.0 };

    /// Returns the smallest scale with round ends that holds at least 98 % of the cells, of which the diagonal
    /// may be hidden.
    pub fn fitted(cells: &[f32], side: usize, diagonal: Diagonal) -> Self {
        /// Number of cells beyond which a percentile no longer changes visibly.
        const SAMPLES: usize = 20_000;
        let stride = (cells.len() / SAMPLES).max(1);
        let values: Vec<f32> = (cells.iter().enumerate())
            .filter(|(i, _)| diagonal == Diagonal::Shown || i / side != i % side)
            .filter(|(_, value)| value.is_finite())
            .map(|(_, value)| *value)
            .step_by(stride)
            .collect();
        if values.is_empty() {
            return Self::COSINE;
        }
        let values = sorted(&values, f32::total_cmp);
        let place = |share: f32| (values.len() - 1) as f32 * share;
        Self::rounded(values[place(0.01).floor() as usize], values[place(0.99).ceil() as usize])
    }

    /// Rounds the ends outwards to tenths, or to hundredths if they are close together; at least a tenth
    /// apart, and not above 1.
    fn rounded(min: f32, max: f32) -> Self {
        const LEAST: f32 = 0.1;
        let unit = if max - min > 0.2 { 10.0 } else { 100.0 };
        let (low, high) = ((min * unit + 1e-3).floor() / unit, (max * unit - 1e-3).ceil() / unit);
        let max = high.max(low + LEAST).min(1.0);
        Self { min: low.min(max - LEAST), max }
    }

    /// Returns the relative position of a value between the ends: 0 to 1, outside that range beyond them.
    pub fn share(&self, value: f32) -> f32 {
        (value - self.min) / (self.max - self.min)
    }
}

/// Drawing of each row's similarity with itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Diagonal {
    /// Drawn like any other cell.
    Shown,
    /// Transparent, since it carries no information.
    Hidden,
}

/// Returns RGBA bytes of a square matrix: one pixel per cell, or `most` to a side if there are more cells.
/// Such pixels are means over the cells that they cover, weighted by area, and as opaque as the share of
/// cells that are shown.
pub fn pixels(cells: &[f32], side: usize, most: usize, scale: Scale, diagonal: Diagonal) -> Vec<u8> {
    let pixels = side.min(most);
    let ratio = side as f32 / pixels as f32;
    // Returns the rows or columns below a pixel, and how much of each.
    let covered = |pixel: usize| {
        let (start, end) = (pixel as f32 * ratio, (pixel + 1) as f32 * ratio);
        let below = start as usize..(end.ceil() as usize).min(side);
        below.map(move |i| (i, end.min((i + 1) as f32) - start.max(i as f32)))
    };
    let pixel = |row: usize, column: usize| {
        let (mut sum, mut area) = (0.0, 0.0);
        for (i, height) in covered(row) {
            for (j, width) in covered(column).filter(|(j, _)| diagonal == Diagonal::Shown || i != *j) {
                sum += height * width * cells[i * side + j];
                area += height * width;
            }
        }
        let [r, g, b] = viridis(scale.share(sum / area));
        if area > 0.0 { [r, g, b, (255.0 * area / (ratio * ratio)).round() as u8] } else { [0; 4] }
    };
    (0..pixels).flat_map(|row| (0..pixels).flat_map(move |column| pixel(row, column))).collect()
}

/// Returns the row and column of the cell under a point, given as shares (0 to 1) of the matrix's width and
/// height.
pub fn cell_at(across: f32, down: f32, side: usize) -> Option<(usize, usize)> {
    let index =
        |share: f32| ((0.0..1.0).contains(&share)).then_some(((share * side as f32) as usize).min(side - 1));
    (side > 0).then(|| Some((index(down)?, index(across)?))).flatten()
}

/// Returns the rows, out of `rows`, averaged in block `block` of a matrix of `side` blocks.
pub fn block_rows(block: usize, side: usize, rows: usize) -> Range<usize> {
    if side == 0 {
        return 0..0;
    }
    let start = |block: usize| (block * rows / side).min(rows);
    start(block)..start(block + 1).max(start(block) + 1).min(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fitted_scale_leaves_the_diagonal_out() {
        let side = 40;
        let cell = |i: usize| {
            if i / side == i % side { 1.0 } else { 0.13 + 0.3 * (i % 7) as f32 / 7.0 }
        };
        let cells: Vec<f32> = (0..side * side).map(cell).collect();
        let scale = Scale::fitted(&cells, side, Diagonal::Hidden);
        assert!((scale.min - 0.1).abs() < 1e-6 && (scale.max - 0.4).abs() < 1e-6, "{scale:?}");
        assert_eq!(Scale::fitted(&cells, side, Diagonal::Shown).max, 1.0);
    }

    #[test]
    fn a_matrix_of_one_value_still_has_a_scale() {
        let scale = Scale::fitted(&[1.0; 16], 4, Diagonal::Hidden);
        assert_eq!((scale.min, scale.max), (0.9, 1.0));
        let scale = Scale::fitted(&[0.3; 16], 4, Diagonal::Hidden);
        assert!((scale.min - 0.3).abs() < 1e-6 && (scale.max - 0.4).abs() < 1e-6, "{scale:?}");
        assert_eq!(Scale::fitted(&[], 0, Diagonal::Hidden), Scale::COSINE);
    }

    #[test]
    fn pixels_follow_the_scale() {
        let rgba = pixels(&[1.0, -1.0, 0.0, 1.0], 2, 9, Scale::COSINE, Diagonal::Hidden);
        assert_eq!(rgba[..4], [0; 4]);
        let [r, g, b] = viridis(0.0);
        assert_eq!(rgba[4..8], [r, g, b, 255]);
        assert_eq!(rgba.len(), 16);
    }

    #[test]
    fn pixels_of_a_shrunk_matrix_are_means_by_area() {
        let (side, most) = (6, 4);
        let cells: Vec<f32> = (0..side * side).map(|i| ((i * 29) % 13) as f32 / 6.5 - 1.0).collect();
        for diagonal in [Diagonal::Shown, Diagonal::Hidden] {
            let rgba = pixels(&cells, side, most, Scale::COSINE, diagonal);
            assert_eq!(rgba.len(), 4 * most * most);
            for (place, pixel) in rgba.chunks_exact(4).enumerate() {
                // Every cell as 2 × 2 points, of which 3 × 3 lie below a pixel.
                let (mut sum, mut count) = (0.0, 0.0);
                for y in 3 * (place / most)..3 * (place / most) + 3 {
                    for x in 3 * (place % most)..3 * (place % most) + 3 {
                        if diagonal == Diagonal::Shown || y / 2 != x / 2 {
                            sum += cells[y / 2 * side + x / 2];
                            count += 1.0;
                        }
                    }
                }
                let colour = viridis(Scale::COSINE.share(sum / count));
                let near = |a: u8, b: u8| a.abs_diff(b) <= 1;
                assert!((0..3).all(|channel| near(pixel[channel], colour[channel])), "{pixel:?}, {colour:?}");
                assert!(near(pixel[3], (255.0 * count / 9.0_f32).round() as u8), "{pixel:?}");
            }
        }
    }

    #[test]
    fn points_find_their_cell() {
        assert_eq!(cell_at(0.0, 0.99, 4), Some((3, 0)));
        assert_eq!(cell_at(1.0, 0.5, 4), None);
        assert_eq!(cell_at(-0.1, 0.5, 4), None);
        assert_eq!(cell_at(0.5, 0.5, 0), None);
    }

    #[test]
    fn blocks_cover_all_rows() {
        let blocks: Vec<_> = (0..4).map(|block| block_rows(block, 4, 10)).collect();
        assert_eq!(blocks, [0..2, 2..5, 5..7, 7..10]);
        assert_eq!(block_rows(3, 5, 5), 3..4);
    }
}
