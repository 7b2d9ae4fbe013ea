//! Normalisation by known statistics, and ReLU.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::{Normaliser, Shares, share};
use crate::kernels::gpu::launch::{argument, dims, empty, launch};

/// Normalises each ghost batch, then applies ReLU.
///
/// # Shapes
/// - `x`, result: `[batch, height, width, channels]`
/// - `statistics`: `[ghosts, 4, channels]`, from [`super::BatchNorm::statistics`] or [`super::measure`]
pub fn apply(x: &CubeTensor, statistics: &CubeTensor) -> CubeTensor {
    let [ghosts, _, _] = dims(statistics);
    let shares = Shares::new(x, ghosts);
    let result = empty(x, dims::<4>(x));
    launch!(
        apply_kernel,
        x,
        shares.units(),
        shares.size,
        argument(x),
        argument(statistics),
        argument(&result),
        shares.groups,
    );
    result
}

/// One unit per vector of each group; the rest exit, and none goes past the last pixel.
#[cube(launch_unchecked)]
fn apply_kernel<N: Size>(
    x: &Tensor<Vector<f32, N>>,
    statistics: &Tensor<Vector<f32, N>>,
    result: &mut Tensor<Vector<f32, N>>,
    groups: usize,
) {
    let ghosts = statistics.shape(0);
    let vectors = x.shape(3) / x.vector_size();
    let share = share::<N>(x, ghosts, groups);
    if share.ghost >= ghosts {
        terminate!();
    }
    let normaliser = Normaliser::<N>::read(statistics, share.ghost, share.vector, vectors);
    let zero = Vector::<f32, N>::new(0.0);
    let mut pixel = share.first;
    while pixel < share.end {
        let at = pixel * vectors + share.vector;
        let value = normaliser.normalised(x[at]);
        // A maximum with 0 could hide a NaN.
        result[at] = select_many(value.less_than(&zero), zero, value);
        pixel += groups;
    }
}
