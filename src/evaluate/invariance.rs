//! Invariance of embeddings to a change: cosines between pictures and their changed versions.

use super::UnitRows;

/// Returns the mean cosine similarity between row `i` of one and row `i` of the other.
///
/// # Panics
/// If the shapes differ or there are no rows.
pub fn mean_of_same(rows: &UnitRows, changed: &UnitRows) -> f32 {
    assert!(rows.len() == changed.len() && !rows.is_empty(), "each row has its counterpart");
    (0..rows.len()).map(|i| rows.cosine_with(i, changed, i)).sum::<f32>() / rows.len() as f32
}

/// Returns the mean cosine similarity between different rows; 1 if there is only one.
pub fn mean_of_others(rows: &UnitRows) -> f32 {
    let count = rows.len();
    if count < 2 {
        return 1.0;
    }
    let cosines = rows.all_pairs().cosines(0..count);
    let different = (0..count * count).filter(|at| at / count != at % count);
    different.map(|at| cosines[at]).sum::<f32>() / (count * (count - 1)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_angles(angles: &[f32]) -> UnitRows {
        UnitRows::new(angles.iter().flat_map(|angle| [2.0 * angle.cos(), 2.0 * angle.sin()]).collect(), 2)
    }

    #[test]
    fn rotated_rows_have_the_cosine_of_the_angle() {
        let rows = at_angles(&[0.0, 1.0, 2.5]);
        let turned = at_angles(&[0.3, 1.3, 2.8]);
        assert!((mean_of_same(&rows, &turned) - 0.3_f32.cos()).abs() < 1e-6);
        assert!((mean_of_same(&rows, &rows) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn mean_of_others_excludes_the_diagonal() {
        let mean = (1.0_f32.cos() + 2.5_f32.cos() + 1.5_f32.cos()) / 3.0;
        assert!((mean_of_others(&at_angles(&[0.0, 1.0, 2.5])) - mean).abs() < 1e-6);
        assert_eq!(mean_of_others(&at_angles(&[0.7])), 1.0);
    }
}
