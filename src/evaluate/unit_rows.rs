//! Embeddings as rows of length 1, so that a dot product is a cosine.

use burn::tensor::{Device, Tensor, TensorData};
use nalgebra::DMatrix;

use super::AllPairs;

/// Rows of `dimensions` numbers, each scaled to length 1 (a row of zeros stays zero).
#[derive(Clone, Debug, PartialEq)]
pub struct UnitRows {
    values: Vec<f32>,
    dimensions: usize,
}

impl UnitRows {
    /// Scales rows of `dimensions` numbers each.
    ///
    /// # Panics
    /// If the length of `values` is not a multiple of `dimensions`.
    pub fn new(mut values: Vec<f32>, dimensions: usize) -> Self {
        assert!(values.len().is_multiple_of(dimensions), "rows are whole");
        for row in values.chunks_exact_mut(dimensions) {
            let length = dot(row, row).sqrt();
            if length > 0.0 {
                row.iter_mut().for_each(|value| *value /= length);
            }
        }
        Self { values, dimensions }
    }

    /// Returns the number of rows.
    pub fn len(&self) -> usize {
        self.values.len() / self.dimensions
    }

    /// Returns whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Returns the number of dimensions of a row.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Returns one row.
    pub fn row(&self, index: usize) -> &[f32] {
        &self.values[index * self.dimensions..][..self.dimensions]
    }

    /// Prepares comparisons of many rows with all.
    pub fn all_pairs(&self) -> AllPairs {
        let shape = [self.len(), self.dimensions];
        AllPairs { rows: Tensor::from_data(TensorData::new(self.values.clone(), shape), &Device::flex()) }
    }

    /// Returns the rows minus their mean, `[rows, dimensions]`.
    pub fn centred(&self) -> DMatrix<f32> {
        let count = self.len();
        let mut means = vec![0.0; self.dimensions];
        for row in 0..count {
            means.iter_mut().zip(self.row(row)).for_each(|(mean, value)| *mean += value / count as f32);
        }
        DMatrix::from_fn(count, self.dimensions, |row, column| self.row(row)[column] - means[column])
    }

    /// Returns the cosine similarity of two rows.
    pub fn cosine(&self, a: usize, b: usize) -> f32 {
        dot(self.row(a), self.row(b))
    }

    /// Returns the cosine similarity of a row with a row of `other`, which has as many dimensions.
    pub fn cosine_with(&self, row: usize, other: &Self, other_row: usize) -> f32 {
        dot(self.row(row), other.row(other_row))
    }
}

/// Returns the dot product, computed in eight partial sums that a compiler can keep in SIMD registers.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_blocks, b_blocks) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a_blocks.remainder().iter().zip(b_blocks.remainder()).map(|(x, y)| x * y).sum();
    let mut sums = [0.0; 8];
    for (x, y) in a_blocks.zip(b_blocks) {
        for lane in 0..8 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    rest + sums.iter().sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_normalised_and_zeros_stay_zero() {
        let rows = UnitRows::new(vec![3.0, 4.0, 0.0, 0.0], 2);
        assert_eq!((rows.row(0), rows.row(1)), (&[0.6, 0.8][..], &[0.0, 0.0][..]));
    }

    #[test]
    fn dot_product_agrees_with_the_plain_sum() {
        for length in [1, 7, 8, 9, 64, 67] {
            let a: Vec<f32> = (0..length).map(|i| (i as f32 * 0.7).sin()).collect();
            let b: Vec<f32> = (0..length).map(|i| (i as f32 * 1.3).cos()).collect();
            let plain: f64 = a.iter().zip(&b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum();
            assert!((f64::from(dot(&a, &b)) - plain).abs() < 1e-5);
        }
    }
}
