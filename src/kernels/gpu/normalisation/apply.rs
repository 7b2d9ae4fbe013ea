//! Normalisation and ReLU by statistics that are known.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::{Normaliser, groups, pixels, pixels_and_channels};
use crate::kernels::gpu::launch::{argument, dims, empty, launch, vector_size};

/// Normalises, then sets what is negative to 0.
///
/// # Shapes
/// - `x`, result: `[batch, height, width, channels]`
/// - `statistics`: `[4, channels]`, from [`super::BatchNorm::statistics`] or [`super::measure`]
pub fn apply(x: &CubeTensor, statistics: &CubeTensor) -> CubeTensor {
    let (pixels, channels) = pixels_and_channels(x);
    let result = empty(x, dims::<4>(x));
    let (groups, size) = (groups(pixels), vector_size(channels));
    launch!(
        apply_kernel,
        x,
        groups * channels / size,
        size,
        argument(x),
        argument(statistics),
        argument(&result),
        groups,
        channels,
    );
    result
}

/// One unit for each vector of each group; the rest leave, and none goes past the last pixel.
#[cube(launch_unchecked)]
fn apply_kernel<N: Size>(
    x: &Tensor<Vector<f32, N>>,
    statistics: &Tensor<Vector<f32, N>>,
    result: &mut Tensor<Vector<f32, N>>,
    groups: usize,
    channels: usize,
) {
    let vectors = channels / x.vector_size();
    let (vector, group) = (ABSOLUTE_POS % vectors, ABSOLUTE_POS / vectors);
    if group >= groups {
        terminate!();
    }
    let normaliser = Normaliser::<N>::read(statistics, vector, vectors);
    let zero = Vector::<f32, N>::new(0.0);
    let end = pixels::<N>(x);
    let mut pixel = group;
    while pixel < end {
        let at = pixel * vectors + vector;
        let value = normaliser.normalised(x[at]);
        // A maximum with 0 could hide what is not a number.
        result[at] = select_many(value.less_than(&zero), zero, value);
        pixel += groups;
    }
}
