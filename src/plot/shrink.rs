//! Reduction of pictures for small display sizes.

/// Shrinks a square of RGB bytes: each pixel becomes the mean of a block of `factor` × `factor`.
///
/// # Panics
/// If `factor` does not divide `side`.
pub fn shrink(rgb: &[u8], side: usize, factor: usize) -> Vec<u8> {
    assert!(side.is_multiple_of(factor), "whole blocks");
    let small = side / factor;
    let mut sums = vec![0_u32; small * small * 3];
    for (y, row) in rgb.chunks_exact(side * 3).enumerate() {
        let sums = &mut sums[y / factor * small * 3..][..small * 3];
        for (sum, block) in sums.chunks_exact_mut(3).zip(row.chunks_exact(factor * 3)) {
            for pixel in block.chunks_exact(3) {
                (0..3).for_each(|channel| sum[channel] += u32::from(pixel[channel]));
            }
        }
    }
    let area = (factor * factor) as u32;
    sums.into_iter().map(|sum| ((sum + area / 2) / area) as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_become_means_of_their_blocks() {
        let side = 4;
        let rgb: Vec<u8> = (0..side * side * 3).map(|byte| (byte * 5) as u8).collect();
        let small = shrink(&rgb, side, 2);
        for (place, value) in small.iter().enumerate() {
            let (channel, x, y) = (place % 3, place / 3 % 2, place / 6);
            let at = |dx: usize, dy: usize| f32::from(rgb[((2 * y + dy) * side + 2 * x + dx) * 3 + channel]);
            let mean = (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4.0;
            assert!((f32::from(*value) - mean).abs() <= 0.5);
        }
        assert_eq!(shrink(&rgb, side, 1), rgb);
    }
}
