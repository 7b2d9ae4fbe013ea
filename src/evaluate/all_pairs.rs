//! Comparison of many rows with all rows, in slices of work.

use std::ops::Range;

use burn::tensor::Tensor;

/// Number of multiplications in one slice of comparisons, about 10 ms.
const PRODUCTS: usize = 8_000_000;

/// Copy of rows for products with all of them, on the CPU whatever device trains: reading back from there
/// never waits.
pub struct AllPairs {
    pub(super) rows: Tensor<2>,
}

impl AllPairs {
    /// Returns the rows, from `start` on, that can be compared with all in one slice.
    pub fn slice(&self, start: usize) -> Range<usize> {
        let [count, dimensions] = self.rows.dims();
        start..count.min(start + rows_per_slice(count, dimensions))
    }

    /// Returns the cosine similarities of some rows with all rows, row by row.
    pub fn cosines(&self, block: Range<usize>) -> Vec<f32> {
        let some = self.rows.clone().narrow(0, block.start, block.len());
        let cosines = some.matmul(self.rows.clone().transpose());
        cosines.into_data().try_into_vec::<f32>().expect("single precision")
    }
}

/// Returns the number of rows in one slice of comparisons with `count` others, at least one.
pub fn rows_per_slice(count: usize, dimensions: usize) -> usize {
    (PRODUCTS / (count * dimensions).max(1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::UnitRows;

    #[test]
    fn block_cosines_agree_with_single_pairs() {
        let rows = UnitRows::new((0..11 * 5).map(|i| ((i * i) as f32 * 0.3).sin()).collect(), 5);
        let cosines = rows.all_pairs().cosines(3..7);
        assert_eq!(cosines.len(), 4 * 11);
        for (at, cosine) in cosines.iter().enumerate() {
            assert!((cosine - rows.cosine(3 + at / 11, at % 11)).abs() < 1e-6);
        }
        assert_eq!(rows.all_pairs().slice(0), 0..11);
        assert_eq!((rows_per_slice(100_000, 1000), rows_per_slice(1000, 80)), (1, 100));
    }
}
