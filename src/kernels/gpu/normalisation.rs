//! Batch normalisation with ReLU, and its gradient (Ioffe & Szegedy 2015).
//!
//! Pictures lie channels-last. Sums over all pixels are taken in two kernels: many units sum
//! some pixels each, then one unit a channel joins them.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::launch::{cover, dims, empty, vector_size};
use crate::kernels::block::EPSILON;

/// Pixels, about, that one unit sums or changes.
const PIXELS: usize = 64;

/// What normalisation does to each channel of one batch.
pub struct Normalisation {
    /// `[channels]`
    pub mean: CubeTensor,
    /// `[channels]`
    pub variance: CubeTensor,
    /// Mean, one over the deviation, and the factor and summand that normalise, `[4, channels]`.
    pub statistics: CubeTensor,
}

/// Pictures' pixels and channels, `[batch, height, width, channels]`.
fn pixels_and_channels(x: &CubeTensor) -> (usize, usize) {
    let [batch, height, width, channels] = dims(x);
    (batch * height * width, channels)
}

/// Units that share the pixels of a channel; the more pixels, the more units.
fn groups(pixels: usize) -> usize {
    pixels.div_ceil(PIXELS)
}

/// Measures a batch.
///
/// # Shapes
/// - `x`: `[batch, height, width, channels]`
/// - `gamma`, `beta`: `[channels]`
pub fn measure(x: &CubeTensor, gamma: &CubeTensor, beta: &CubeTensor) -> Normalisation {
    let (pixels, channels) = pixels_and_channels(x);
    let (groups, size) = (groups(pixels), vector_size(channels));
    let partial = empty(x, [groups, 2, channels]);
    let (count, dim) = cover(groups * channels / size, x);
    // SAFETY: groups past the last leave, and none reads past the last pixel.
    unsafe {
        moments_kernel::launch_unchecked(
            &x.client,
            count,
            dim,
            size,
            x.clone().into_tensor_arg(),
            partial.clone().into_tensor_arg(),
            channels,
        );
    }
    let (mean, variance) = (empty(x, [channels]), empty(x, [channels]));
    let statistics = empty(x, [4, channels]);
    let (count, dim) = cover(channels, x);
    // SAFETY: one unit a channel, the rest leave.
    unsafe {
        join_moments_kernel::launch_unchecked(
            &x.client,
            count,
            dim,
            partial.into_tensor_arg(),
            gamma.clone().into_tensor_arg(),
            beta.clone().into_tensor_arg(),
            mean.clone().into_tensor_arg(),
            variance.clone().into_tensor_arg(),
            statistics.clone().into_tensor_arg(),
            pixels,
            EPSILON as f32,
            channels,
        );
    }
    Normalisation { mean, variance, statistics }
}

/// The mean of one group's pixels and the sum of their squared distances from it.
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
    let pixels = x.shape(0) * x.shape(1) * x.shape(2);
    // Distances from some value of the channel lose fewer digits than distances from 0.
    let shift = x[vector];
    let mut sum = Vector::<f32, N>::new(0.0);
    let mut squares = Vector::<f32, N>::new(0.0);
    let mut count = 0.0f32;
    let mut pixel = group;
    while pixel < pixels {
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

/// Joins the groups' moments (Chan, Golub & LeVeque 1979).
#[cube(launch_unchecked)]
#[allow(clippy::too_many_arguments)]
fn join_moments_kernel(
    partial: &Tensor<f32>,
    gamma: &Tensor<f32>,
    beta: &Tensor<f32>,
    mean: &mut Tensor<f32>,
    variance: &mut Tensor<f32>,
    statistics: &mut Tensor<f32>,
    pixels: usize,
    epsilon: f32,
    channels: usize,
) {
    let channel = ABSOLUTE_POS;
    if channel >= channels {
        terminate!();
    }
    let groups = partial.shape(0);
    let mut sum = 0.0f32;
    for group in 0..groups {
        let count = f32::cast_from((pixels + groups - 1 - group) / groups);
        sum += partial[group * 2 * channels + channel] * count;
    }
    let joined = sum / f32::cast_from(pixels);
    let mut squares = 0.0f32;
    for group in 0..groups {
        let count = f32::cast_from((pixels + groups - 1 - group) / groups);
        let at = group * 2 * channels + channel;
        let distance = partial[at] - joined;
        squares += partial[at + channels] + distance * distance * count;
    }
    let spread = squares / f32::cast_from(pixels);
    mean[channel] = joined;
    variance[channel] = spread;
    write_statistics(statistics, (joined, spread), (gamma[channel], beta[channel]), epsilon, channels);
}

/// The statistics that remembered moments make.
///
/// # Shapes
/// - gamma, beta, mean, variance: `[channels]`
/// - result: `[4, channels]`, as in [`Normalisation`]
pub fn remembered([gamma, beta, mean, variance]: &[CubeTensor; 4]) -> CubeTensor {
    let [channels] = dims(gamma);
    let statistics = empty(gamma, [4, channels]);
    let (count, dim) = cover(channels, gamma);
    // SAFETY: one unit a channel, the rest leave.
    unsafe {
        remembered_kernel::launch_unchecked(
            &gamma.client,
            count,
            dim,
            gamma.clone().into_tensor_arg(),
            beta.clone().into_tensor_arg(),
            mean.clone().into_tensor_arg(),
            variance.clone().into_tensor_arg(),
            statistics.clone().into_tensor_arg(),
            EPSILON as f32,
            channels,
        );
    }
    statistics
}

#[cube(launch_unchecked)]
fn remembered_kernel(
    gamma: &Tensor<f32>,
    beta: &Tensor<f32>,
    mean: &Tensor<f32>,
    variance: &Tensor<f32>,
    statistics: &mut Tensor<f32>,
    epsilon: f32,
    channels: usize,
) {
    if ABSOLUTE_POS < channels {
        let moments = (mean[ABSOLUTE_POS], variance[ABSOLUTE_POS]);
        write_statistics(statistics, moments, (gamma[ABSOLUTE_POS], beta[ABSOLUTE_POS]), epsilon, channels);
    }
}

/// Writes what normalises the channel that is this unit's.
#[cube]
fn write_statistics(
    statistics: &mut Tensor<f32>,
    moments: (f32, f32),
    factors: (f32, f32),
    epsilon: f32,
    channels: usize,
) {
    let ((mean, variance), (gamma, beta)) = (moments, factors);
    let inverse = 1.0f32 / (variance + epsilon).sqrt();
    let scale = gamma * inverse;
    statistics[ABSOLUTE_POS] = mean;
    statistics[channels + ABSOLUTE_POS] = inverse;
    statistics[2 * channels + ABSOLUTE_POS] = scale;
    statistics[3 * channels + ABSOLUTE_POS] = beta - mean * scale;
}

/// Normalises, then sets what is negative to 0. Shapes as in [`measure`].
pub fn apply(x: &CubeTensor, statistics: &CubeTensor) -> CubeTensor {
    let (pixels, channels) = pixels_and_channels(x);
    let result = empty(x, dims::<4>(x));
    let (groups, size) = (groups(pixels), vector_size(channels));
    let (count, dim) = cover(groups * channels / size, x);
    // SAFETY: groups past the last leave, and none goes past the last pixel.
    unsafe {
        apply_kernel::launch_unchecked(
            &x.client,
            count,
            dim,
            size,
            x.clone().into_tensor_arg(),
            statistics.clone().into_tensor_arg(),
            result.clone().into_tensor_arg(),
            groups,
            channels,
        );
    }
    result
}

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
    let pixels = x.shape(0) * x.shape(1) * x.shape(2);
    let scale = statistics[2 * vectors + vector];
    let shift = statistics[3 * vectors + vector];
    let mut pixel = group;
    while pixel < pixels {
        let at = pixel * vectors + vector;
        result[at] = max(x[at] * scale + shift, Vector::new(0.0));
        pixel += groups;
    }
}

/// Gradients of what went into a normalisation with ReLU.
pub struct Gradients {
    /// `[batch, height, width, channels]`
    pub x: CubeTensor,
    /// `[channels]`
    pub gamma: CubeTensor,
    /// `[channels]`
    pub beta: CubeTensor,
}

/// Gradients from that of the result. Shapes as in [`measure`].
pub fn gradients(x: &CubeTensor, statistics: &CubeTensor, gradient: &CubeTensor) -> Gradients {
    let (pixels, channels) = pixels_and_channels(x);
    let (groups, size) = (groups(pixels), vector_size(channels));
    let partial = empty(x, [groups, 2, channels]);
    let (count, dim) = cover(groups * channels / size, x);
    // SAFETY: as in `measure`.
    unsafe {
        gradient_sums_kernel::launch_unchecked(
            &x.client,
            count.clone(),
            dim,
            size,
            x.clone().into_tensor_arg(),
            statistics.clone().into_tensor_arg(),
            gradient.clone().into_tensor_arg(),
            partial.clone().into_tensor_arg(),
            channels,
        );
    }
    let (gamma, beta) = (empty(x, [channels]), empty(x, [channels]));
    let factors = empty(x, [3, channels]);
    let (channel_count, channel_dim) = cover(channels, x);
    // SAFETY: one unit a channel, the rest leave.
    unsafe {
        join_gradients_kernel::launch_unchecked(
            &x.client,
            channel_count,
            channel_dim,
            partial.into_tensor_arg(),
            statistics.clone().into_tensor_arg(),
            gamma.clone().into_tensor_arg(),
            beta.clone().into_tensor_arg(),
            factors.clone().into_tensor_arg(),
            pixels,
            channels,
        );
    }
    let of_x = empty(x, dims::<4>(x));
    // SAFETY: as in `apply`.
    unsafe {
        gradient_kernel::launch_unchecked(
            &x.client,
            count,
            dim,
            size,
            x.clone().into_tensor_arg(),
            statistics.clone().into_tensor_arg(),
            factors.into_tensor_arg(),
            gradient.clone().into_tensor_arg(),
            of_x.clone().into_tensor_arg(),
            groups,
            channels,
        );
    }
    Gradients { x: of_x, gamma, beta }
}

/// The gradient where the normalised value is positive, else 0.
#[cube]
fn through_relu<N: Size>(
    x: Vector<f32, N>,
    gradient: Vector<f32, N>,
    scale: Vector<f32, N>,
    shift: Vector<f32, N>,
) -> Vector<f32, N> {
    let zero = Vector::<f32, N>::new(0.0);
    select_many((x * scale + shift).greater_than(&zero), gradient, zero)
}

/// Of one group's pixels: Σ gradient and Σ gradient · (x − mean), past the ReLU.
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
    let pixels = x.shape(0) * x.shape(1) * x.shape(2);
    let mean = statistics[vector];
    let scale = statistics[2 * vectors + vector];
    let shift = statistics[3 * vectors + vector];
    let mut sum = Vector::<f32, N>::new(0.0);
    let mut products = Vector::<f32, N>::new(0.0);
    let mut pixel = group;
    while pixel < pixels {
        let at = pixel * vectors + vector;
        let value = x[at];
        let passed = through_relu::<N>(value, gradient[at], scale, shift);
        sum += passed;
        products += passed * (value - mean);
        pixel += groups;
    }
    partial[group * 2 * vectors + vector] = sum;
    partial[(group * 2 + 1) * vectors + vector] = products;
}

/// Joins the groups' sums to the gradients of gamma and beta, and to what the gradient of x is
/// made of: `a · gradient + b · x + c`.
#[cube(launch_unchecked)]
#[allow(clippy::too_many_arguments)]
fn join_gradients_kernel(
    partial: &Tensor<f32>,
    statistics: &Tensor<f32>,
    gamma: &mut Tensor<f32>,
    beta: &mut Tensor<f32>,
    factors: &mut Tensor<f32>,
    pixels: usize,
    channels: usize,
) {
    let channel = ABSOLUTE_POS;
    if channel >= channels {
        terminate!();
    }
    let mut sum = 0.0f32;
    let mut products = 0.0f32;
    for group in 0..partial.shape(0) {
        let at = group * 2 * channels + channel;
        sum += partial[at];
        products += partial[at + channels];
    }
    let mean = statistics[channel];
    let inverse = statistics[channels + channel];
    let scale = statistics[2 * channels + channel];
    let of_gamma = products * inverse;
    let share = 1.0f32 / f32::cast_from(pixels);
    let b = -scale * of_gamma * share * inverse;
    gamma[channel] = of_gamma;
    beta[channel] = sum;
    factors[channel] = scale;
    factors[channels + channel] = b;
    factors[2 * channels + channel] = -scale * sum * share - b * mean;
}

#[cube(launch_unchecked)]
fn gradient_kernel<N: Size>(
    x: &Tensor<Vector<f32, N>>,
    statistics: &Tensor<Vector<f32, N>>,
    factors: &Tensor<Vector<f32, N>>,
    gradient: &Tensor<Vector<f32, N>>,
    result: &mut Tensor<Vector<f32, N>>,
    groups: usize,
    channels: usize,
) {
    let vectors = channels / x.vector_size();
    let (vector, group) = (ABSOLUTE_POS % vectors, ABSOLUTE_POS / vectors);
    if group >= groups {
        terminate!();
    }
    let pixels = x.shape(0) * x.shape(1) * x.shape(2);
    let scale = statistics[2 * vectors + vector];
    let shift = statistics[3 * vectors + vector];
    let (a, b, c) = (factors[vector], factors[vectors + vector], factors[2 * vectors + vector]);
    let mut pixel = group;
    while pixel < pixels {
        let at = pixel * vectors + vector;
        let value = x[at];
        result[at] = a * through_relu::<N>(value, gradient[at], scale, shift) + b * value + c;
        pixel += groups;
    }
}
