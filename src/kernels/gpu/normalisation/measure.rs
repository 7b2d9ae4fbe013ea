//! Mean and variance of a batch.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::{pixels, pixels_and_channels, summed_groups};
use crate::kernels::gpu::{
    launch::{UNITS, argument, empty, launch, vector_size},
    workgroup::workgroup_sum,
};

/// What a batch says of its channels.
pub struct Measured {
    /// `[channels]`
    pub mean: CubeTensor,
    /// `[channels]`
    pub variance: CubeTensor,
    /// Gamma, beta, mean and variance, `[4, channels]`.
    pub statistics: CubeTensor,
}

/// Measures a batch.
///
/// # Shapes
/// - `x`: `[batch, height, width, channels]`
/// - `gamma`, `beta`: `[channels]`
pub fn measure(x: &CubeTensor, gamma: &CubeTensor, beta: &CubeTensor) -> Measured {
    let (pixels, channels) = pixels_and_channels(x);
    let (groups, size) = (summed_groups(pixels), vector_size(channels));
    let partial = empty(x, [groups, 2, channels]);
    launch!(moments_kernel, x, groups * channels / size, size, argument(x), argument(&partial), channels,);
    let (mean, variance) = (empty(x, [channels]), empty(x, [channels]));
    let statistics = empty(x, [4, channels]);
    launch!(
        join_moments_kernel,
        x,
        channels / size * UNITS,
        size,
        argument(&partial),
        argument(gamma),
        argument(beta),
        argument(&mean),
        argument(&variance),
        argument(&statistics),
        pixels,
        channels,
    );
    Measured { mean, variance, statistics }
}

/// The mean of one group's pixels and the sum of their squared distances from it. One unit for
/// each vector of each group; the rest leave, and none goes past the last pixel.
#[cube(launch_unchecked)]
fn moments_kernel<N: Size>(
    x: &Tensor<Vector<f32, N>>,
    partial: &mut Tensor<Vector<f32, N>>,
    channels: usize,
) {
    let vectors = channels / x.vector_size();
    let (vector, group) = (ABSOLUTE_POS % vectors, ABSOLUTE_POS / vectors);
    let groups = partial.shape(0);
    if group >= groups {
        terminate!();
    }
    // Distances from some value of the channel lose fewer digits than distances from 0.
    let shift = x[vector];
    let mut sum = Vector::<f32, N>::new(0.0);
    let mut squares = Vector::<f32, N>::new(0.0);
    let mut count = 0.0f32;
    let end = pixels::<N>(x);
    let mut pixel = group;
    while pixel < end {
        let distance = x[pixel * vectors + vector] - shift;
        sum += distance;
        squares += distance * distance;
        count += 1.0;
        pixel += groups;
    }
    let mean = sum / Vector::new(count);
    partial[group * 2 * vectors + vector] = mean + shift;
    partial[(group * 2 + 1) * vectors + vector] = squares - sum * mean;
}

/// Joins the groups' moments (Chan, Golub & LeVeque 1979), a workgroup for each vector of
/// channels. Workgroups past the last do as the last and write nothing.
#[cube(launch_unchecked)]
#[allow(clippy::too_many_arguments)]
fn join_moments_kernel<N: Size>(
    partial: &Tensor<Vector<f32, N>>,
    gamma: &Tensor<Vector<f32, N>>,
    beta: &Tensor<Vector<f32, N>>,
    mean: &mut Tensor<Vector<f32, N>>,
    variance: &mut Tensor<Vector<f32, N>>,
    statistics: &mut Tensor<Vector<f32, N>>,
    pixels: usize,
    channels: usize,
) {
    let vectors = channels / partial.vector_size();
    let vector = min(ABSOLUTE_POS / UNITS, vectors - 1);
    let unit = ABSOLUTE_POS % UNITS;
    let share = Vector::new(1.0f32 / f32::cast_from(pixels));
    let mut sum = Vector::<f32, N>::new(0.0);
    let mut group = unit;
    while group < partial.shape(0) {
        sum += partial[group * 2 * vectors + vector] * pixels_in_group::<N>(group, partial.shape(0), pixels);
        group += UNITS;
    }
    let joined = workgroup_sum::<N>(sum, 1usize) * share;
    let mut squares = Vector::<f32, N>::new(0.0);
    let mut group = unit;
    while group < partial.shape(0) {
        let at = group * 2 * vectors + vector;
        let distance = partial[at] - joined;
        let count = pixels_in_group::<N>(group, partial.shape(0), pixels);
        squares += partial[at + vectors] + distance * distance * count;
        group += UNITS;
    }
    let spread = workgroup_sum::<N>(squares, 1usize) * share;
    if ABSOLUTE_POS == vector * UNITS {
        mean[vector] = joined;
        variance[vector] = spread;
        statistics[vector] = gamma[vector];
        statistics[vectors + vector] = beta[vector];
        statistics[2 * vectors + vector] = joined;
        statistics[3 * vectors + vector] = spread;
    }
}

/// How many of the `pixels` one of the `groups` has, in every lane.
#[cube]
fn pixels_in_group<N: Size>(group: usize, groups: usize, pixels: usize) -> Vector<f32, N> {
    Vector::new(f32::cast_from((pixels + groups - 1 - group) / groups))
}
