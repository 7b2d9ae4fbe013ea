//! Alignment of one map with another.

use nalgebra::{Matrix2, Vector2};

/// Rotates (and reflects, if that is nearer) `points` about the origin so as to minimise the squared
/// distances of those in `pairs`, each an index and its target: orthogonal Procrustes (Schönemann 1966).
pub fn align(points: &mut [[f32; 2]], pairs: impl IntoIterator<Item = (usize, [f32; 2])>) {
    let mut products = Matrix2::zeros();
    for (index, target) in pairs {
        products += Vector2::from(target) * Vector2::from(points[index]).transpose();
    }
    let decomposed = products.svd(true, true);
    let (Some(u), Some(v_t)) = (decomposed.u, decomposed.v_t) else { return };
    let turn = u * v_t;
    for point in points {
        *point = (turn * Vector2::from(*point)).into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: [[f32; 2]; 4] = [[1.0, 0.2], [-0.4, 0.9], [0.3, -1.1], [-0.9, 0.0]];

    fn assert_near(a: &[[f32; 2]], b: &[[f32; 2]]) {
        for (a, b) in a.iter().zip(b) {
            assert!((a[0] - b[0]).abs() < 1e-5 && (a[1] - b[1]).abs() < 1e-5, "{a:?} is not {b:?}");
        }
    }

    #[test]
    fn rotation_and_reflection_are_undone() {
        for (angle, mirror) in [(0.7_f32, 1.0), (2.9, 1.0), (-1.2, -1.0)] {
            let (sin, cos) = angle.sin_cos();
            let mut turned = SHAPE.map(|[x, y]| [cos * x - sin * y * mirror, sin * x + cos * y * mirror]);
            align(&mut turned, SHAPE.into_iter().enumerate());
            assert_near(&turned, &SHAPE);
        }
    }

    #[test]
    fn alignment_preserves_distances() {
        let mut turned = SHAPE;
        align(&mut turned, [(0, [5.0, 5.0]), (2, [0.0, -3.0])]);
        for point in 0..SHAPE.len() {
            let length = |[x, y]: [f32; 2]| x.hypot(y);
            assert!((length(turned[point]) - length(SHAPE[point])).abs() < 1e-5);
        }
    }

    #[test]
    fn alignment_without_pairs_works() {
        let mut turned = SHAPE;
        align(&mut turned, []);
        assert!(turned.iter().flatten().all(|value| value.is_finite()));
    }
}
