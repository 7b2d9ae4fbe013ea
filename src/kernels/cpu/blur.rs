//! Separable blur along both axes, whole rows at a time.

use crate::kernels::views::mirrored;

/// Blurs a picture, `[side, side, 3]`, with weights from [`crate::augment::Blur::weights`].
pub fn blur(pixels: &mut [f32], side: usize, weights: &[f32]) {
    let (row, reach) = (3 * side, weights.len() / 2);
    let mut down = vec![0.0; pixels.len()];
    for (y, into) in down.chunks_exact_mut(row).enumerate() {
        for (place, weight) in weights.iter().enumerate() {
            add(into, &pixels[mirrored(y + place, reach, side) * row..][..row], *weight);
        }
    }
    let mut line = Vec::with_capacity(row + 6 * reach);
    for (from, into) in down.chunks_exact(row).zip(pixels.chunks_exact_mut(row)) {
        line.clear();
        (0..side + 2 * reach).for_each(|x| line.extend(&from[3 * mirrored(x, reach, side)..][..3]));
        into.fill(0.0);
        for (place, weight) in weights.iter().enumerate() {
            add(into, &line[3 * place..][..row], *weight);
        }
    }
}

fn add(into: &mut [f32], from: &[f32], weight: f32) {
    into.iter_mut().zip(from).for_each(|(into, from)| *into += weight * from);
}
