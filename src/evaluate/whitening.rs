//! Whitening: gives equal weight to every direction in which features vary.
//!
//! Raw features vary mostly along a few directions, such as overall brightness, which then dominate every
//! cosine. Sources: Kessy, Lewin & Strimmer 2018 (whitening, and its Cholesky form); Halko, Martinsson &
//! Tropp 2011, algorithm 4.4 (the leading directions by subspace iteration).

use burn::tensor::{Device, Tensor, TensorData};
use nalgebra::{Cholesky, DMatrix};
use rand::RngExt;

use super::{
    centre::{Centred, centre},
    dot,
    effective_rank::of_gram,
};
use crate::{
    progress::Progress,
    random::{Purpose, generator},
};

/// Largest number of components.
pub const MAX_COMPONENTS: usize = 256;

/// Ridge added to every direction's variance, as a share of the mean variance: directions of little variance
/// are mostly noise and are amplified less.
const SHRINKAGE: f32 = 0.3;

/// Number of rows added to the covariance at a time.
const BLOCK: usize = 256;

/// Number of rounds of subspace iteration.
const ROUNDS: usize = 3;

/// Smallest length of a direction after orthogonalisation, relative to its length before; anything below is
/// rounding error.
const LEAST_REST: f32 = 1e-4;

/// Affine map to whitened components.
#[derive(Clone, Debug, PartialEq)]
pub struct Whitening {
    /// Mean, subtracted first; one number per feature.
    pub mean: Vec<f32>,
    /// Linear map, `[features, components]`, row by row.
    pub matrix: Vec<f32>,
    /// Effective rank of the rows before whitening, along the leading directions; after it, all directions
    /// count alike.
    pub effective_rank: f32,
}

impl Whitening {
    /// Returns the number of components.
    pub fn components(&self) -> usize {
        self.matrix.len() / self.mean.len()
    }
}

/// Computation of a [`Whitening`], in pieces of work.
pub struct Fitting {
    /// Centred rows, `[rows, features]`; on the CPU, whatever device trains.
    rows: Tensor<2>,
    mean: Vec<f32>,
    variance: f32,
    /// Concatenated orthonormal directions.
    directions: Vec<f32>,
    /// Covariance of the first `counted` rows.
    covariance: Tensor<2>,
    /// Number of rows included in the covariance.
    counted: usize,
    rounds: usize,
}

impl Fitting {
    /// Starts on concatenated rows of `features` numbers; `None` if all rows are alike.
    pub fn new(mut rows: Vec<f32>, features: usize) -> Option<Self> {
        let Centred { mean, variance } = centre(&mut rows, features)?;
        let count = rows.len() / features;
        let components = MAX_COMPONENTS.min(features).min(count - 1);
        let mut rng = generator(0, Purpose::Subspace, 0);
        let mut directions: Vec<f32> =
            (0..components * features).map(|_| rng.random_range(-1.0..1.0)).collect();
        orthonormalise(&mut directions, features);
        let rows = Tensor::from_data(TensorData::new(rows, [count, features]), &Device::flex());
        let covariance = Tensor::zeros([features, features], &Device::flex());
        Some(Self { rows, mean, variance, directions, covariance, counted: 0, rounds: 0 })
    }

    /// Does a piece of the work.
    pub fn advance(&mut self) -> Progress {
        let count = self.rows.dims()[0];
        if self.counted < count {
            let some = self.rows.clone().narrow(0, self.counted, BLOCK.min(count - self.counted));
            let products = some.clone().transpose().matmul(some);
            self.covariance = self.covariance.clone() + products.div_scalar(count as f32);
            self.counted += BLOCK;
        } else {
            self.directions = values(self.directions_tensor().matmul(self.covariance.clone()));
            orthonormalise(&mut self.directions, self.mean.len());
            self.rounds += 1;
        }
        Progress::more_if(self.rounds < ROUNDS)
    }

    fn directions_tensor(&self) -> Tensor<2> {
        let features = self.mean.len();
        let shape = [self.directions.len() / features, features];
        Tensor::from_data(TensorData::new(self.directions.clone(), shape), &Device::flex())
    }

    /// Returns the whitening.
    ///
    /// # Panics
    /// If [`Fitting::advance`] still has work to do.
    pub fn finish(self) -> Whitening {
        let features = self.mean.len();
        let directions = self.directions_tensor();
        let [components, _] = directions.dims();
        let within = directions.clone().matmul(self.covariance.clone()).matmul(directions.transpose());
        let within = DMatrix::from_row_slice(components, components, &values(within)).map(f64::from);
        let effective_rank = of_gram(within.clone() / f64::from(self.variance));
        // The number of varying directions is at most that of features, and that of rows minus one.
        let varying = features.min(self.rows.dims()[0] - 1) as f32;
        let added = f64::from(SHRINKAGE * self.variance / varying);
        // Any root of the inverse gives the same products. Cholesky's needs no eigenvalues, for which
        // nalgebra returns NaN if some are close to zero.
        let shrunk = within + DMatrix::identity(components, components) * added;
        let factor = Cholesky::new(shrunk).expect("what is added makes it positive").unpack();
        let directions = DMatrix::from_row_slice(components, features, &self.directions).map(f64::from);
        let matrix = factor.solve_lower_triangular(&directions).expect("its diagonal is positive");
        // Column by column, which is feature by feature.
        let matrix = matrix.iter().map(|value| *value as f32).collect();
        Whitening { mean: self.mean, matrix, effective_rank }
    }
}

fn values(tensor: Tensor<2>) -> Vec<f32> {
    tensor.into_data().try_into_vec::<f32>().expect("single precision")
}

/// Orthonormalises rows of `features` numbers in order (Gram & Schmidt, applied twice); rows that depend on
/// those before become zero.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns rows that vary along `rank` directions by very different amounts, away from 0.
    fn rows(count: usize, features: usize, rank: usize) -> Vec<f32> {
        let mut rng = generator(4, Purpose::Preview, 0);
        let mut numbers =
            |count: usize| -> Vec<f32> { (0..count).map(|_| rng.random_range(-1.0..1.0)).collect() };
        let directions = numbers(rank * features);
        let mut rows = Vec::new();
        for _ in 0..count {
            let mut row = vec![3.0; features];
            for (at, (strength, direction)) in
                numbers(rank).iter().zip(directions.chunks_exact(features)).enumerate()
            {
                let strength = 4.0 * strength / (1.0 + at as f32);
                row.iter_mut().zip(direction).for_each(|(value, direction)| *value += strength * direction);
            }
            rows.extend(row);
        }
        rows
    }

    fn fitted(rows: &[f32], features: usize) -> Option<Whitening> {
        let mut fitting = Fitting::new(rows.to_vec(), features)?;
        while fitting.advance() == Progress::More {}
        Some(fitting.finish())
    }

    /// Computes `matrixᵀ · (row − mean)` by loops.
    fn applied(whitening: &Whitening, row: &[f32]) -> Vec<f64> {
        let components = whitening.components();
        let mut result = vec![0.0; components];
        for (feature, value) in row.iter().enumerate() {
            let away = f64::from(value - whitening.mean[feature]);
            for (component, sum) in result.iter_mut().enumerate() {
                *sum += away * f64::from(whitening.matrix[feature * components + component]);
            }
        }
        result
    }

    #[test]
    fn whitened_products_agree_with_the_inverse_covariance() {
        let (count, features) = (600, 12);
        let rows = rows(count, features, features);
        let whitening = fitted(&rows, features).expect("they differ");
        // (C + λ)⁻¹ with λ by its definition, without components.
        let row = |at: usize| {
            DMatrix::from_fn(features, 1, |i, _| f64::from(rows[at * features + i] - whitening.mean[i]))
        };
        let mut covariance = DMatrix::<f64>::zeros(features, features);
        (0..count).for_each(|at| covariance += row(at) * row(at).transpose() / count as f64);
        let added = f64::from(SHRINKAGE) * covariance.trace() / features as f64;
        let inverse = (covariance + DMatrix::identity(features, features) * added).try_inverse();
        let inverse = inverse.expect("it is positive");
        let whitened: Vec<_> = rows.chunks_exact(features).map(|row| applied(&whitening, row)).collect();
        for (a, b) in [(0, 0), (3, 500), (17, 18)] {
            let expected = (row(a).transpose() * &inverse * row(b))[0];
            let found: f64 = whitened[a].iter().zip(&whitened[b]).map(|(x, y)| x * y).sum();
            assert!(
                (found - expected).abs() < 1e-3 * expected.abs().max(1.0),
                "{found} instead of {expected}"
            );
        }
    }

    #[test]
    fn few_rows_and_constant_features_give_finite_values() {
        for (count, features, rank) in [(4, 700, 3), (2, 5, 1), (40, 300, 2), (900, 600, 40), (300, 1, 1)] {
            let mut rows = rows(count, features, rank);
            // A constant feature, and one that is 0.
            rows.chunks_exact_mut(features)
                .filter(|row| row.len() > 2)
                .for_each(|row| (row[0], row[1]) = (1.0, 0.0));
            let whitening = fitted(&rows, features).expect("they differ");
            assert!(whitening.components() < count && whitening.components() <= features.min(MAX_COMPONENTS));
            let row = applied(&whitening, &rows[..features]);
            assert!(row.iter().all(|value| value.is_finite()), "{count} rows of {features}");
            assert!(row.iter().any(|value| value.abs() > 1e-3), "{count} rows of {features}");
        }
    }

    /// Eigenvalues in single precision gave NaN here.
    #[test]
    fn directions_of_tiny_variance_are_whitened() {
        let (count, features) = (400, 256);
        let value = |row: usize, feature: usize| {
            ((row * (feature / 4 + 1)) as f32 * 0.01).sin() * 10f32.powi(-((feature % 16) as i32))
        };
        let rows: Vec<f32> = (0..count * features).map(|at| value(at / features, at % features)).collect();
        let whitening = fitted(&rows, features).expect("they differ");
        assert!(whitening.matrix.iter().all(|value| value.is_finite()));
    }

    #[test]
    fn effective_rank_is_that_of_the_rows() {
        // ± each of three axes, away from 0: three equal singular values.
        let value =
            |row: usize, axis: usize| 2.0 + if row / 2 == axis { 1.0 - 2.0 * (row % 2) as f32 } else { 0.0 };
        let rows: Vec<f32> = (0..6 * 5).map(|at| value(at / 5, at % 5)).collect();
        let rank = fitted(&rows, 5).expect("they differ").effective_rank;
        assert!((rank - 3.0).abs() < 1e-2, "{rank}");
    }

    #[test]
    fn rows_that_are_all_alike_are_not_whitened() {
        assert_eq!(fitted(&[0.5, 0.25, 7.0].repeat(9), 3), None);
        assert_eq!(fitted(&[0.0; 30], 3), None);
    }
}
