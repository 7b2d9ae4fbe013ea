//! Centring of rows.

use super::dot;

/// Smallest variance, relative to the squared length of the mean, that is more than rounding.
const LEAST_VARIANCE: f32 = 1e-10;

/// Mean and variance of rows before centring.
pub struct Centred {
    /// Mean that was subtracted.
    pub mean: Vec<f32>,
    /// Mean squared distance of the rows from it.
    pub variance: f32,
}

/// Subtracts the mean from rows of `dimensions` numbers. Rows that are all alike stay unchanged, since
/// nothing would be left of them, and give `None`.
pub fn centre(rows: &mut [f32], dimensions: usize) -> Option<Centred> {
    let count = rows.len() / dimensions;
    let mut mean = vec![0.0; dimensions];
    for row in rows.chunks_exact(dimensions) {
        mean.iter_mut().zip(row).for_each(|(mean, value)| *mean += value / count as f32);
    }
    let square = |row: &[f32]| row.iter().zip(&mean).map(|(value, mean)| (value - mean).powi(2)).sum::<f32>();
    let variance = rows.chunks_exact(dimensions).map(|row| square(row) / count as f32).sum::<f32>();
    if variance <= LEAST_VARIANCE * dot(&mean, &mean) {
        return None;
    }
    for row in rows.chunks_exact_mut(dimensions) {
        row.iter_mut().zip(&mean).for_each(|(value, mean)| *value -= mean);
    }
    Some(Centred { mean, variance })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_centred_unless_all_alike() {
        let mut rows = vec![1.0, 10.0, 3.0, 14.0];
        let Centred { mean, variance } = centre(&mut rows, 2).expect("they differ");
        assert_eq!((mean, variance, rows), (vec![2.0, 12.0], 5.0, vec![-1.0, -2.0, 1.0, 2.0]));
        for alike in [vec![0.3, 0.1, 0.3, 0.1, 0.3, 0.1], vec![0.0; 6]] {
            let mut rows = alike.clone();
            assert!(centre(&mut rows, 2).is_none());
            assert_eq!(rows, alike);
        }
    }
}
