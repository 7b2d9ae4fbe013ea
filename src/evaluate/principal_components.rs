//! Plane in which embeddings vary the most.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use super::UnitRows;

/// Rows projected onto their first two principal components.
#[derive(Clone, Debug, PartialEq)]
pub struct PrincipalComponents {
    /// One point per row, with mean 0.
    pub points: Vec<[f32; 2]>,
    /// Shares of the rows' variance along the two axes.
    pub explained: [f32; 2],
}

/// Number of dimensions up to which the covariance is decomposed as a whole.
const MOST_DIMENSIONS: usize = 512;

/// Number of directions, and of rounds of subspace iteration, for rows of more dimensions.
const DIRECTIONS: usize = 6;
const ROUNDS: usize = 6;

/// Projects rows onto the eigenvectors of their covariance with the two largest eigenvalues (Pearson 1901),
/// which are approximate for rows of many dimensions, such as pixels.
/// The largest component of each axis is made positive, so that equal rows give equal points.
pub fn principal_components(rows: &UnitRows) -> PrincipalComponents {
    let (count, dimensions) = (rows.len(), rows.dimensions());
    let centred = rows.centred();
    let variance = f64::from(centred.norm_squared()) / count as f64;
    let basis = (dimensions > MOST_DIMENSIONS).then(|| leading_directions(&centred));
    let reduced = basis.as_ref().map(|basis| &centred * basis);
    let coordinates = reduced.as_ref().unwrap_or(&centred);
    // In double precision: in single precision, nalgebra returns NaN for eigenvalues close to zero.
    let eigen = SymmetricEigen::new((coordinates.tr_mul(coordinates) / count as f32).map(f64::from));
    let mut order: Vec<usize> = (0..coordinates.ncols()).collect();
    order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
    let axis = |place: usize| {
        let Some(&column) = order.get(place) else { return (DVector::zeros(count), 0.0) };
        let direction = eigen.eigenvectors.column(column).map(|value| value as f32);
        let whole = basis.as_ref().map_or_else(|| direction.clone(), |basis| basis * &direction);
        let largest = whole[whole.icamax()];
        let share = eigen.eigenvalues[column].max(0.0) / variance.max(f64::MIN_POSITIVE);
        (coordinates * direction * largest.signum(), share as f32)
    };
    let [(x, x_share), (y, y_share)] = [axis(0), axis(1)];
    let points = x.iter().zip(y.iter()).map(|(x, y)| [*x, *y]).collect();
    PrincipalComponents { points, explained: [x_share, y_share] }
}

/// Returns orthonormal columns that approximately span the leading eigenvectors of the covariance, by
/// subspace iteration (Halko, Martinsson, Tropp 2011, algorithm 4.4).
fn leading_directions(centred: &DMatrix<f32>) -> DMatrix<f32> {
    // Any start serves that is not orthogonal to an axis.
    let start = DMatrix::from_fn(centred.nrows(), DIRECTIONS, |row, column| {
        (((row + 1) * (2 * column + 3)) as f32).sin()
    });
    let mut basis = centred.tr_mul(&start).qr().q();
    for _ in 1..ROUNDS {
        basis = centred.tr_mul(&(centred * &basis)).qr().q();
    }
    basis
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, generator};
    use rand::RngExt;

    fn rows(count: usize, dimensions: usize) -> UnitRows {
        let mut rng = generator(5, Purpose::Preview, 0);
        // Axes of clearly different variance.
        let value = |place: usize| 4.0 / (1.0 + (place % dimensions) as f32).powi(2);
        let values = (0..count * dimensions).map(|place| rng.random_range(-1.0..1.0) * value(place));
        UnitRows::new(values.collect(), dimensions)
    }

    /// Returns the leading eigenvector by power iteration, independently of the tested code.
    fn power_iteration(covariance: &DMatrix<f32>) -> (DVector<f32>, f32) {
        let mut vector = DVector::from_element(covariance.nrows(), 1.0);
        for _ in 0..500 {
            vector = (covariance * vector).normalize();
        }
        let value = (covariance * &vector).norm();
        (vector, value)
    }

    #[test]
    fn axes_are_the_leading_eigenvectors_of_the_covariance() {
        for dimensions in [6, MOST_DIMENSIONS + 1] {
            check_axes(dimensions);
        }
    }

    fn check_axes(dimensions: usize) {
        let rows = rows(200, dimensions);
        let found = principal_components(&rows);
        let matrix = DMatrix::from_fn(rows.len(), dimensions, |row, column| rows.row(row)[column]);
        let means = matrix.row_mean();
        let centred =
            DMatrix::from_fn(rows.len(), dimensions, |row, column| matrix[(row, column)] - means[column]);
        let mut covariance = centred.tr_mul(&centred) / rows.len() as f32;
        let trace = covariance.trace();
        for axis in 0..2 {
            let (vector, value) = power_iteration(&covariance);
            let expected = &centred * &vector;
            let same: f32 = expected.iter().zip(&found.points).map(|(e, p)| e * p[axis]).sum();
            let sign = same.signum();
            for (expected, point) in expected.iter().zip(&found.points) {
                assert!((expected * sign - point[axis]).abs() < 1e-3);
            }
            assert!((found.explained[axis] - value / trace).abs() < 1e-3);
            covariance -= &vector * vector.transpose() * value;
        }
    }

    #[test]
    fn two_dimensions_keep_all_distances() {
        let rows = rows(20, 2);
        let points = principal_components(&rows).points;
        for (a, b) in [(0, 1), (3, 17), (8, 9)] {
            let [dx, dy] = [points[a][0] - points[b][0], points[a][1] - points[b][1]];
            let original: f32 = rows.row(a).iter().zip(rows.row(b)).map(|(x, y)| (x - y).powi(2)).sum();
            assert!((dx * dx + dy * dy - original).abs() < 1e-4);
        }
    }

    #[test]
    fn a_single_dimension_leaves_the_other_axis_empty() {
        let points = principal_components(&UnitRows::new(vec![1.0, -1.0, 1.0], 1)).points;
        assert!(points.iter().all(|point| point[1] == 0.0 && point[0].is_finite()));
    }
}
