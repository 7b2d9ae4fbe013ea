//! Groups of the pictures at one stage, for every number of groups.

use rand::seq::index;

use super::{Kind, Request, Slice, study::Input};
use crate::{
    evaluate::{
        UnitRows, dot,
        k_means::{Grouping, cluster},
        rows_per_slice,
        silhouette::silhouette,
    },
    protocol::{Breakdown, Clustering, GroupsRequest, Partition, PictureId},
    random::{Purpose, generator},
};

/// Range of the number of groups.
const COUNTS: std::ops::RangeInclusive<usize> = 2..=20;

/// Number of clusterings from which the best is kept.
const RESTARTS: usize = 4;

/// Maximum number of pictures compared with each other; further ones are assigned to the nearest centre,
/// which bounds time and memory.
const SAMPLED: usize = 1000;

/// Returns a request for groups of the whole set.
pub fn request(request: GroupsRequest) -> Request {
    Request::answer(Kind::Study, request, move |context| Some(groups(Input::new(context, request.stage)?)))
}

async fn groups(input: Input) -> Result<Clustering, Breakdown> {
    let partitions = partitions(&input, SAMPLED).await;
    Ok(Clustering { stage: input.stage, step: input.step, partitions })
}

/// Returns a partition for each number of groups, fewest first.
async fn partitions(input: &Input, most: usize) -> Vec<Partition> {
    let Input { rows, slice, .. } = input;
    let mut rng = generator(input.seed, Purpose::Groups, 0);
    let mut sample = index::sample(&mut rng, rows.len(), rows.len().min(most)).into_vec();
    sample.sort_unstable();
    let cosines = cosines(rows, &sample, slice).await;
    let mut partitions = Vec::new();
    for count in COUNTS.take_while(|count| *count < sample.len()) {
        let best = best(&cosines, sample.len(), count, input).await;
        let silhouette = silhouette(&cosines, &best.groups, count);
        let filed = file(rows, &sample, &best.groups, count, slice).await;
        partitions.push(partition(filed, &input.pictures, silhouette));
    }
    partitions
}

/// Returns the cosine similarities of some rows with each other, row by row.
async fn cosines(rows: &UnitRows, sample: &[usize], slice: &Slice) -> Vec<f32> {
    let values = sample.iter().flat_map(|row| rows.row(*row)).copied().collect();
    let sampled = UnitRows::new(values, rows.dimensions()).all_pairs();
    let mut cosines = Vec::new();
    while cosines.len() < sample.len() * sample.len() {
        cosines.extend(sampled.cosines(sampled.slice(cosines.len() / sample.len())));
        slice.pause().await;
    }
    cosines
}

/// Returns the best of several clusterings into `count` groups.
async fn best(cosines: &[f32], sampled: usize, count: usize, input: &Input) -> Grouping {
    let cluster = |restart: usize| {
        let mut rng = generator(input.seed, Purpose::Groups, (count * RESTARTS + restart) as u32);
        cluster(cosines, sampled, count, &mut rng)
    };
    let mut best = cluster(0);
    for restart in 1..RESTARTS {
        input.slice.pause().await;
        let found = cluster(restart);
        if found.objective > best.objective {
            best = found;
        }
    }
    best
}

/// Assigns sampled rows to their group and all others to the nearest centre; returns the rows of each group,
/// with their similarities to the centre.
async fn file(
    rows: &UnitRows,
    sample: &[usize],
    groups: &[usize],
    count: usize,
    slice: &Slice,
) -> Vec<Vec<(f32, usize)>> {
    let mut known = vec![None; rows.len()];
    let mut sums = vec![0.0; count * rows.dimensions()];
    for (row, group) in sample.iter().zip(groups) {
        known[*row] = Some(*group);
        let sum = &mut sums[group * rows.dimensions()..][..rows.dimensions()];
        sum.iter_mut().zip(rows.row(*row)).for_each(|(sum, value)| *sum += value);
    }
    let centres = UnitRows::new(sums, rows.dimensions());
    let mut filed = vec![Vec::new(); count];
    for (row, known) in known.into_iter().enumerate() {
        if row.is_multiple_of(rows_per_slice(count, rows.dimensions())) {
            slice.pause().await;
        }
        let cosine = |group: usize| dot(rows.row(row), centres.row(group));
        let nearest = || (0..count).max_by(|a, b| cosine(*a).total_cmp(&cosine(*b)));
        if let Some(group) = known.or_else(nearest) {
            filed[group].push((cosine(group), row));
        }
    }
    filed
}

/// Sorts groups by size, largest first, and pictures by nearness to their group's centre; the first is most
/// similar to all others of the group together.
fn partition(mut groups: Vec<Vec<(f32, usize)>>, pictures: &[PictureId], silhouette: f32) -> Partition {
    groups.iter_mut().for_each(|group| group.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))));
    groups.sort_by_key(|group| (std::cmp::Reverse(group.len()), group.first().map(|first| first.1)));
    let name = |group: &Vec<(f32, usize)>| group.iter().map(|(_, row)| pictures[*row]).collect();
    Partition { silhouette, groups: groups.iter().map(name).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns points around three directions in turn, with ids from 100, and their partitions.
    fn found(count: usize, most: usize) -> (UnitRows, Vec<Partition>) {
        let row = |i: usize| {
            let mut row = [0.0; 4];
            (row[i % 3], row[3]) = (1.0, (i as f32 * 1.7).sin() * 0.3);
            row
        };
        let rows = UnitRows::new((0..count).flat_map(row).collect(), 4);
        let pictures = (100..100 + count as u32).collect();
        let partitions = pollster::block_on(partitions(&Input::of(rows.clone(), pictures), most));
        (rows, partitions)
    }

    #[test]
    fn the_best_silhouette_reveals_the_number_of_groups() {
        for most in [60, 30] {
            let (_, partitions) = found(60, most);
            assert_eq!(partitions.len(), 19);
            let best = partitions.iter().max_by(|a, b| a.silhouette.total_cmp(&b.silhouette));
            let best = best.expect("there are partitions");
            assert_eq!(best.groups.len(), 3, "of {most}");
            for group in &best.groups {
                assert!(group.len() == 20 && group.iter().all(|id| id % 3 == group[0] % 3), "{group:?}");
            }
        }
    }

    #[test]
    fn every_picture_is_in_one_group_and_the_medoid_comes_first() {
        let (rows, partitions) = found(50, 50);
        for (partition, count) in partitions.iter().zip(COUNTS) {
            let mut all: Vec<u32> = partition.groups.concat();
            all.sort_unstable();
            assert_eq!((partition.groups.len(), all), (count, (100..150).collect()));
            assert!(partition.groups.is_sorted_by(|a, b| a.len() >= b.len()));
            for group in &partition.groups {
                let row = |id: u32| id as usize - 100;
                let total =
                    |id: &u32| -> f32 { group.iter().map(|other| rows.cosine(row(*id), row(*other))).sum() };
                let most = group.iter().map(total).fold(f32::NEG_INFINITY, f32::max);
                assert!((total(&group[0]) - most).abs() < 1e-4);
                assert!(group.is_sorted_by(|a, b| total(a) >= total(b) - 1e-4));
            }
        }
    }

    #[test]
    fn few_pictures_make_few_groups() {
        assert_eq!(found(4, 1000).1.len(), 2);
        assert!(found(1, 1000).1.is_empty());
    }
}
