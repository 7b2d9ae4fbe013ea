//! Registration of one picture to another: an affine map and a change of brightness that minimise the
//! difference, robustly, by Gauss–Newton (Lucas & Kanade 1981; Baker & Matthews 2004).

use nalgebra::{SMatrix, SVector};

use crate::affine_colour::LUMA;

/// Difference at which a pixel's weight has halved (Cauchy): what covers a part of a picture should not
/// move the rest.
const DOUBT: f32 = 0.06;

/// Least share of the pixels that both pictures cover.
const OVERLAP: f32 = 0.5;

/// Change of the map below which the search ends.
const CONVERGED: f32 = 1e-3;

/// Number of unknowns: six of the affine map, factor and offset of the brightness.
const UNKNOWNS: usize = 8;

/// A picture of one channel, square, with values in 0 … 1.
pub struct Grey {
    side: usize,
    values: Vec<f32>,
}

impl Grey {
    /// Returns the brightness of a square of RGB bytes, shrunk to a side that divides its own and smoothed.
    pub fn luma(rgb: &[u8], side: usize, mirrored: bool) -> Self {
        Self::shrunk(rgb, LUMA, side, mirrored)
    }

    /// Returns one channel of such a picture.
    pub fn channel(rgb: &[u8], channel: usize, side: usize, mirrored: bool) -> Self {
        let mut weights = [0.0; 3];
        weights[channel] = 1.0;
        Self::shrunk(rgb, weights, side, mirrored)
    }

    fn shrunk(rgb: &[u8], weights: [f32; 3], side: usize, mirrored: bool) -> Self {
        let (pixels, _) = rgb.as_chunks::<3>();
        let own = pixels.len().isqrt();
        let block = own / side;
        let mut values = vec![0.0; side * side];
        for (y, row) in pixels.chunks_exact(own).enumerate() {
            for (x, pixel) in row.iter().enumerate() {
                let x = if mirrored { own - 1 - x } else { x };
                let value: f32 =
                    pixel.iter().zip(weights).map(|(byte, weight)| f32::from(*byte) * weight).sum();
                values[y / block * side + x / block] += value;
            }
        }
        let scale = 1.0 / (255.0 * (block * block) as f32);
        values.iter_mut().for_each(|value| *value *= scale);
        Self { side, values }.smoothed()
    }

    /// Smooths by the kernel (1, 2, 1)/4 in both directions; edges are repeated.
    fn smoothed(self) -> Self {
        let side = self.side;
        let smooth = |values: &[f32], stride: usize, across: usize| {
            let at = |place: usize| {
                let position = place / stride % side;
                let before = if position > 0 { place - stride } else { place };
                let after = if position + 1 < side { place + stride } else { place };
                0.25 * values[before] + 0.5 * values[place] + 0.25 * values[after]
            };
            (0..side * across).map(at).collect::<Vec<f32>>()
        };
        let values = smooth(&smooth(&self.values, 1, side), side, side);
        Self { side, values }
    }

    /// Returns the values, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Returns the value at a place in pixels, with its derivatives to the right and downwards, by bilinear
    /// interpolation; `None` outside.
    fn at(&self, x: f32, y: f32) -> Option<(f32, f32, f32)> {
        let last = (self.side - 1) as f32;
        if !(x >= 0.0 && y >= 0.0 && x < last && y < last) {
            return None;
        }
        let (column, row) = (x as usize, y as usize);
        let (s, t) = (x - column as f32, y - row as f32);
        let corner = &self.values[row * self.side + column..];
        let (a, b, c, d) = (corner[0], corner[1], corner[self.side], corner[self.side + 1]);
        let (top, bottom) = (a + s * (b - a), c + s * (d - c));
        Some((top + t * (bottom - top), (1.0 - t) * (b - a) + t * (d - c), bottom - top))
    }

    fn mean_and_deviation(&self) -> (f32, f32) {
        let count = self.values.len() as f32;
        let mean = self.values.iter().sum::<f32>() / count;
        let variance = self.values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / count;
        (mean, variance.sqrt())
    }
}

/// How a picture `b` has to be moved and brightened to look like a picture `a`: `a(x) = gain · b(Ax) + bias`
/// for places in −1 … 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Registration {
    /// `(a₀x + a₁y + a₂, a₃x + a₄y + a₅)`.
    pub affine: [f32; 6],
    /// Factor of the brightness.
    pub gain: f32,
    /// Offset of the brightness.
    pub bias: f32,
}

impl Registration {
    /// Returns the map that moves nothing and gives `b` the mean and the contrast of `a`.
    pub fn between_means(a: &Grey, b: &Grey) -> Self {
        let ((mean, deviation), (other_mean, other_deviation)) =
            (a.mean_and_deviation(), b.mean_and_deviation());
        let gain = (deviation / other_deviation.max(0.01)).clamp(0.6, 1.7);
        Self { affine: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0], gain, bias: mean - gain * other_mean }
    }

    /// Returns what a pixel of `a` should be by the moved and brightened `b`, then its derivatives by the
    /// unknowns, and the value in `b`; `None` if `b` does not cover it.
    pub fn seen(&self, b: &Grey, place: usize) -> Option<(f32, SVector<f32, UNKNOWNS>, f32)> {
        let side = b.side as f32;
        let unit = |pixel: usize| (2.0 * pixel as f32 + 1.0) / side - 1.0;
        let (x, y) = (unit(place % b.side), unit(place / b.side));
        let [a0, a1, a2, a3, a4, a5] = self.affine;
        let pixel = |unit: f32| (unit + 1.0) * side / 2.0 - 0.5;
        let (value, across, down) = b.at(pixel(a0 * x + a1 * y + a2), pixel(a3 * x + a4 * y + a5))?;
        let (across, down) = (self.gain * across * side / 2.0, self.gain * down * side / 2.0);
        let slope = [across * x, across * y, across, down * x, down * y, down, value, 1.0];
        Some((self.gain * value + self.bias, slope.into(), value))
    }

    /// Returns whether the map leaves most of a picture, and nearly keeps its proportions.
    fn is_plausible(&self) -> bool {
        let [a, b, c, d, e, f] = self.affine;
        let scale = (a * e - b * d).abs().sqrt();
        let distortion = ((a - e).abs() + (b + d).abs()) / scale;
        let turn = (d - b).abs() / 2.0 / scale;
        (0.75..1.33).contains(&scale)
            && distortion < 0.12
            && turn < 0.25
            && c.abs().max(f.abs()) < 0.2
            && (0.6..1.7).contains(&self.gain)
            && self.bias.abs() < 0.2
    }
}

/// Registers `b` to `a`, pictures of the same side, from a start; `None` if that leads to no plausible map.
pub fn register(a: &Grey, b: &Grey, start: Registration, steps: usize) -> Option<Registration> {
    let mut found = start;
    for _ in 0..steps {
        let mut normal = SMatrix::<f32, UNKNOWNS, UNKNOWNS>::zeros();
        let mut right = SVector::<f32, UNKNOWNS>::zeros();
        let mut covered = 0;
        for (place, value) in a.values.iter().enumerate() {
            let Some((expected, slope, _)) = found.seen(b, place) else { continue };
            covered += 1;
            let residual = value - expected;
            let weight = 1.0 / (1.0 + (residual / DOUBT).powi(2));
            // The lower triangle is enough for Cholesky's decomposition.
            for column in 0..UNKNOWNS {
                let factor = weight * slope[column];
                for row in column..UNKNOWNS {
                    normal[(row, column)] += factor * slope[row];
                }
                right[column] += factor * residual;
            }
        }
        if (covered as f32) < OVERLAP * a.values.len() as f32 {
            return None;
        }
        // Directions in which nothing changes are not followed.
        for i in 0..UNKNOWNS {
            normal[(i, i)] += 1e-4 * normal[(i, i)] + 1e-6;
        }
        let step = normal.cholesky()?.solve(&right);
        found.affine.iter_mut().zip(step.iter()).for_each(|(value, change)| *value += change);
        found.gain += step[6];
        found.bias += step[7];
        if !found.is_plausible() {
            return None;
        }
        if step.iter().take(6).all(|change| change.abs() < CONVERGED) {
            break;
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A smooth picture at places in −1 … 1.
    fn scene(x: f32, y: f32) -> f32 {
        0.5 + 0.2 * (4.0 * x + 1.0).sin() * (3.0 * y).cos() + 0.15 * (5.0 * y - 2.0 * x).sin()
    }

    fn drawn(value: impl Fn(f32, f32) -> f32) -> Grey {
        let side = 48;
        let unit = |pixel: usize| (2.0 * pixel as f32 + 1.0) / side as f32 - 1.0;
        let values = (0..side * side).map(|place| value(unit(place % side), unit(place / side))).collect();
        Grey { side, values }
    }

    #[test]
    fn known_map_and_brightness_are_found() {
        let affine = [1.02, 0.05, 0.06, -0.05, 1.03, -0.04];
        let [a0, a1, a2, a3, a4, a5] = affine;
        let a = drawn(|x, y| 0.8 * scene(a0 * x + a1 * y + a2, a3 * x + a4 * y + a5) + 0.1);
        let b = drawn(scene);
        let found = register(&a, &b, Registration::between_means(&a, &b), 30).expect("they are alike");
        for (value, expected) in found.affine.iter().zip(affine) {
            assert!((value - expected).abs() < 0.01, "{found:?}");
        }
        assert!((found.gain - 0.8).abs() < 0.02 && (found.bias - 0.1).abs() < 0.02, "{found:?}");
    }

    #[test]
    fn derivatives_agree_with_finite_differences() {
        let (b, start) = (
            drawn(scene),
            Registration { affine: [1.01, 0.02, 0.013, -0.03, 0.98, 0.017], gain: 0.9, bias: 0.1 },
        );
        let change = |unknown: usize, by: f32| {
            let mut changed = start;
            match unknown {
                6 => changed.gain += by,
                7 => changed.bias += by,
                _ => changed.affine[unknown] += by,
            }
            changed
        };
        // Within one square of pixels, the interpolation is smooth.
        let (place, by) = (20 * 48 + 31, 1e-3);
        let slope = start.seen(&b, place).expect("it is inside").1;
        for unknown in 0..UNKNOWNS {
            let at = |by| change(unknown, by).seen(&b, place).expect("it is inside").0;
            let expected = (at(by) - at(-by)) / (2.0 * by);
            assert!((slope[unknown] - expected).abs() < 2e-3, "{unknown}: {} and {expected}", slope[unknown]);
        }
    }

    #[test]
    fn implausible_maps_are_refused() {
        let (a, b) = (drawn(|x, y| scene(y, -x)), drawn(scene));
        assert_eq!(register(&a, &b, Registration::between_means(&a, &b), 30), None);
    }
}
