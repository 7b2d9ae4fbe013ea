//! Batch normalisation with ReLU, and its gradient (Ioffe & Szegedy 2015).
//!
//! Pictures are stored channels-last. Sums over the pixels of a ghost batch take two kernels: many units sum
//! some pixels each, then one workgroup per vector of channels joins them, its units dealt to the ghost
//! batches in turn.

mod apply;
mod gradients;
mod measure;

pub use apply::apply;
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;
pub use gradients::gradients;
pub use measure::{Measured, measure};

use super::launch::{argument, dims, empty, launch, vector_size};
use crate::kernels::block;

/// Added to a variance before its root is taken.
const EPSILON: f32 = block::EPSILON as f32;

/// Approximate number of pixels that one unit sums or changes.
const PIXELS: usize = 16;

/// Largest number of separately summed groups of pixels; keeps joining cheap however large the batch.
const GROUPS: usize = 1024;

/// Parameters and statistics of batch normalisation, `[channels]` each.
pub struct BatchNorm {
    /// Scale of every normalised channel.
    pub gamma: CubeTensor,
    /// Shift of every normalised channel.
    pub beta: CubeTensor,
    /// Mean of every channel.
    pub mean: CubeTensor,
    /// Variance of every channel.
    pub variance: CubeTensor,
}

impl BatchNorm {
    /// Returns all four in one tensor, `[1, 4, channels]`, one row each.
    pub fn statistics(&self) -> CubeTensor {
        let [channels] = dims(&self.gamma);
        let statistics = empty(&self.gamma, [1, 4, channels]);
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

/// One unit per channel; the rest exit.
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

/// Division of a batch, `[batch, height, width, channels]`, among units: each takes a vector of channels and
/// a group of the pixels of a ghost batch.
struct Shares {
    /// Number of ghost batches, a divisor of [`UNITS`](super::launch::UNITS).
    ghosts: usize,
    /// Number of groups of pixels in each ghost batch.
    groups: usize,
    channels: usize,
    /// Number of channels per vector.
    size: usize,
}

impl Shares {
    /// Divides a batch so that the number of groups grows with the number of pixels.
    fn new(x: &CubeTensor, ghosts: usize) -> Self {
        let [batch, height, width, channels] = dims(x);
        let least = batch / ghosts * height * width;
        Self { ghosts, groups: least.div_ceil(PIXELS), channels, size: vector_size(channels) }
    }

    /// Like [`Self::new`], for units that each leave a sum to be joined.
    fn of_sums(x: &CubeTensor, ghosts: usize) -> Self {
        let shares = Self::new(x, ghosts);
        Self { groups: shares.groups.min(GROUPS), ..shares }
    }

    fn vectors(&self) -> usize {
        self.channels / self.size
    }

    /// Returns the number of units: one per vector of each group.
    fn units(&self) -> usize {
        self.ghosts * self.groups * self.vectors()
    }
}

/// A unit's share of a batch: a vector of channels, and every `step`th pixel from `first` to before `end`.
#[derive(CubeType)]
struct Share {
    ghost: usize,
    group: usize,
    vector: usize,
    first: usize,
    end: usize,
}

/// Returns this unit's share, as divided by [`Shares`]. A unit past the last gets a ghost batch past the
/// last.
#[cube]
fn share<N: Size>(x: &Tensor<Vector<f32, N>>, ghosts: usize, groups: usize) -> Share {
    let vectors = x.shape(3) / x.vector_size();
    let ghost = ABSOLUTE_POS / (vectors * groups);
    let group = ABSOLUTE_POS / vectors % groups;
    let pixels = x.shape(1) * x.shape(2);
    Share {
        ghost,
        group,
        vector: ABSOLUTE_POS % vectors,
        first: ghost * x.shape(0) / ghosts * pixels + group,
        end: (ghost + 1) * x.shape(0) / ghosts * pixels,
    }
}

/// Returns the number of pixels of a ghost batch of `[batch, height, width, channels]`.
#[cube]
fn ghost_pixels(batch: usize, pixels: usize, ghost: usize, ghosts: usize) -> usize {
    ((ghost + 1) * batch / ghosts - ghost * batch / ghosts) * pixels
}

/// Normalisation of one vector of channels.
#[derive(CubeType)]
struct Normaliser<N: Size> {
    mean: Vector<f32, N>,
    /// Inverse standard deviation.
    inverse: Vector<f32, N>,
    /// Factor applied to a value.
    scale: Vector<f32, N>,
    /// Offset added afterwards.
    shift: Vector<f32, N>,
}

#[cube]
impl<N: Size> Normaliser<N> {
    /// Reads one of the `vectors` in [`BatchNorm::statistics`], in one ghost batch.
    fn read(
        statistics: &Tensor<Vector<f32, N>>,
        ghost: usize,
        vector: usize,
        vectors: usize,
    ) -> Normaliser<N> {
        let first = 4 * ghost * vectors + vector;
        let gamma = statistics[first];
        let beta = statistics[first + vectors];
        let mean = statistics[first + 2 * vectors];
        let variance = statistics[first + 3 * vectors];
        let inverse = Vector::new(1.0f32) / (variance + Vector::new(EPSILON)).sqrt();
        let scale = gamma * inverse;
        let shift = beta - mean * scale;
        Normaliser::<N> { mean, inverse, scale, shift }
    }

    /// Returns the normalised value.
    fn normalised(&self, value: Vector<f32, N>) -> Vector<f32, N> {
        value * self.scale + self.shift
    }

    /// Returns the gradient where the normalised value is positive, otherwise 0.
    fn through_relu(&self, value: Vector<f32, N>, gradient: Vector<f32, N>) -> Vector<f32, N> {
        let zero = Vector::<f32, N>::new(0.0);
        select_many(self.normalised(value).greater_than(&zero), gradient, zero)
    }
}
