//! Bilinear resampling and colour change of a view in one pass.

use crate::augment::View;

/// Resamples and recolours one picture.
///
/// # Shapes
/// - `planes`: `[3, side, side]`, values in 0 … 1
/// - appended to `result`: `[side, side, 3]`
pub fn resample(planes: &[f32], side: usize, view: &View, result: &mut Vec<f32>) {
    for y in 0..side {
        for x in 0..side {
            let [u, v] = source(&view.affine, [x, y], side);
            result.extend(recoloured(view, bilinear(planes, side, u, v)));
        }
    }
}

/// Returns the place shown by a view's pixel, in pixels of the picture, reflected into it.
fn source(place: &[[f32; 3]; 2], pixel: [usize; 2], side: usize) -> [f32; 2] {
    let length = side as f32;
    let [x, y] = pixel.map(|at| (2 * at + 1) as f32 / length - 1.0);
    place.map(|[along_x, along_y, offset]| {
        let at = along_x * x + along_y * y + offset;
        reflected((at + 1.0) * length / 2.0, length) - 0.5
    })
}

/// Folds a coordinate into 0 … length by reflection at both ends.
fn reflected(at: f32, length: f32) -> f32 {
    let at = at.abs() % (2.0 * length);
    at.min(2.0 * length - at)
}

/// Interpolates red, green and blue between four pixels.
fn bilinear(planes: &[f32], side: usize, u: f32, v: f32) -> [f32; 3] {
    let last = (side - 1) as f32;
    let (u, v) = (u.clamp(0.0, last), v.clamp(0.0, last));
    let (left, top) = (u as usize, v as usize);
    let (right, bottom) = ((left + 1).min(side - 1), (top + 1).min(side - 1));
    let (across, down) = (u - left as f32, v - top as f32);
    std::array::from_fn(|channel| {
        let plane = &planes[channel * side * side..][..side * side];
        let row = |y: usize| {
            let (a, b) = (plane[y * side + left], plane[y * side + right]);
            a + (b - a) * across
        };
        let above = row(top);
        above + (row(bottom) - above) * down
    })
}

fn recoloured(view: &View, rgb: [f32; 3]) -> [f32; 3] {
    let colour = &view.colour;
    std::array::from_fn(|channel| {
        let weights = &colour.matrix[channel];
        let value = weights[0] * rgb[0] + weights[1] * rgb[1] + weights[2] * rgb[2] + colour.offset[channel];
        value.clamp(0.0, 1.0)
    })
}
