//! Rendering of views one after the other, each while it is in the cache.

use super::{blur::blur, resampling::resample};
use crate::augment::{Blur, Cutout, View};

/// Renders one view of every picture.
///
/// # Shapes
/// - `pictures`: `[views.len(), 3, side, side]`, values in 0 … 1
/// - result: `[views.len(), side, side, 3]`
pub fn render(pictures: &[f32], side: usize, views: &[View]) -> Vec<f32> {
    let each = 3 * side * side;
    let mut result = Vec::with_capacity(pictures.len());
    for (planes, view) in pictures.chunks_exact(each).zip(views) {
        let start = result.len();
        resample(planes, side, view, &mut result);
        let pixels = &mut result[start..];
        if view.blur != Blur::NONE {
            blur(pixels, side, &view.blur.weights(side));
        }
        if view.noise.deviation > 0.0 {
            pixels
                .iter_mut()
                .zip(view.noise.values())
                .for_each(|(value, noise)| *value = (*value + noise).clamp(0.0, 1.0));
        }
        if view.cutout.half > 0.0 {
            cover(pixels, side, &view.cutout);
        }
    }
    result
}

fn cover(pixels: &mut [f32], side: usize, cutout: &Cutout) {
    for (at, pixel) in pixels.chunks_exact_mut(3).enumerate() {
        if cutout.covers([at % side, at / side], side) {
            pixel.fill(Cutout::GREY);
        }
    }
}
