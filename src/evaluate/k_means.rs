//! Clustering by spherical k-means (Dhillon & Modha 2001), seeded by k-means++.
//!
//! Rows, centres and their comparison all live on the unit sphere, where every sum the algorithm needs is a
//! sum of cosines. It therefore takes only the cosines: the cost of an iteration does not depend on the
//! length of the rows.

use rand::{Rng, RngExt};

/// Largest number of iterations, after which a clustering ends even if rows still move.
const MAX_ROUNDS: usize = 100;

/// Assignment of rows to groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Grouping {
    /// Group of each row, `0..k`; none is empty.
    pub groups: Vec<usize>,
    /// Sum of every row's cosine with its group's centre, which k-means maximises.
    pub objective: f32,
}

/// Clusters rows into `k` groups from one random seeding. `cosines` are the rows' cosines with each other,
/// `count` × `count`.
///
/// # Panics
/// If `k` is 0 or exceeds `count`.
pub fn cluster(cosines: &[f32], count: usize, k: usize, rng: &mut impl Rng) -> Grouping {
    assert!((1..=count).contains(&k), "each group has a row");
    let seeds = seeds(cosines, count, k, rng);
    let nearest = |row: usize| {
        let cosine = |group: &usize| cosines[seeds[*group] * count + row];
        (0..k).max_by(|a, b| cosine(a).total_cmp(&cosine(b)).then(b.cmp(a))).expect("there are seeds")
    };
    let mut groups: Vec<usize> = (0..count).map(nearest).collect();
    seeds.iter().enumerate().for_each(|(group, seed)| groups[*seed] = group);
    for _ in 0..MAX_ROUNDS {
        let with_centres = cosines_with_centres(cosines, count, &groups, k);
        if !move_rows(&with_centres, count, &mut groups, k) {
            break;
        }
    }
    let with_centres = cosines_with_centres(cosines, count, &groups, k);
    let objective = groups.iter().enumerate().map(|(row, group)| with_centres[group * count + row]).sum();
    Grouping { groups, objective }
}

/// Chooses initial centres by k-means++ (Arthur & Vassilvitskii 2007): each is drawn in proportion to the
/// squared distance to the nearest drawn before, which on the sphere is proportional to 1 − cosine.
fn seeds(cosines: &[f32], count: usize, k: usize, rng: &mut impl Rng) -> Vec<usize> {
    let mut seeds = vec![rng.random_range(0..count)];
    let mut distances = vec![f32::INFINITY; count];
    while seeds.len() < k {
        let last = *seeds.last().expect("there is a first");
        let row = &cosines[last * count..][..count];
        distances.iter_mut().zip(row).for_each(|(least, cosine)| *least = least.min((1.0 - cosine).max(0.0)));
        seeds.iter().for_each(|seed| distances[*seed] = 0.0);
        seeds.push(draw(&distances, rng).unwrap_or_else(|| unused(&seeds, count)));
    }
    seeds
}

/// Draws an index in proportion to its weight; `None` if all weights are 0.
fn draw(weights: &[f32], rng: &mut impl Rng) -> Option<usize> {
    let total: f32 = weights.iter().sum();
    let mut left = rng.random::<f32>() * total;
    for (place, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
        left -= weight;
        if left < 0.0 {
            return Some(place);
        }
    }
    weights.iter().rposition(|weight| *weight > 0.0)
}

fn unused(seeds: &[usize], count: usize) -> usize {
    (0..count).find(|row| !seeds.contains(row)).expect("there are more rows than seeds")
}

/// Sums every row's cosines with the members of each group, `k` × `count`.
pub(super) fn sums(cosines: &[f32], count: usize, groups: &[usize], k: usize) -> Vec<f32> {
    let mut sums = vec![0.0; k * count];
    for (row, group) in cosines.chunks_exact(count).zip(groups) {
        let sum = &mut sums[group * count..][..count];
        sum.iter_mut().zip(row).for_each(|(sum, cosine)| *sum += cosine);
    }
    sums
}

/// Returns every row's cosine with each group's centre, the normalised sum of its members: `k` × `count`.
fn cosines_with_centres(cosines: &[f32], count: usize, groups: &[usize], k: usize) -> Vec<f32> {
    let mut sums = sums(cosines, count, groups, k);
    for (group, sums) in sums.chunks_exact_mut(count).enumerate() {
        let members = sums.iter().zip(groups).filter(|(_, other)| **other == group);
        let length = members.map(|(sum, _)| sum).sum::<f32>().max(f32::MIN_POSITIVE).sqrt();
        sums.iter_mut().for_each(|sum| *sum /= length);
    }
    sums
}

/// Moves each row to the group with the nearest centre and returns whether any moved. A group that would be
/// left empty takes the row farthest from its own centre.
fn move_rows(with_centres: &[f32], count: usize, groups: &mut [usize], k: usize) -> bool {
    let cosine = |row: usize, group: usize| with_centres[group * count + row];
    let before = groups.to_vec();
    for (row, group) in groups.iter_mut().enumerate() {
        let here = *group;
        for other in 0..k {
            if cosine(row, other) > cosine(row, *group).max(cosine(row, here) + 1e-6) {
                *group = other;
            }
        }
    }
    let mut sizes = vec![0; k];
    groups.iter().for_each(|group| sizes[*group] += 1);
    while let Some(empty) = sizes.iter().position(|size| *size == 0) {
        let movable = (0..count).filter(|row| sizes[groups[*row]] > 1);
        let farthest = movable.min_by(|a, b| cosine(*a, groups[*a]).total_cmp(&cosine(*b, groups[*b])));
        let farthest = farthest.expect("there are no more groups than rows");
        sizes[groups[farthest]] -= 1;
        sizes[empty] += 1;
        groups[farthest] = empty;
    }
    groups != before
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        evaluate::UnitRows,
        random::{Purpose, generator},
    };

    fn random_rows(count: usize, dimensions: usize, draw: u32) -> UnitRows {
        let mut rng = generator(5, Purpose::Preview, draw);
        UnitRows::new((0..count * dimensions).map(|_| rng.random_range(-1.0..1.0)).collect(), dimensions)
    }

    /// Computes the objective by explicit centres: each group's summed rows, scaled to length 1.
    fn plain_objective(rows: &UnitRows, groups: &[usize], k: usize) -> f32 {
        let members = |group: usize| (0..rows.len()).filter(move |row| groups[*row] == group);
        let length = |group: usize| {
            let sum = |i: usize| members(group).map(|row| rows.row(row)[i]).sum::<f32>();
            (0..rows.dimensions()).map(|i| sum(i).powi(2)).sum::<f32>().sqrt()
        };
        (0..k).map(length).sum()
    }

    fn best(rows: &UnitRows, k: usize, restarts: u32) -> Grouping {
        let cosines = rows.all_pairs().cosines(0..rows.len());
        let runs =
            (0..restarts).map(|i| cluster(&cosines, rows.len(), k, &mut generator(1, Purpose::Preview, i)));
        runs.max_by(|a, b| a.objective.total_cmp(&b.objective)).expect("some restarts")
    }

    #[test]
    fn finds_the_optimal_partition_of_a_few_rows() {
        for (draw, k) in [(0, 2), (1, 3), (2, 3)] {
            let rows = random_rows(8, 3, draw);
            let partition = |mut code: usize| -> Vec<usize> {
                (0..8)
                    .map(|_| {
                        let group = code % k;
                        code /= k;
                        group
                    })
                    .collect()
            };
            let partitions = (0..k.pow(8)).map(partition);
            let exhaustive = partitions.map(|groups| plain_objective(&rows, &groups, k)).fold(0.0, f32::max);
            let found = best(&rows, k, 20);
            assert!((found.objective - plain_objective(&rows, &found.groups, k)).abs() < 1e-4);
            assert!((found.objective - exhaustive).abs() < 1e-4, "{} of {exhaustive}", found.objective);
        }
    }

    #[test]
    fn every_row_is_in_its_nearest_group() {
        let rows = random_rows(60, 4, 7);
        let found = best(&rows, 5, 1);
        let centre = |group: usize| -> Vec<f32> {
            let members = (0..60).filter(|row| found.groups[*row] == group);
            let mut sum = [0.0; 4];
            members.for_each(|row| sum.iter_mut().zip(rows.row(row)).for_each(|(sum, x)| *sum += x));
            let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
            sum.iter().map(|x| x / length).collect()
        };
        let centres: Vec<_> = (0..5).map(centre).collect();
        for row in 0..60 {
            let cosine =
                |group: usize| -> f32 { rows.row(row).iter().zip(&centres[group]).map(|(a, b)| a * b).sum() };
            assert!((0..5).all(|other| cosine(other) <= cosine(found.groups[row]) + 1e-5));
        }
    }

    #[test]
    fn equal_rows_still_fill_every_group() {
        let rows = UnitRows::new([1.0, 2.0].repeat(6), 2);
        let found = best(&rows, 4, 1);
        assert!((0..4).all(|group| found.groups.contains(&group)), "{:?}", found.groups);
        let all = best(&rows, 6, 1);
        assert!((0..6).all(|group| all.groups.contains(&group)));
    }
}
