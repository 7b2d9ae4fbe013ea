//! Fit of rows to their groups: the mean silhouette (Rousseeuw 1987).

use super::k_means::sums;

/// Returns the mean over all rows of (b − a) / max(a, b), −1 to 1: a is the mean distance to the others of
/// the row's own group, b that to the nearest other group; distance is 1 − cosine. A row alone in its group
/// counts as 0.
///
/// - `cosines`: cosines of the rows with each other, row by row
/// - `groups`: group of each row, `0..k`; none is empty
pub fn silhouette(cosines: &[f32], groups: &[usize], k: usize) -> f32 {
    let count = groups.len();
    let sums = sums(cosines, count, groups, k);
    let mut sizes = vec![0; k];
    groups.iter().for_each(|group| sizes[*group] += 1);
    let of_row = |row: usize| {
        let own = groups[row];
        if sizes[own] == 1 {
            return 0.0;
        }
        let others = (sizes[own] - 1) as f32;
        let within = 1.0 - (sums[own * count + row] - cosines[row * count + row]) / others;
        let distance = |group: usize| 1.0 - sums[group * count + row] / sizes[group] as f32;
        let nearest = (0..k).filter(|group| *group != own).map(distance).fold(f32::INFINITY, f32::min);
        let greater = within.max(nearest);
        if greater > 0.0 { (nearest - within) / greater } else { 0.0 }
    };
    (0..count).map(of_row).sum::<f32>() / count as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        evaluate::UnitRows,
        random::{Purpose, generator},
    };
    use rand::RngExt;

    /// Computes the definition by nested loops.
    fn plain(rows: &UnitRows, groups: &[usize], k: usize) -> f64 {
        let distance = |a: usize, b: usize| {
            1.0 - rows.row(a).iter().zip(rows.row(b)).map(|(x, y)| f64::from(x * y)).sum::<f64>()
        };
        let mut total = 0.0;
        for row in 0..rows.len() {
            let mean = |group: usize| {
                let members = (0..rows.len()).filter(|other| *other != row && groups[*other] == group);
                let distances: Vec<f64> = members.map(|other| distance(row, other)).collect();
                distances.iter().sum::<f64>() / distances.len() as f64
            };
            let a = mean(groups[row]);
            let b = (0..k).filter(|group| *group != groups[row]).map(mean).fold(f64::INFINITY, f64::min);
            if a.is_finite() {
                total += (b - a) / a.max(b);
            }
        }
        total / rows.len() as f64
    }

    #[test]
    fn agrees_with_nested_loops() {
        let mut rng = generator(8, Purpose::Preview, 0);
        for k in [2, 3, 7] {
            let rows = UnitRows::new((0..40 * 5).map(|_| rng.random_range(-1.0..1.0)).collect(), 5);
            let mut groups: Vec<usize> = (0..40).map(|_| rng.random_range(0..k)).collect();
            (0..k).for_each(|group| groups[group] = group);
            let found = f64::from(silhouette(&rows.all_pairs().cosines(0..40), &groups, k));
            assert!((found - plain(&rows, &groups, k)).abs() < 1e-5);
        }
    }

    #[test]
    fn singleton_groups_count_as_zero() {
        let rows = UnitRows::new(vec![1.0, 0.0, 1.0, 0.1, 0.0, 1.0], 2);
        let groups = [0, 0, 1];
        let found = f64::from(silhouette(&rows.all_pairs().cosines(0..3), &groups, 2));
        assert!((found - plain(&rows, &groups, 2)).abs() < 1e-5 && found < 0.7);
    }

    #[test]
    fn tight_groups_reach_one() {
        let rows = UnitRows::new([[1.0, 0.0], [0.0, 1.0]].concat().repeat(5), 2);
        let groups: Vec<usize> = (0..10).map(|row| row % 2).collect();
        assert!(silhouette(&rows.all_pairs().cosines(0..10), &groups, 2) > 0.999);
    }
}
