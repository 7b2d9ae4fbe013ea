//! Bilinear resampling and colour change of a view in one pass.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::launch::{argument, dims, empty, launch};
use crate::kernels::views::NUMBERS;

/// Renders views of pictures as described by a row of numbers from offset `at` on, [`NUMBERS`] each.
///
/// # Shapes
/// - `pictures`: `[pictures, 3, side, side]`, values in 0 … 1
/// - `numbers`: of any shape
/// - result: `[views, side, side, 3]`
pub fn resample(pictures: &CubeTensor, numbers: &CubeTensor, at: usize, views: usize) -> CubeTensor {
    let [_, _, side, _] = dims(pictures);
    let result = empty(pictures, [views, side, side, 3]);
    launch!(
        resample_kernel,
        pictures,
        views * side * side,
        argument(pictures),
        argument(numbers),
        argument(&result),
        at,
        side,
    );
    result
}

/// One unit per pixel; the rest exit, rows are those of the set, and places are folded into the picture.
#[cube(launch_unchecked)]
fn resample_kernel(
    pictures: &Tensor<f32>,
    numbers: &Tensor<f32>,
    result: &mut Tensor<f32>,
    at: usize,
    side: usize,
) {
    let view = ABSOLUTE_POS / (side * side);
    if view >= result.shape(0) {
        terminate!();
    }
    let length = f32::cast_from(side);
    let x = f32::cast_from(2 * (ABSOLUTE_POS % side) + 1) / length - 1.0;
    let y = f32::cast_from(2 * (ABSOLUTE_POS / side % side) + 1) / length - 1.0;
    let row = at + view * NUMBERS;
    let (picture, first) = (usize::cast_from(numbers[row]), row + 1);
    let (left, across) = source(numbers[first] * x + numbers[first + 1] * y + numbers[first + 2], side);
    let (top, down) = source(numbers[first + 3] * x + numbers[first + 4] * y + numbers[first + 5], side);
    let (right, bottom) = (min(left + 1, side - 1), min(top + 1, side - 1));
    let mut colours = Array::<f32>::new(3usize);
    #[unroll]
    for channel in 0..3usize {
        let plane = (picture * 3 + channel) * (side * side);
        let (above, below) = (plane + top * side, plane + bottom * side);
        let upper = pictures[above + left] + (pictures[above + right] - pictures[above + left]) * across;
        let lower = pictures[below + left] + (pictures[below + right] - pictures[below + left]) * across;
        colours[channel] = upper + (lower - upper) * down;
    }
    #[unroll]
    for channel in 0..3usize {
        let row = first + 6 + 3 * channel;
        let mixed = numbers[row] * colours[0] + numbers[row + 1] * colours[1] + numbers[row + 2] * colours[2];
        result[ABSOLUTE_POS * 3 + channel] = clamp(mixed + numbers[first + 15 + channel], 0.0, 1.0);
    }
}

/// Returns the pixel at or before a place in −1 … 1, reflected into the picture, and the distance of the
/// place from that pixel's centre, in pixels.
#[cube]
fn source(place: f32, side: usize) -> (usize, f32) {
    let length = f32::cast_from(side);
    let at = ((place + 1.0) * length / 2.0).abs();
    let folded = at - (at / (2.0 * length)).floor() * (2.0 * length);
    let at = clamp(min(folded, 2.0 * length - folded) - 0.5, 0.0, length - 1.0);
    let pixel = usize::cast_from(at);
    (pixel, at - f32::cast_from(pixel))
}
