//! Projection of embeddings onto a plane, and its alignment with an earlier one.

use super::map::Point;
use crate::sampling::strided;

/// Maximum number of rows from which the directions are found.
const MOST_ROWS: usize = 500;

/// Number of power iterations.
const ITERATIONS: usize = 20;

/// Projects rows of `width` numbers onto their two principal components, found by power iteration
/// from `axes`, which are replaced. The points have mean 0 and a root mean square distance of 1 from it.
pub fn plane(rows: &[f32], width: usize, axes: &mut [Vec<f32>; 2]) -> Vec<Point> {
    let count = rows.len() / width.max(1);
    let mut mean = vec![0.0; width];
    for row in rows.chunks_exact(width.max(1)) {
        add(&mut mean, row, 1.0 / count as f32);
    }
    if axes[0].len() != width {
        // Any directions that are hardly at right angles to those sought.
        *axes = [1, 2].map(|axis| (0..width).map(|i| 1.0 + (i * i * axis % 7) as f32).collect());
    }
    let sample: Vec<Vec<f32>> = strided(count, MOST_ROWS)
        .into_iter()
        .map(|row| {
            let mut centred = rows[row * width..(row + 1) * width].to_vec();
            add(&mut centred, &mean, -1.0);
            centred
        })
        .collect();
    for _ in 0..ITERATIONS {
        for place in 0..2 {
            let mut next = vec![0.0; width];
            for row in &sample {
                add(&mut next, row, dot(row, &axes[place]));
            }
            if place == 1 {
                let overlap = dot(&next, &axes[0]);
                add(&mut next, &axes[0], -overlap);
            }
            let length = dot(&next, &next).sqrt();
            if length > f32::MIN_POSITIVE {
                next.iter_mut().for_each(|value| *value /= length);
                axes[place] = next;
            }
        }
    }
    let middle = [dot(&mean, &axes[0]), dot(&mean, &axes[1])];
    let mut points: Vec<Point> = rows
        .chunks_exact(width.max(1))
        .map(|row| [dot(row, &axes[0]) - middle[0], dot(row, &axes[1]) - middle[1]])
        .collect();
    let square: f32 = points.iter().map(|[x, y]| x * x + y * y).sum();
    let radius = (square / count.max(1) as f32).sqrt().max(f32::MIN_POSITIVE);
    points.as_flattened_mut().iter_mut().for_each(|value| *value /= radius);
    points
}

/// Turns and mirrors points so that they lie nearest to other points of the same pictures (orthogonal
/// Procrustes analysis).
pub fn aligned(target: &[Point], points: Vec<Point>) -> Vec<Point> {
    // Sums whose direction is the best turn, without and with mirroring y.
    let (mut plain, mut mirrored) = ([0.0_f32; 2], [0.0_f32; 2]);
    for ([x, y], [u, v]) in points.iter().zip(target) {
        plain = [plain[0] + x * u + y * v, plain[1] + x * v - y * u];
        mirrored = [mirrored[0] + x * u - y * v, mirrored[1] + x * v + y * u];
    }
    let length = |sum: [f32; 2]| sum[0].hypot(sum[1]);
    let (sum, sign) = if length(plain) >= length(mirrored) { (plain, 1.0) } else { (mirrored, -1.0) };
    if length(sum) <= f32::MIN_POSITIVE {
        return points;
    }
    let [cosine, sine] = sum.map(|value| value / length(sum));
    let turn = |[x, y]: Point| [cosine * x - sine * sign * y, sine * x + cosine * sign * y];
    points.into_iter().map(turn).collect()
}

/// Returns the scalar product.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(to: &mut [f32], row: &[f32], factor: f32) {
    to.iter_mut().zip(row).for_each(|(to, value)| *to += factor * value);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns numbers between -1 and 1 that look random.
    fn noise(count: usize) -> Vec<f32> {
        let mut state = 9_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn plane_keeps_the_two_directions_that_vary_most() {
        // Values along known perpendicular directions, the third and the first of which vary most.
        let directions = [[0.5, 0.5, 0.5, 0.5], [0.5, -0.5, 0.5, -0.5], [0.5, 0.5, -0.5, -0.5]];
        let spreads = [3.0, 0.2, 5.0];
        let values: Vec<[f32; 3]> = noise(900).as_chunks().0.to_vec();
        let row = |value: &[f32; 3]| -> [f32; 4] {
            std::array::from_fn(|i| {
                7.0 + (0..3).map(|d| directions[d][i] * spreads[d] * value[d]).sum::<f32>()
            })
        };
        let rows: Vec<f32> = values.iter().flat_map(row).collect();
        let points = plane(&rows, 4, &mut Default::default());
        let correlation = |axis: usize, direction: usize| {
            let pairs = points.iter().zip(&values).map(|(point, value)| (point[axis], value[direction]));
            let (mut ab, mut aa, mut bb, mut a1, mut b1) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for (a, b) in pairs {
                (ab, aa, bb, a1, b1) = (ab + a * b, aa + a * a, bb + b * b, a1 + a, b1 + b);
            }
            let n = points.len() as f32;
            ((ab - a1 * b1 / n) / ((aa - a1 * a1 / n) * (bb - b1 * b1 / n)).sqrt()).abs()
        };
        assert!(correlation(0, 2) > 0.99 && correlation(1, 0) > 0.99);
        let square: f32 = points.iter().map(|[x, y]| x * x + y * y).sum();
        assert!((square / points.len() as f32 - 1.0).abs() < 1e-3);
    }

    #[test]
    fn turned_and_mirrored_points_return_to_their_places() {
        let target: Vec<Point> = noise(80).as_chunks().0.to_vec();
        for (angle, sign) in [(0.0, 1.0), (1.2, 1.0), (-2.9, -1.0), (0.4, -1.0_f32)] {
            let (sine, cosine) = f32::sin_cos(angle);
            let turn = |[x, y]: &Point| [cosine * x - sine * y, sign * (sine * x + cosine * y)];
            let found = aligned(&target, target.iter().map(turn).collect());
            for (found, target) in found.iter().zip(&target) {
                assert!((found[0] - target[0]).hypot(found[1] - target[1]) < 1e-4);
            }
        }
    }

    #[test]
    fn pictures_that_are_all_alike_stay_finite() {
        let points = plane(&[2.0; 12], 3, &mut Default::default());
        assert!(aligned(&points, points.clone()).as_flattened().iter().all(|value| value.is_finite()));
        assert!(plane(&[], 3, &mut Default::default()).is_empty());
    }
}
