//! Effective dimensionality of embeddings; near 1 the encoder has collapsed.

use nalgebra::DMatrix;

use super::UnitRows;

/// Returns exp of the entropy of the normalised singular values of the centred rows (Roy & Vetterli 2007), or
/// 0 if all rows are the same.
pub fn effective_rank(rows: &UnitRows) -> f32 {
    let centred = rows.centred();
    // Singular values are the roots of the small Gram matrix's eigenvalues. In single precision those of
    // empty directions would be about 1e-8 of the largest, and their roots would count.
    let centred = centred.cast::<f64>();
    let gram = if centred.nrows() < centred.ncols() {
        &centred * centred.transpose()
    } else {
        centred.tr_mul(&centred)
    };
    of_gram(gram)
}

/// Like [`effective_rank`], from the product of the centred rows with themselves, in either order, or any
/// multiple of it that is not close to zero.
pub fn of_gram(gram: DMatrix<f64>) -> f32 {
    let singular = gram.symmetric_eigenvalues().map(|value| value.max(0.0).sqrt());
    let sum = singular.sum();
    // Rounding errors of identical rows are not a direction.
    if sum < 1e-4 {
        return 0.0;
    }
    let shares = singular.iter().map(|value| value / sum).filter(|share| *share > 0.0);
    shares.map(|share| -share * share.ln()).sum::<f64>().exp() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_axes_count_fully() {
        // ± each axis: already centred, with four equal singular values.
        let axis = |i: usize| (0..4).map(move |j| if i / 2 == j { 1.0 - 2.0 * (i % 2) as f32 } else { 0.0 });
        let rows = UnitRows::new((0..8).flat_map(axis).collect(), 4);
        assert!((effective_rank(&rows) - 4.0).abs() < 1e-4);
    }

    #[test]
    fn a_line_has_rank_one_and_a_point_none() {
        let line = UnitRows::new(vec![1.0, 0.0, -1.0, 0.0, 1.0, 0.0], 2);
        assert!((effective_rank(&line) - 1.0).abs() < 1e-3);
        let point = UnitRows::new([0.3, 0.4, 0.5].repeat(20), 3);
        assert_eq!(effective_rank(&point), 0.0);
    }

    #[test]
    fn rounding_does_not_fill_empty_dimensions() {
        // cos 0.3 × u ± sin 0.3 × v, for two directions u and v with components along all axes.
        let (along, across) = (0.3_f32.cos() / 16.0, 0.3_f32.sin() / 16.0);
        let sign = |i: usize| if i.is_multiple_of(2) { 1.0 } else { -1.0 };
        let row = |i: usize| (0..256).map(move |j| along + sign(i) * sign(j) * across);
        let rows = UnitRows::new((0..300).flat_map(row).collect(), 256);
        assert!((effective_rank(&rows) - 1.0).abs() < 0.01, "{}", effective_rank(&rows));
    }
}
