//! Filters for the first convolution that know the set's edges and colours.
//!
//! Source: Jordan 2024, "94 % on CIFAR-10 in 3.29 seconds" (airbench), section 3.2, after
//! Page 2019; here both signs share the layer's channels, and the filters are trained.

use nalgebra::{SMatrix, SymmetricEigen};
use rand::RngExt;

use super::{FILTER, INPUT_FACTOR};
use crate::{
    random::{Purpose, generator},
    settings::{FirstLayer, Settings},
};

/// Patches over which the covariance is taken.
const PATCHES: usize = 20_000;

/// Added to every variance before its root is taken, as a share of the mean variance.
const RIDGE: f64 = 1e-2;

/// The least variance, as a share of the largest, that a filter is made of: what lies below is
/// rounding, as where a set has no colours.
const LEAST: f64 = 1e-6;

/// What the filters' outputs deviate by.
const SCALE: f64 = 0.5;

type Covariance = SMatrix<f64, FILTER, FILTER>;

/// The filters that the first convolution starts with, none where its weights are random.
///
/// # Shapes
/// - `planes`: pictures one after another, `3 × side²` values in 0 … 1 each
/// - result: `[filters, 3, 3, 3]`
pub fn first_filters(settings: &Settings, planes: &[f32]) -> Vec<f32> {
    match settings.first_layer {
        FirstLayer::Random => Vec::new(),
        FirstLayer::Whitened => {
            whitening_filters(planes, settings.side as usize, settings.width as usize, settings.seed)
        }
    }
}

/// The filters that whiten 3 × 3 patches of pictures, those of most variance first, then the same
/// with the other sign: `[filters, 3, 3, 3]`, an even number of them and at most `most`. None where
/// all patches are alike.
fn whitening_filters(planes: &[f32], side: usize, most: usize, seed: u32) -> Vec<f32> {
    let eigen = SymmetricEigen::new(covariance(planes, side, seed));
    let mean = eigen.eigenvalues.mean();
    let mut order: Vec<usize> = (0..FILTER).collect();
    order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
    let largest = eigen.eigenvalues[order[0]];
    let varies = |column: &usize| largest > 0.0 && eigen.eigenvalues[*column] > LEAST * largest;
    let filter = |column: usize| {
        let direction = eigen.eigenvectors.column(column);
        // An eigenvector's sign says nothing: that of its largest number is made positive.
        let sign = direction[direction.iamax()].signum();
        let scale = sign * SCALE / (eigen.eigenvalues[column] + RIDGE * mean).sqrt();
        direction.iter().map(|value| (value * scale) as f32).collect::<Vec<f32>>()
    };
    let filters: Vec<f32> = order.into_iter().filter(varies).take(most / 2).flat_map(filter).collect();
    let negative: Vec<f32> = filters.iter().map(|weight| -weight).collect();
    [filters, negative].concat()
}

/// The covariance of random patches as the encoder sees them, channel by channel, row by row.
fn covariance(planes: &[f32], side: usize, seed: u32) -> Covariance {
    let mut rng = generator(seed, Purpose::Patches, 0);
    let (mut sum, mut products) = (SMatrix::<f64, FILTER, 1>::zeros(), Covariance::zeros());
    let pictures = planes.len() / (3 * side * side);
    for _ in 0..PATCHES {
        let picture = &planes[rng.random_range(0..pictures) * 3 * side * side..];
        let [left, top] = [(); 2].map(|()| rng.random_range(0..side - 2));
        let pixel = |at: usize| {
            let (channel, y, x) = (at / 9, top + at / 3 % 3, left + at % 3);
            f64::from(picture[(channel * side + y) * side + x] * INPUT_FACTOR)
        };
        let patch = SMatrix::<f64, FILTER, 1>::from_fn(|at, _| pixel(at));
        sum += patch;
        products += patch * patch.transpose();
    }
    let mean = sum / PATCHES as f64;
    products / PATCHES as f64 - mean * mean.transpose()
}
