//! The gradient of normalisation and ReLU.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::{Normaliser, groups, pixels, pixels_and_channels, summed_groups};
use crate::kernels::gpu::{
    launch::{UNITS, argument, dims, empty, launch, vector_size},
    workgroup::workgroup_sum,
};

/// Gradients of what went into a normalisation with ReLU.
pub struct Gradients {
    /// `[batch, height, width, channels]`
    pub x: CubeTensor,
    /// `[channels]`
    pub gamma: CubeTensor,
    /// `[channels]`
    pub beta: CubeTensor,
}

/// Gradients from that of the result. Shapes as in [`super::apply`].
pub fn gradients(x: &CubeTensor, statistics: &CubeTensor, gradient: &CubeTensor) -> Gradients {
    let (pixels, channels) = pixels_and_channels(x);
    let (groups, size) = (groups(pixels), vector_size(channels));
    let [gamma, beta] = factor_gradients(x, statistics, gradient);
    let of_x = empty(x, dims::<4>(x));
    launch!(
        gradient_kernel,
        x,
        groups * channels / size,
        size,
        argument(x),
        argument(statistics),
        argument(gradient),
        argument(&gamma),
        argument(&beta),
        argument(&of_x),
        groups,
        channels,
    );
    Gradients { x: of_x, gamma, beta }
}

/// The gradients of gamma and beta, `[channels]` each.
fn factor_gradients(x: &CubeTensor, statistics: &CubeTensor, gradient: &CubeTensor) -> [CubeTensor; 2] {
    let (pixels, channels) = pixels_and_channels(x);
    let (groups, size) = (summed_groups(pixels), vector_size(channels));
    let partial = empty(x, [groups, 2, channels]);
    launch!(
        gradient_sums_kernel,
        x,
        groups * channels / size,
        size,
        argument(x),
        argument(statistics),
        argument(gradient),
        argument(&partial),
        channels,
    );
    let [gamma, beta] = [empty(x, [channels]), empty(x, [channels])];
    launch!(
        join_gradients_kernel,
        x,
        channels / size * UNITS,
        size,
        argument(&partial),
        argument(statistics),
        argument(&gamma),
        argument(&beta),
        channels,
    );
    [gamma, beta]
}

/// Σ gradient and Σ gradient · (x − mean) over one group's pixels, past the ReLU. One unit for
/// each vector of each group; the rest leave, and none goes past the last pixel.
#[cube(launch_unchecked)]
fn gradient_sums_kernel<N: Size>(
    x: &Tensor<Vector<f32, N>>,
    statistics: &Tensor<Vector<f32, N>>,
    gradient: &Tensor<Vector<f32, N>>,
    partial: &mut Tensor<Vector<f32, N>>,
    channels: usize,
) {
    let vectors = channels / x.vector_size();
    let (vector, group) = (ABSOLUTE_POS % vectors, ABSOLUTE_POS / vectors);
    let groups = partial.shape(0);
    if group >= groups {
        terminate!();
    }
    let normaliser = Normaliser::<N>::read(statistics, vector, vectors);
    let mut sum = Vector::<f32, N>::new(0.0);
    let mut products = Vector::<f32, N>::new(0.0);
    let end = pixels::<N>(x);
    let mut pixel = group;
    while pixel < end {
        let at = pixel * vectors + vector;
        let value = x[at];
        let passed = normaliser.through_relu(value, gradient[at]);
        sum += passed;
        products += passed * (value - normaliser.mean);
        pixel += groups;
    }
    partial[group * 2 * vectors + vector] = sum;
    partial[(group * 2 + 1) * vectors + vector] = products;
}

/// Joins the groups' sums to the gradients of gamma and beta, a workgroup for each vector of
/// channels. Workgroups past the last do as the last and write nothing.
#[cube(launch_unchecked)]
fn join_gradients_kernel<N: Size>(
    partial: &Tensor<Vector<f32, N>>,
    statistics: &Tensor<Vector<f32, N>>,
    gamma: &mut Tensor<Vector<f32, N>>,
    beta: &mut Tensor<Vector<f32, N>>,
    channels: usize,
) {
    let vectors = channels / partial.vector_size();
    let vector = min(ABSOLUTE_POS / UNITS, vectors - 1);
    let mut sum = Vector::<f32, N>::new(0.0);
    let mut products = Vector::<f32, N>::new(0.0);
    let mut group = ABSOLUTE_POS % UNITS;
    while group < partial.shape(0) {
        let at = group * 2 * vectors + vector;
        sum += partial[at];
        products += partial[at + vectors];
        group += UNITS;
    }
    let sum = workgroup_sum::<N>(sum, 1usize);
    let products = workgroup_sum::<N>(products, 1usize);
    if ABSOLUTE_POS == vector * UNITS {
        gamma[vector] = products * Normaliser::<N>::read(statistics, vector, vectors).inverse;
        beta[vector] = sum;
    }
}

/// The gradient of x, which also moves mean and variance:
/// `scale · (gradient − Σ gradient / n − x̂ · Σ (gradient · x̂) / n)`, the two sums being the
/// gradients of beta and gamma. One unit for each vector of each group; the rest leave, and none
/// goes past the last pixel.
#[cube(launch_unchecked)]
#[allow(clippy::too_many_arguments)]
fn gradient_kernel<N: Size>(
    x: &Tensor<Vector<f32, N>>,
    statistics: &Tensor<Vector<f32, N>>,
    gradient: &Tensor<Vector<f32, N>>,
    of_gamma: &Tensor<Vector<f32, N>>,
    of_beta: &Tensor<Vector<f32, N>>,
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
    // Written as scale · gradient + b · x + c, so that the loop over the pixels stays short.
    let end = pixels::<N>(x);
    let share = normaliser.scale / Vector::new(f32::cast_from(end));
    let b = -share * of_gamma[vector] * normaliser.inverse;
    let c = -share * of_beta[vector] - b * normaliser.mean;
    let mut pixel = group;
    while pixel < end {
        let at = pixel * vectors + vector;
        let value = x[at];
        result[at] = normaliser.scale * normaliser.through_relu(value, gradient[at]) + b * value + c;
        pixel += groups;
    }
}
