//! Batch normalisation with ReLU, and its gradient (Ioffe & Szegedy 2015).
//!
//! Pictures lie channels-last. Sums over all pixels are taken in two kernels: many units sum
//! some pixels each, then a workgroup for each vector of channels joins them.

mod apply;
mod gradients;
mod measure;

pub use apply::apply;
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;
pub use gradients::gradients;
pub use measure::{Measured, measure};

use super::launch::{argument, dims, empty, launch};
use crate::kernels::block;

/// Added to a variance before its root is taken.
const EPSILON: f32 = block::EPSILON as f32;

/// Pixels, about, that one unit sums or changes.
const PIXELS: usize = 16;

/// The most groups of pixels that are summed on their own: what is left to join stays little,
/// however large the batch.
const GROUPS: usize = 1024;

/// What normalises a batch, `[channels]` each.
pub struct BatchNorm {
    /// Factor of every normalised channel.
    pub gamma: CubeTensor,
    /// Added to every normalised channel.
    pub beta: CubeTensor,
    /// Mean of every channel.
    pub mean: CubeTensor,
    /// Variance of every channel.
    pub variance: CubeTensor,
}

impl BatchNorm {
    /// All of it in one tensor, `[4, channels]`, a row each.
    pub fn statistics(&self) -> CubeTensor {
        let [channels] = dims(&self.gamma);
        let statistics = empty(&self.gamma, [4, channels]);
        launch!(
            statistics_kernel,
            &self.gamma,
            channels,
            argument(&self.gamma),
            argument(&self.beta),
            argument(&self.mean),
            argument(&self.variance),
            argument(&statistics),
            channels,
        );
        statistics
    }
}

/// One unit a channel; the rest leave.
#[cube(launch_unchecked)]
fn statistics_kernel(
    gamma: &Tensor<f32>,
    beta: &Tensor<f32>,
    mean: &Tensor<f32>,
    variance: &Tensor<f32>,
    statistics: &mut Tensor<f32>,
    channels: usize,
) {
    let channel = ABSOLUTE_POS;
    if channel < channels {
        statistics[channel] = gamma[channel];
        statistics[channels + channel] = beta[channel];
        statistics[2 * channels + channel] = mean[channel];
        statistics[3 * channels + channel] = variance[channel];
    }
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

/// The same where each unit leaves a sum to be joined.
fn summed_groups(pixels: usize) -> usize {
    groups(pixels).min(GROUPS)
}

/// Pixels of `[batch, height, width, channels]`.
#[cube]
fn pixels<N: Size>(x: &Tensor<Vector<f32, N>>) -> usize {
    x.shape(0) * x.shape(1) * x.shape(2)
}

/// How one vector of channels is normalised.
#[derive(CubeType)]
struct Normaliser<N: Size> {
    mean: Vector<f32, N>,
    /// One over the deviation.
    inverse: Vector<f32, N>,
    /// What a value is multiplied by.
    scale: Vector<f32, N>,
    /// What is added then.
    shift: Vector<f32, N>,
}

#[cube]
impl<N: Size> Normaliser<N> {
    /// That of one of the `vectors` in [`BatchNorm::statistics`].
    fn read(statistics: &Tensor<Vector<f32, N>>, vector: usize, vectors: usize) -> Normaliser<N> {
        let gamma = statistics[vector];
        let beta = statistics[vectors + vector];
        let mean = statistics[2 * vectors + vector];
        let variance = statistics[3 * vectors + vector];
        let inverse = Vector::new(1.0f32) / (variance + Vector::new(EPSILON)).sqrt();
        let scale = gamma * inverse;
        let shift = beta - mean * scale;
        Normaliser::<N> { mean, inverse, scale, shift }
    }

    /// The value, normalised.
    fn normalised(&self, value: Vector<f32, N>) -> Vector<f32, N> {
        value * self.scale + self.shift
    }

    /// The gradient where the normalised value is positive, else 0.
    fn through_relu(&self, value: Vector<f32, N>, gradient: Vector<f32, N>) -> Vector<f32, N> {
        let zero = Vector::<f32, N>::new(0.0);
        select_many(self.normalised(value).greater_than(&zero), gradient, zero)
    }
}
