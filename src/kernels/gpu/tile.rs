//! A tile of sums: some pixels by some channels, added to for as long as it stays in registers.

use cubecl::prelude::*;

/// `sums[row][column] += Σ_channel source[row][channel] · weights[channel][column]`
///
/// - `sums`: `rows · columns` vectors
/// - `starts`: where each row begins in `source`, in vectors
/// - `masks`: 1, or 0 for a row that lies outside of the picture
/// - `weights_start`: where the first channel's weights for the first column begin
/// - `weights_step`: vectors from there to the next channel's
/// - `depth`: vectors in a row of `source`
#[cube]
#[allow(clippy::too_many_arguments)]
pub fn add_products<NI: Size, NO: Size>(
    sums: &mut Array<Vector<f32, NO>>,
    source: &Tensor<Vector<f32, NI>>,
    starts: &Array<usize>,
    masks: &Array<f32>,
    weights: &Tensor<Vector<f32, NO>>,
    weights_start: usize,
    weights_step: usize,
    depth: usize,
    #[comptime] rows: usize,
    #[comptime] columns: usize,
) {
    for at in 0..depth {
        let mut values = Array::<Vector<f32, NI>>::new(rows);
        #[unroll]
        for row in 0..rows {
            values[row] = source[starts[row] + at] * Vector::new(masks[row]);
        }
        #[unroll]
        for part in 0..source.vector_size() {
            let from = weights_start + (at * source.vector_size() + part) * weights_step;
            #[unroll]
            for column in 0..columns {
                let weight = weights[from + column];
                #[unroll]
                for row in 0..rows {
                    sums[row * columns + column] += weight * Vector::new(values[row].extract(part));
                }
            }
        }
    }
}

/// A tile without anything in it.
#[cube]
pub fn empty_tile<N: Size>(#[comptime] count: usize) -> Array<Vector<f32, N>> {
    let mut sums = Array::<Vector<f32, N>>::new(count);
    #[unroll]
    for at in 0..count {
        sums[at] = Vector::new(0.0);
    }
    sums
}
