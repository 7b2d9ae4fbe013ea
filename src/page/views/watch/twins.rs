//! Ranks of twins: how near the network places the two views of one picture.

use crate::{
    page::picture_map::PictureMap,
    protocol::{BatchMatrix, PictureId},
    small_sort::sorted,
};

/// Number of batches over which the rank is averaged.
const WINDOW: usize = 8;

/// Mean rank of the twin in one batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwinRank {
    /// Step of the batch.
    pub step: u32,
    /// Mean over all views of the rank of the other view of the same picture, by similarity among all
    /// other views: 1 for the most similar.
    pub mean: f32,
    /// Number of other views.
    pub others: usize,
}

impl TwinRank {
    /// Returns the rank in a batch; `None` for a batch without views.
    pub fn of(batch: &BatchMatrix) -> Option<Self> {
        let ranks = twin_ranks(batch)?;
        let (views, total) = (ranks.len(), ranks.iter().sum::<usize>());
        Some(Self { step: batch.step, mean: total as f32 / views as f32, others: views - 1 })
    }

    /// Returns the mean rank of a guess.
    pub fn guess(&self) -> f32 {
        (self.others + 1) as f32 / 2.0
    }

    /// Returns the position between a guess, 0, and the first place, 1; a rank worse than a guess
    /// counts as one.
    pub fn progress(&self) -> f32 {
        let guess = self.guess();
        if guess > 1.0 { ((guess - self.mean) / (guess - 1.0)).max(0.0) } else { 1.0 }
    }
}

/// Returns the rank of every view's twin among all other views; `None` for a batch without views.
fn twin_ranks(batch: &BatchMatrix) -> Option<Vec<usize>> {
    let pairs = batch.pictures.len();
    let views = 2 * pairs;
    let cells = &batch.cells.0;
    if pairs == 0 || cells.len() != views * views {
        return None;
    }
    let rank = |view: usize| {
        let row = &cells[view * views..(view + 1) * views];
        let twin = (view + pairs) % views;
        1 + (0..views).filter(|other| *other != view && row[*other] > row[twin]).count()
    };
    Some((0..views).map(rank).collect())
}

/// The first and the latest twin's rank of each picture, as a share of all other views: 0 for the
/// nearest, 1 for the farthest.
#[derive(Debug, Default)]
pub struct PictureRanks(PictureMap<[f32; 2]>);

impl PictureRanks {
    /// Records the ranks in a batch.
    pub fn keep(&mut self, batch: &BatchMatrix) {
        let Some(ranks) = twin_ranks(batch) else { return };
        let pairs = batch.pictures.len();
        for (pair, id) in batch.pictures.iter().enumerate() {
            let farthest = (2 * pairs - 2).max(1);
            let share = (ranks[pair] + ranks[pair + pairs] - 2) as f32 / (2 * farthest) as f32;
            let first = self.0.get(id).map_or(share, |known| known[0]);
            self.0.insert(*id, [first, share]);
        }
    }

    /// Returns how far a picture's twin has risen, from -1 to 1; 0 if that is unknown.
    pub fn rise(&self, id: PictureId) -> f32 {
        self.0.get(&id).map_or(0.0, |[first, latest]| first - latest)
    }
}

/// Returns the mean of the latest ranks; one batch alone varies too much.
pub fn recent(ranks: &[TwinRank]) -> Option<TwinRank> {
    let last = *ranks.last()?;
    let recent = &ranks[ranks.len().saturating_sub(WINDOW)..];
    let same: Vec<f32> =
        recent.iter().filter(|rank| rank.others == last.others).map(|rank| rank.mean).collect();
    Some(TwinRank { mean: same.iter().sum::<f32>() / same.len() as f32, ..last })
}

/// Returns the ranks of the second views within each row of first views, n × n, row by row: 1 for
/// the most similar. `None` unless the batch is complete.
pub fn ranks(batch: &BatchMatrix) -> Option<Vec<usize>> {
    let pairs = batch.pictures.len();
    let views = 2 * pairs;
    if pairs == 0 || batch.cells.0.len() != views * views {
        return None;
    }
    let mut ranks = vec![0; pairs * pairs];
    for (row, ranks) in ranks.chunks_exact_mut(pairs).enumerate() {
        let similarities = &batch.cells.0[row * views + pairs..(row + 1) * views];
        let columns: Vec<usize> = (0..pairs).collect();
        let order = sorted(&columns, |a, b| similarities[*b].total_cmp(&similarities[*a]));
        for (rank, column) in (1..).zip(order) {
            ranks[column] = rank;
        }
    }
    Some(ranks)
}

/// Returns the brightness of each rank: 1 for the first place, equally less for each doubling, 0 for
/// the last.
pub fn brightness(ranks: &[usize], pairs: usize) -> Vec<f32> {
    let darkest = (pairs.max(2) as f32).log2();
    ranks.iter().map(|rank| 1.0 - (*rank as f32).log2() / darkest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Floats, LossDetails};

    fn batch(pairs: u32, similarity: impl Fn(usize, usize) -> f32) -> BatchMatrix {
        let views = 2 * pairs as usize;
        let cells = (0..views * views).map(|cell| similarity(cell / views, cell % views)).collect();
        BatchMatrix {
            step: 7,
            pictures: (0..pairs).collect(),
            cells: Floats(cells),
            details: LossDetails::default(),
        }
    }

    #[test]
    fn twin_rank_lies_between_first_place_and_last() {
        let twins = |a: usize, b: usize| a % 4 == b % 4;
        let found = TwinRank::of(&batch(4, |a, b| f32::from(u8::from(twins(a, b))))).expect("a rank");
        assert_eq!((found.step, found.mean, found.others), (7, 1.0, 7));
        assert_eq!((found.guess(), found.progress()), (4.0, 1.0));
        let lost = TwinRank::of(&batch(4, |a, b| if twins(a, b) { -1.0 } else { 0.5 })).expect("a rank");
        assert_eq!((lost.mean, lost.progress()), (7.0, 0.0));
        assert_eq!(TwinRank::of(&batch(0, |_, _| 0.0)), None);
    }

    #[test]
    fn rise_is_the_way_from_the_first_batch_to_the_latest() {
        let mut ranks = PictureRanks::default();
        ranks.keep(&batch(4, |a, b| if a % 4 == b % 4 { -1.0 } else { 0.5 }));
        assert_eq!((ranks.rise(2), ranks.rise(9)), (0.0, 0.0));
        ranks.keep(&batch(3, |a, b| f32::from(u8::from(a % 3 == b % 3))));
        assert_eq!([0, 1, 2, 3].map(|id| ranks.rise(id)), [1.0, 1.0, 1.0, 0.0]);
    }

    #[test]
    fn ranks_agree_with_counting() {
        let similarity = |a: usize, b: usize| ((a * 37 + b * 101) % 53) as f32;
        let batch = batch(6, similarity);
        let ranks = ranks(&batch).expect("ranks");
        for row in 0..6 {
            for column in 0..6 {
                let better =
                    (0..6).filter(|other| similarity(row, 6 + other) > similarity(row, 6 + column)).count();
                assert_eq!(ranks[row * 6 + column], 1 + better, "row {row}, column {column}");
            }
        }
        let twins: usize = (0..12)
            .map(|view| {
                let twin = similarity(view, (view + 6) % 12);
                1 + (0..12).filter(|other| *other != view && similarity(view, *other) > twin).count()
            })
            .sum();
        let found = TwinRank::of(&batch).expect("a rank");
        assert!((found.mean - twins as f32 / 12.0).abs() < 1e-6);
    }

    #[test]
    fn each_doubling_of_the_rank_is_equally_darker() {
        let found = brightness(&[1, 2, 4, 8], 8);
        for (found, expected) in found.into_iter().zip([1.0, 2.0 / 3.0, 1.0 / 3.0, 0.0]) {
            assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
        }
    }

    #[test]
    fn recent_batches_of_one_size_are_averaged() {
        let rank = |step, mean, others| TwinRank { step, mean, others };
        let ranks = [rank(1, 30.0, 63), rank(2, 4.0, 7), rank(3, 2.0, 7)];
        assert_eq!(recent(&ranks), Some(rank(3, 3.0, 7)));
        assert_eq!(recent(&[]), None);
    }
}
