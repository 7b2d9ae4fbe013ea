//! Similarity of a row to its nearest neighbours, which is low for outliers.

/// Number of nearest neighbours considered.
pub const K: usize = 10;

/// Returns the mean of the [`K`] largest similarities of a row with others, or of all if there are fewer; 0
/// without any. `similarities` are those with all rows, including itself.
pub fn nearest_mean(similarities: &[f32], row: usize) -> f32 {
    let mut others: Vec<f32> = similarities.to_vec();
    others.swap_remove(row);
    let k = K.min(others.len());
    if k == 0 {
        return 0.0;
    }
    others.select_nth_unstable_by(k - 1, |a, b| b.total_cmp(a));
    others[..k].iter().sum::<f32>() / k as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        evaluate::UnitRows,
        random::{Purpose, generator},
    };
    use rand::RngExt;

    #[test]
    fn agrees_with_sorting_all_pairs() {
        let mut rng = generator(6, Purpose::Preview, 0);
        for count in [2, 7, 40] {
            let rows = UnitRows::new((0..count * 4).map(|_| rng.random_range(-1.0..1.0)).collect(), 4);
            let cosines = rows.all_pairs().cosines(0..count);
            for row in 0..count {
                let plain = |other: usize| -> f32 {
                    rows.row(row).iter().zip(rows.row(other)).map(|(a, b)| a * b).sum()
                };
                let mut near: Vec<f32> = (0..count).filter(|other| *other != row).map(plain).collect();
                near.sort_by(|a, b| b.total_cmp(a));
                near.truncate(10);
                let expected = near.iter().sum::<f32>() / near.len() as f32;
                let found = nearest_mean(&cosines[row * count..][..count], row);
                assert!((found - expected).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn one_row_has_no_others() {
        assert_eq!(nearest_mean(&[1.0], 0), 0.0);
    }
}
