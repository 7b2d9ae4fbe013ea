//! Filters for the first convolution, derived from the set's edges and colours.
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

/// Number of patches over which the covariance is taken.
const PATCHES: usize = 20_000;

/// Ridge added to every variance before its root is taken, as a share of the mean variance.
const RIDGE: f64 = 1e-2;

/// Smallest variance, as a share of the largest, for which a filter is made; anything below is rounding
/// error, as in a set without colours.
const LEAST: f64 = 1e-6;

/// Standard deviation of the filters' outputs.
const SCALE: f64 = 0.5;

type Covariance = SMatrix<f64, FILTER, FILTER>;

/// Returns the initial filters of the first convolution; empty if its weights are random.
///
/// # Shapes
/// - `planes`: concatenated pictures of `3 × side²` values in 0 … 1
/// - result: `[filters, 3, 3, 3]`
pub fn first_filters(settings: &Settings, planes: &[f32]) -> Vec<f32> {
    match settings.first_layer {
        FirstLayer::Random => Vec::new(),
        FirstLayer::Whitened => {
            whitening_filters(planes, settings.side as usize, settings.width as usize, settings.seed)
        }
    }
}

/// Returns filters that whiten 3 × 3 patches of pictures, in order of decreasing variance, followed by their
/// negatives: `[filters, 3, 3, 3]`, an even number and at most `most`. Empty if all patches are alike.
fn whitening_filters(planes: &[f32], side: usize, most: usize, seed: u32) -> Vec<f32> {
    let eigen = SymmetricEigen::new(covariance(planes, side, seed));
    let mean = eigen.eigenvalues.mean();
    let mut order: Vec<usize> = (0..FILTER).collect();
    order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
    let largest = eigen.eigenvalues[order[0]];
    let varies = |column: &usize| largest > 0.0 && eigen.eigenvalues[*column] > LEAST * largest;
    let filter = |column: usize| {
        let direction = eigen.eigenvectors.column(column);
        // The sign of an eigenvector is arbitrary; its largest component is made positive.
        let sign = direction[direction.iamax()].signum();
        let scale = sign * SCALE / (eigen.eigenvalues[column] + RIDGE * mean).sqrt();
        direction.iter().map(|value| (value * scale) as f32).collect::<Vec<f32>>()
    };
    let filters: Vec<f32> = order.into_iter().filter(varies).take(most / 2).flat_map(filter).collect();
    let negative: Vec<f32> = filters.iter().map(|weight| -weight).collect();
    [filters, negative].concat()
}

/// Computes the covariance of random patches as the encoder sees them, channel by channel, row by row.
fn covariance(planes: &[f32], side: usize, seed: u32) -> Covariance {
    let mut rng = generator(seed, Purpose::Patches, 0);
    let (mut sum, mut products) = (SMatrix::<f64, FILTER, 1>::zeros(), Covariance::zeros());
    // Distances from one of the patches lose fewer digits than distances from 0.
    let mut shift = None;
    let pictures = planes.len() / (3 * side * side);
    for _ in 0..PATCHES {
        let picture = &planes[rng.random_range(0..pictures) * 3 * side * side..];
        let [left, top] = [(); 2].map(|()| rng.random_range(0..side - 2));
        let pixel = |at: usize| {
            let (channel, y, x) = (at / 9, top + at / 3 % 3, left + at % 3);
            f64::from(picture[(channel * side + y) * side + x] * INPUT_FACTOR)
        };
        let patch = SMatrix::<f64, FILTER, 1>::from_fn(|at, _| pixel(at));
        let patch = patch - *shift.get_or_insert(patch);
        sum += patch;
        products += patch * patch.transpose();
    }
    let mean = sum / PATCHES as f64;
    products / PATCHES as f64 - mean * mean.transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::shape;

    const SIDE: usize = 24;

    fn planes() -> Vec<f32> {
        (0..40).flat_map(|index| shape(index, 1).image.planes(SIDE)).collect()
    }

    #[test]
    fn filter_outputs_are_uncorrelated_with_equal_deviation() {
        let planes = planes();
        let filters = whitening_filters(&planes, SIDE, 16, 1);
        let (filters, negative) = filters.split_at(8 * FILTER);
        assert!(filters.iter().zip(negative).all(|(a, b)| *a == -b));
        // All patches of all pictures, not only the drawn ones.
        let mut answers = Vec::new();
        for picture in planes.chunks_exact(3 * SIDE * SIDE) {
            for (top, left) in (0..SIDE - 2).flat_map(|top| (0..SIDE - 2).map(move |left| (top, left))) {
                let mut patch = Vec::new();
                for (channel, y, x) in (0..27).map(|at| (at / 9, top + at / 3 % 3, left + at % 3)) {
                    patch.push(picture[(channel * SIDE + y) * SIDE + x] * INPUT_FACTOR);
                }
                let answer = |filter: &[f32]| filter.iter().zip(&patch).map(|(a, b)| a * b).sum::<f32>();
                answers.push(filters.chunks_exact(FILTER).map(answer).collect::<Vec<f32>>());
            }
        }
        let count = answers.len() as f32;
        let mean = |at: usize| answers.iter().map(|answer| answer[at]).sum::<f32>() / count;
        let means: Vec<f32> = (0..8).map(mean).collect();
        for (i, j) in (0..8).flat_map(|i| (0..8).map(move |j| (i, j))) {
            let product = |answer: &Vec<f32>| (answer[i] - means[i]) * (answer[j] - means[j]);
            let found = answers.iter().map(product).sum::<f32>() / count;
            // The ridge reduces the smaller variances, and the covariance comes from a sample.
            let expected = if i == j { 0.12..0.28 } else { -0.03..0.03 };
            assert!(expected.contains(&found), "{i}, {j}: {found}");
        }
    }

    #[test]
    fn constant_directions_give_no_filter() {
        assert!(whitening_filters(&vec![0.0; 4 * 3 * SIDE * SIDE], SIDE, 16, 1).is_empty());
        assert!(whitening_filters(&vec![0.7; 4 * 3 * SIDE * SIDE], SIDE, 16, 1).is_empty());
        let grey = |at: usize| (at % (SIDE * SIDE)) as f32 * 0.377;
        let grey: Vec<f32> = (0..4 * 3 * SIDE * SIDE).map(|at| grey(at).sin().abs()).collect();
        let filters = whitening_filters(&grey, SIDE, 64, 1);
        assert!(filters.iter().all(|weight| weight.is_finite()));
        // Without colours, only nine pixels vary.
        assert!((2..=2 * 9).contains(&(filters.len() / FILTER)), "{}", filters.len() / FILTER);
    }

    #[test]
    fn patches_depend_on_the_seed() {
        let planes = planes();
        let of = |seed| whitening_filters(&planes, SIDE, 8, seed);
        assert_eq!(of(3), of(3));
        assert_ne!(of(3), of(4));
    }
}
