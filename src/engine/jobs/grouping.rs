//! Groups the pictures of one stage into every count of groups.

use rand::seq::index;

use super::{Computation, studies::Input};
use crate::{
    evaluate::{
        AllPairs, UnitRows, dot,
        k_means::{Grouping, cluster},
        rows_per_slice,
        silhouette::silhouette,
    },
    progress::Progress,
    protocol::{Clustering, Event, Partition, PictureId},
    random::{Purpose, generator},
};

/// The fewest and the most groups that are made.
const COUNTS: std::ops::RangeInclusive<usize> = 2..=20;

/// Clusterings of which the best is kept.
const RESTARTS: usize = 4;

/// The most pictures that are compared with each other; more are filed with the nearest
/// centre, so that time and memory stay bounded.
const SAMPLED: usize = 1000;

/// Groups on their way.
pub struct Groups {
    input: Input,
    /// Which rows are clustered, in ascending order, and these rows.
    sample: Vec<usize>,
    sampled: AllPairs,
    /// Cosines of the sample, row by row, as far as they are known.
    cosines: Vec<f32>,
    count: usize,
    restart: usize,
    best: Option<Grouping>,
    filing: Option<Filing>,
    /// One for each count, fewest groups first.
    partitions: Vec<Partition>,
}

impl Computation for Groups {
    fn advance(&mut self) -> Progress {
        let sampled = self.sample.len();
        if self.count > *COUNTS.end() || self.count >= sampled {
            return Progress::Idle;
        }
        if self.cosines.len() < sampled * sampled {
            let slice = self.sampled.slice(self.cosines.len() / sampled);
            self.cosines.extend(self.sampled.cosines(slice));
        } else if let Some(filing) = &mut self.filing {
            if filing.advance(&self.input.rows) == Progress::Idle {
                let filing = self.filing.take().expect("it has just advanced");
                self.partitions.push(filing.finish(&self.input.pictures));
                self.count += 1;
            }
        } else {
            self.cluster();
        }
        Progress::More
    }

    fn finish(self) -> Event {
        let Input { stage, step, .. } = self.input;
        Event::Clustered(Clustering { stage, step, partitions: self.partitions })
    }
}

impl Groups {
    /// Starts on a set's rows.
    pub fn new(input: Input) -> Self {
        Self::sampling(input, SAMPLED)
    }

    fn sampling(input: Input, most: usize) -> Self {
        let rows = &input.rows;
        let mut rng = generator(input.seed, Purpose::Groups, 0);
        let mut sample = index::sample(&mut rng, rows.len(), rows.len().min(most)).into_vec();
        sample.sort_unstable();
        let values = sample.iter().flat_map(|row| rows.row(*row)).copied().collect();
        let sampled = UnitRows::new(values, rows.dimensions()).all_pairs();
        Self {
            input,
            sample,
            sampled,
            cosines: Vec::new(),
            count: *COUNTS.start(),
            restart: 0,
            best: None,
            filing: None,
            partitions: Vec::new(),
        }
    }

    /// One more clustering into so many groups; the best of all is filed.
    fn cluster(&mut self) {
        let index = (self.count * RESTARTS + self.restart) as u32;
        let mut rng = generator(self.input.seed, Purpose::Groups, index);
        let found = cluster(&self.cosines, self.sample.len(), self.count, &mut rng);
        if self.best.as_ref().is_none_or(|best| found.objective > best.objective) {
            self.best = Some(found);
        }
        self.restart += 1;
        if self.restart == RESTARTS
            && let Some(best) = self.best.take()
        {
            self.restart = 0;
            let silhouette = silhouette(&self.cosines, &best.groups, self.count);
            self.filing =
                Some(Filing::new(&self.input.rows, &self.sample, &best.groups, self.count, silhouette));
        }
    }
}

/// Files every row with a group's centre.
struct Filing {
    /// Centres of the groups.
    centres: UnitRows,
    /// The group of each sampled row.
    known: Vec<Option<usize>>,
    /// The rows filed so far: similarity with the centre, and row.
    groups: Vec<Vec<(f32, usize)>>,
    done: usize,
    silhouette: f32,
}

impl Filing {
    fn new(rows: &UnitRows, sample: &[usize], groups: &[usize], count: usize, silhouette: f32) -> Self {
        let mut known = vec![None; rows.len()];
        let mut sums = vec![0.0; count * rows.dimensions()];
        for (row, group) in sample.iter().zip(groups) {
            known[*row] = Some(*group);
            let sum = &mut sums[group * rows.dimensions()..][..rows.dimensions()];
            sum.iter_mut().zip(rows.row(*row)).for_each(|(sum, value)| *sum += value);
        }
        let centres = UnitRows::new(sums, rows.dimensions());
        Self { centres, known, groups: vec![Vec::new(); count], done: 0, silhouette }
    }

    /// Files some more rows.
    fn advance(&mut self, rows: &UnitRows) -> Progress {
        let slice = rows_per_slice(self.centres.len(), self.centres.dimensions());
        let end = rows.len().min(self.done + slice);
        for row in self.done..end {
            let cosine = |group: usize| dot(rows.row(row), self.centres.row(group));
            let nearest = || (0..self.groups.len()).max_by(|a, b| cosine(*a).total_cmp(&cosine(*b)));
            if let Some(group) = self.known[row].or_else(nearest) {
                let filed = (cosine(group), row);
                self.groups[group].push(filed);
            }
        }
        self.done = end;
        Progress::more_if(end < rows.len())
    }

    /// The largest group first; in each the picture that is most similar to all others
    /// together, which is the one nearest to the centre, and the others by nearness.
    fn finish(mut self, pictures: &[PictureId]) -> Partition {
        self.groups
            .iter_mut()
            .for_each(|group| group.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))));
        self.groups.sort_by_key(|group| (std::cmp::Reverse(group.len()), group.first().map(|first| first.1)));
        let name = |group: &Vec<(f32, usize)>| group.iter().map(|(_, row)| pictures[*row]).collect();
        Partition { silhouette: self.silhouette, groups: self.groups.iter().map(name).collect() }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::protocol::Stage;

    /// Three directions, dealt in turn, each with some spread; picture ids from 100.
    fn found(count: usize, most: usize) -> (UnitRows, Vec<Partition>) {
        let row = |i: usize| {
            let mut row = [0.0; 4];
            (row[i % 3], row[3]) = (1.0, (i as f32 * 1.7).sin() * 0.3);
            row
        };
        let rows = UnitRows::new((0..count).flat_map(row).collect(), 4);
        let pictures = (100..100 + count as u32).collect();
        let input = Input { stage: Stage::Pixels, step: 0, rows: Rc::new(rows.clone()), pictures, seed: 1 };
        let mut groups = Groups::sampling(input, most);
        while groups.advance() == Progress::More {}
        (rows, groups.partitions)
    }

    #[test]
    fn the_best_silhouette_tells_how_many_groups_there_are() {
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
