//! Whitening: every direction in which features vary counts alike.
//!
//! Raw features lie mostly along a few directions, such as overall brightness, which then decide
//! every cosine. Sources: Kessy, Lewin & Strimmer 2018 (PCA whitening); Halko, Martinsson & Tropp
//! 2011, algorithm 4.4 (the leading components by subspace iteration).

use burn::tensor::{Device, Tensor, TensorData};
use nalgebra::{DMatrix, SymmetricEigen};
use rand::RngExt;

use super::dot;
use crate::{
    progress::Progress,
    random::{Purpose, generator},
};

/// The most components that are kept.
pub const MAX_COMPONENTS: usize = 256;

/// Added to every component's variance, as a share of the mean variance: components of little
/// variance are mostly noise and are raised less.
const SHRINKAGE: f32 = 0.3;

/// Rounds of subspace iteration.
const ROUNDS: usize = 3;

/// The least variance, beside the mean's square, that is more than rounding.
const LEAST_VARIANCE: f32 = 1e-10;

/// The least length, beside its length before, of what is left of a direction once those before it
/// are taken out, unless rounding is all that is left.
const LEAST_REST: f32 = 1e-4;

/// An affine map to whitened components.
#[derive(Clone, Debug, PartialEq)]
pub struct Whitening {
    /// Subtracted first; one number a feature.
    pub mean: Vec<f32>,
    /// `[features, components]`, row by row.
    pub matrix: Vec<f32>,
}

impl Whitening {
    /// Components that it maps to.
    pub fn components(&self) -> usize {
        self.matrix.len() / self.mean.len()
    }
}

/// Finds a [`Whitening`], a piece of work after the other.
pub struct Fitting {
    /// `[rows, features]`, centred; on the CPU, whatever device trains.
    rows: Tensor<2>,
    mean: Vec<f32>,
    variance: f32,
    /// Orthonormal directions, one after another.
    directions: Vec<f32>,
    covariance: Option<Tensor<2>>,
    rounds: usize,
}

impl Fitting {
    /// Starts on rows of as many features as there are numbers to a row; `None` where all rows are
    /// alike.
    pub fn new(mut rows: Vec<f32>, features: usize) -> Option<Self> {
        let count = rows.len() / features;
        let mut mean = vec![0.0; features];
        for row in rows.chunks_exact(features) {
            mean.iter_mut().zip(row).for_each(|(mean, value)| *mean += value / count as f32);
        }
        for row in rows.chunks_exact_mut(features) {
            row.iter_mut().zip(&mean).for_each(|(value, mean)| *value -= mean);
        }
        let variance = dot(&rows, &rows) / count as f32;
        if variance <= LEAST_VARIANCE * dot(&mean, &mean) {
            return None;
        }
        let components = MAX_COMPONENTS.min(features).min(count - 1);
        let mut rng = generator(0, Purpose::Subspace, 0);
        let mut directions: Vec<f32> =
            (0..components * features).map(|_| rng.random_range(-1.0..1.0)).collect();
        orthonormalise(&mut directions, features);
        let rows = Tensor::from_data(TensorData::new(rows, [count, features]), &Device::flex());
        Some(Self { rows, mean, variance, directions, covariance: None, rounds: 0 })
    }

    /// Does a piece of the work.
    pub fn advance(&mut self) -> Progress {
        match &self.covariance {
            None => {
                let count = self.rows.dims()[0] as f32;
                self.covariance = Some(self.rows.clone().transpose().matmul(self.rows.clone()).div_scalar(count));
            }
            Some(covariance) => {
                let moved = values(self.directions_tensor().matmul(covariance.clone()));
                self.directions = moved;
                orthonormalise(&mut self.directions, self.mean.len());
                self.rounds += 1;
            }
        }
        Progress::more_if(self.rounds < ROUNDS)
    }

    fn directions_tensor(&self) -> Tensor<2> {
        let features = self.mean.len();
        let shape = [self.directions.len() / features, features];
        Tensor::from_data(TensorData::new(self.directions.clone(), shape), &Device::flex())
    }

    /// The whitening, its components in the order of their variances.
    ///
    /// # Panics
    /// Before [`Fitting::advance`] has nothing left to do.
    pub fn finish(self) -> Whitening {
        let features = self.mean.len();
        let directions = self.directions_tensor();
        let [components, _] = directions.dims();
        let covariance = self.covariance.clone().expect("the work is done");
        let within = values(directions.clone().matmul(covariance).matmul(directions.clone().transpose()));
        let eigen = SymmetricEigen::new(DMatrix::from_row_slice(components, components, &within));
        let mut order: Vec<usize> = (0..components).collect();
        order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
        // As many directions vary as there are features, or rows less the mean.
        let rank = features.min(self.rows.dims()[0] - 1) as f32;
        let added = SHRINKAGE * self.variance / rank;
        let scale = |component: usize| 1.0 / (eigen.eigenvalues[component].max(0.0) + added).sqrt();
        let rotation = DMatrix::from_fn(components, components, |direction, at| {
            eigen.eigenvectors[(direction, order[at])] * scale(order[at])
        });
        let rotation = TensorData::new(rotation.as_slice().to_vec(), [components, components]);
        // Column by column, so that it is the transposed rotation row by row.
        let rotation = Tensor::<2>::from_data(rotation, &Device::flex());
        let matrix = values(rotation.matmul(directions).transpose());
        Whitening { mean: self.mean, matrix }
    }
}

fn values(tensor: Tensor<2>) -> Vec<f32> {
    tensor.into_data().try_into_vec::<f32>().expect("single precision")
}

/// Makes rows of so many features orthonormal, one after another (Gram & Schmidt, each taken out
/// twice); what depends on those before it becomes zeros.
fn orthonormalise(rows: &mut [f32], features: usize) {
    for at in 0..rows.len() / features {
        let (before, rest) = rows.split_at_mut(at * features);
        let row = &mut rest[..features];
        let length = dot(row, row).sqrt();
        for _ in 0..2 {
            for other in before.chunks_exact(features) {
                let shared = dot(other, row);
                row.iter_mut().zip(other).for_each(|(value, other)| *value -= shared * other);
            }
        }
        let left = dot(row, row).sqrt();
        let scale = if left > LEAST_REST * length { 1.0 / left } else { 0.0 };
        row.iter_mut().for_each(|value| *value *= scale);
    }
}
