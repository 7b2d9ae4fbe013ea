//! Features used before neural networks: histograms of oriented gradients and of colours.
//!
//! A baseline that describes shapes and colours without learning. Sources: Dalal & Triggs 2005 (HOG: 9
//! unsigned orientations, blocks of 2 × 2 cells, clipped at 0.2); Swain & Ballard 1991 (colour histograms).

use crate::evaluate::dot;

/// Number of cells per side.
const CELLS: usize = 8;

/// Number of orientations over half a turn: opposite gradients count as one.
const ORIENTATIONS: usize = 9;

/// Number of cells per side of a block.
const BLOCK: usize = 2;

/// Largest value of one orientation in a block of length 1.
const CLIP: f32 = 0.2;

/// Number of levels per colour channel.
const LEVELS: usize = 4;

/// Weight of colours relative to gradients.
const COLOUR_WEIGHT: f32 = 0.25;

/// Lower bound of lengths, for blocks without gradients.
const LEAST: f32 = 1e-3;

type Histogram = [f32; ORIENTATIONS];

/// Returns the features of a picture, `3 × side²` values in 0 … 1: gradients block by block, of total length
/// 1 unless the picture is flat, then colours of length [`COLOUR_WEIGHT`].
pub fn classic_features(planes: &[f32], side: usize) -> Vec<f32> {
    let mut gradients = blocks(&cells(planes, side));
    let length = dot(&gradients, &gradients).sqrt().max(LEAST);
    gradients.iter_mut().for_each(|value| *value /= length);
    gradients.extend(colours(planes));
    gradients
}

/// Returns the gradient histogram of every cell, row by row. Each gradient is distributed over the nearest
/// cells and orientations.
fn cells(planes: &[f32], side: usize) -> Vec<Histogram> {
    let mut cells = vec![[0.0; ORIENTATIONS]; CELLS * CELLS];
    let cell = side as f32 / CELLS as f32;
    for y in 0..side {
        for x in 0..side {
            let (strength, angle) = gradient(planes, side, x, y);
            let orientations = shares(angle * ORIENTATIONS as f32 - 0.5);
            let [columns, rows] = [x, y].map(|at| shares((at as f32 + 0.5) / cell - 0.5));
            for (row, down) in rows {
                for (column, across) in columns {
                    let inside = |at: i32| usize::try_from(at).ok().filter(|at| *at < CELLS);
                    let Some((row, column)) = inside(row).zip(inside(column)) else { continue };
                    for (orientation, share) in orientations {
                        let orientation = orientation.rem_euclid(ORIENTATIONS as i32) as usize;
                        cells[row * CELLS + column][orientation] += strength * down * across * share;
                    }
                }
            }
        }
    }
    cells
}

/// Returns the strongest channel's gradient at a pixel: its length, and its direction as a share of half a
/// turn.
fn gradient(planes: &[f32], side: usize, x: usize, y: usize) -> (f32, f32) {
    let channel = |plane: &[f32]| {
        let at = |x: usize, y: usize| plane[y * side + x];
        let across = at((x + 1).min(side - 1), y) - at(x.saturating_sub(1), y);
        let down = at(x, (y + 1).min(side - 1)) - at(x, y.saturating_sub(1));
        (across.hypot(down), (down.atan2(across) / std::f32::consts::PI).rem_euclid(1.0))
    };
    let channels = planes.chunks_exact(side * side).map(channel);
    channels.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or_default()
}

/// Returns the two integers around a coordinate with their linear interpolation weights.
fn shares(place: f32) -> [(i32, f32); 2] {
    let (before, share) = (place.floor() as i32, place - place.floor());
    [(before, 1.0 - share), (before + 1, share)]
}

/// Returns the cells of every block, normalised (L2-Hys).
fn blocks(cells: &[Histogram]) -> Vec<f32> {
    let mut blocks = Vec::new();
    for row in 0..=CELLS - BLOCK {
        for column in 0..=CELLS - BLOCK {
            let cell = |at: usize| cells[(row + at / BLOCK) * CELLS + column + at % BLOCK];
            let mut block: Vec<f32> = (0..BLOCK * BLOCK).flat_map(cell).collect();
            for _ in 0..2 {
                let length = (dot(&block, &block) + LEAST * LEAST).sqrt();
                block.iter_mut().for_each(|value| *value = (*value / length).min(CLIP));
            }
            blocks.extend(block);
        }
    }
    blocks
}

/// Returns the roots of the shares of all colours, scaled to length [`COLOUR_WEIGHT`].
fn colours(planes: &[f32]) -> Vec<f32> {
    let mut counts = vec![0.0_f32; LEVELS.pow(3)];
    let pixels = planes.len() / 3;
    for pixel in 0..pixels {
        let level =
            |channel: usize| ((planes[channel * pixels + pixel] * LEVELS as f32) as usize).min(LEVELS - 1);
        counts[(level(0) * LEVELS + level(1)) * LEVELS + level(2)] += 1.0;
    }
    counts.into_iter().map(|count| COLOUR_WEIGHT * (count / pixels as f32).sqrt()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 32;

    fn picture(value: impl Fn(usize, usize, usize) -> f32) -> Vec<f32> {
        let place = |at: usize| (at / (SIDE * SIDE), at / SIDE % SIDE, at % SIDE);
        (0..3 * SIDE * SIDE).map(place).map(|(channel, y, x)| value(channel, y, x)).collect()
    }

    #[test]
    fn gradients_of_stripes_point_across_them() {
        // All gradients of a wave along x lie along x: half in orientation 0, half in the last.
        let wave = |at: usize| 0.5 + 0.4 * (at as f32 * 0.5).sin();
        for (features, expected) in [
            (classic_features(&picture(|_, _, x| wave(x)), SIDE), [0, ORIENTATIONS - 1]),
            // Along y they lie in the middle, in orientation 4 alone.
            (classic_features(&picture(|_, y, _| wave(y)), SIDE), [4, 4]),
        ] {
            let blocks = (CELLS - 1) * (CELLS - 1) * BLOCK * BLOCK;
            assert_eq!(features.len(), blocks * ORIENTATIONS + LEVELS.pow(3));
            let gradients = &features[..blocks * ORIENTATIONS];
            for (at, value) in gradients.iter().enumerate() {
                assert!(*value < 1e-3 || expected.contains(&(at % ORIENTATIONS)), "at {at}: {value}");
            }
            assert!((dot(gradients, gradients) - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn features_ignore_brightness_but_not_colour() {
        let figure = |light: f32| {
            picture(move |_, y, x| light * (0.2 + 0.3 * ((x * 7 + y * y) as f32 * 0.1).sin().abs()))
        };
        let (bright, dark) = (classic_features(&figure(1.0), SIDE), classic_features(&figure(0.6), SIDE));
        let gradients = bright.len() - LEVELS.pow(3);
        assert!(dot(&bright[..gradients], &dark[..gradients]) > 0.99);
        let flat = |rgb: [f32; 3]| classic_features(&picture(move |channel, _, _| rgb[channel]), SIDE);
        let (red, blue) = (flat([0.9, 0.1, 0.1]), flat([0.1, 0.1, 0.9]));
        assert!(dot(&red, &blue) == 0.0 && (dot(&red, &red) - COLOUR_WEIGHT * COLOUR_WEIGHT).abs() < 1e-6);
    }
}
