//! Mean and variance of a batch.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::{Shares, ghost_pixels, share};
use crate::kernels::gpu::{
    launch::{UNITS, argument, dims, empty, launch},
    workgroup::workgroup_sum,
};

/// Statistics of a batch's channels.
pub struct Measured {
    /// Mean, averaged over the ghost batches, `[channels]`.
    pub mean: CubeTensor,
    /// Variance, averaged over the ghost batches, `[channels]`.
    pub variance: CubeTensor,
    /// Gamma, beta, mean and variance, `[ghosts, 4, channels]`.
    pub statistics: CubeTensor,
}

/// Computes the statistics of each ghost batch.
///
/// # Shapes
/// - `x`: `[batch, height, width, channels]`
/// - `gamma`, `beta`: `[channels]`
pub fn measure(x: &CubeTensor, gamma: &CubeTensor, beta: &CubeTensor, ghosts: usize) -> Measured {
    let shares = Shares::of_sums(x, ghosts);
    let Shares { groups, channels, size, .. } = shares;
    let partial = empty(x, [ghosts, groups, 2, channels]);
    launch!(moments_kernel, x, shares.units(), size, argument(x), argument(&partial));
    let (mean, variance) = (empty(x, [channels]), empty(x, [channels]));
    let statistics = empty(x, [ghosts, 4, channels]);
    let [batch, height, width, _] = dims(x);
    launch!(
        join_moments_kernel,
        x,
        shares.vectors() * UNITS,
        size,
        argument(&partial),
        argument(gamma),
        argument(beta),
        argument(&mean),
        argument(&variance),
        argument(&statistics),
        batch,
        height * width,
        ghosts,
    );
    Measured { mean, variance, statistics }
}

/// Computes the mean of one group's pixels and the sum of their squared distances from it. One unit per
/// vector of each group; the rest exit, and none goes past the last pixel.
#[cube(launch_unchecked)]
fn moments_kernel<N: Size>(x: &Tensor<Vector<f32, N>>, partial: &mut Tensor<Vector<f32, N>>) {
    let vectors = x.shape(3) / x.vector_size();
    let (ghosts, groups) = (partial.shape(0), partial.shape(1));
    let share = share::<N>(x, ghosts, groups);
    if share.ghost >= ghosts {
        terminate!();
    }
    // Distances from one of the channel's values lose fewer digits than distances from 0.
    let shift = x[share.vector];
    let mut sum = Vector::<f32, N>::new(0.0);
    let mut squares = Vector::<f32, N>::new(0.0);
    let mut count = 0.0f32;
    let mut pixel = share.first;
    while pixel < share.end {
        let distance = x[pixel * vectors + share.vector] - shift;
        sum += distance;
        squares += distance * distance;
        count += 1.0;
        pixel += groups;
    }
    let mean = sum / Vector::new(count);
    let at = (share.ghost * groups + share.group) * 2 * vectors + share.vector;
    partial[at] = mean + shift;
    partial[at + vectors] = squares - sum * mean;
}

/// Joins the groups' moments (Chan, Golub & LeVeque 1979), one workgroup per vector of channels. Workgroups
/// past the last repeat its work and write nothing.
#[cube(launch_unchecked)]
#[allow(clippy::too_many_arguments)]
fn join_moments_kernel<N: Size>(
    partial: &Tensor<Vector<f32, N>>,
    gamma: &Tensor<Vector<f32, N>>,
    beta: &Tensor<Vector<f32, N>>,
    mean: &mut Tensor<Vector<f32, N>>,
    variance: &mut Tensor<Vector<f32, N>>,
    statistics: &mut Tensor<Vector<f32, N>>,
    batch: usize,
    pixels: usize,
    #[comptime] ghosts: usize,
) {
    let groups = partial.shape(1);
    let vectors = partial.shape(3) / partial.vector_size();
    let vector = min(ABSOLUTE_POS / UNITS, vectors - 1);
    let unit = ABSOLUTE_POS % UNITS;
    let ghost = unit % ghosts;
    let first = ghost * groups * 2 * vectors + vector;
    let in_ghost = ghost_pixels(batch, pixels, ghost, ghosts);
    let share = Vector::new(1.0f32 / f32::cast_from(in_ghost));
    let mut sum = Vector::<f32, N>::new(0.0);
    let mut group = unit / ghosts;
    while group < groups {
        sum += partial[first + group * 2 * vectors] * pixels_in_group::<N>(group, groups, in_ghost);
        group += UNITS / ghosts;
    }
    let joined = workgroup_sum::<N>(sum, ghosts) * share;
    let mut squares = Vector::<f32, N>::new(0.0);
    let mut group = unit / ghosts;
    while group < groups {
        let at = first + group * 2 * vectors;
        let distance = partial[at] - joined;
        let count = pixels_in_group::<N>(group, groups, in_ghost);
        squares += partial[at + vectors] + distance * distance * count;
        group += UNITS / ghosts;
    }
    let spread = workgroup_sum::<N>(squares, ghosts) * share;
    // Every ghost batch has the same number of units.
    let average = Vector::new(1.0f32 / UNITS as f32);
    let mean_of_all = workgroup_sum::<N>(joined * average, 1usize);
    let variance_of_all = workgroup_sum::<N>(spread * average, 1usize);
    if ABSOLUTE_POS == vector * UNITS {
        mean[vector] = mean_of_all;
        variance[vector] = variance_of_all;
    }
    if ABSOLUTE_POS < vectors * UNITS && unit < ghosts {
        let at = ghost * 4 * vectors + vector;
        statistics[at] = gamma[vector];
        statistics[at + vectors] = beta[vector];
        statistics[at + 2 * vectors] = joined;
        statistics[at + 3 * vectors] = spread;
    }
}

/// Returns the number of `pixels` in one of the `groups`, in every lane.
#[cube]
fn pixels_in_group<N: Size>(group: usize, groups: usize, pixels: usize) -> Vector<f32, N> {
    Vector::new(f32::cast_from((pixels + groups - 1 - group) / groups))
}
