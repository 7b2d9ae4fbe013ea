//! Exact nearest neighbours of every picture, by comparison of all pairs.

use std::cmp::Ordering;

use super::{AllPairs, UnitRows};
use crate::progress::Progress;

/// Number of rows compared with all others at a time: few enough that pixels of large sets take a fraction of
/// a second, enough to make reading all others worthwhile.
const BLOCK: usize = 32;

/// Nearest neighbours of each row.
#[derive(Clone, Debug, PartialEq)]
pub struct NearestNeighbours {
    /// Number of neighbours per row: as requested, or all other rows if there are fewer.
    pub k: usize,
    /// Row indices, nearest first, `k` for each row; ties in ascending order.
    pub indices: Vec<u32>,
    /// Cosine similarities of these neighbours.
    pub similarities: Vec<f32>,
}

/// Search for the nearest neighbours of each row, in slices of work.
pub struct NeighbourSearch {
    rows: AllPairs,
    count: usize,
    done: usize,
    found: NearestNeighbours,
}

impl NeighbourSearch {
    /// Starts the search for the `k` nearest neighbours of each row.
    pub fn new(rows: &UnitRows, k: usize) -> Self {
        let count = rows.len();
        let k = k.min(count.saturating_sub(1));
        let found = NearestNeighbours { k, indices: Vec::new(), similarities: Vec::new() };
        Self { rows: rows.all_pairs(), count, done: 0, found }
    }

    /// Compares some more rows with all others.
    pub fn advance(&mut self) -> Progress {
        let block = self.done..self.count.min(self.done + BLOCK);
        if block.is_empty() {
            return Progress::Idle;
        }
        self.done = block.end;
        let cosines = self.rows.cosines(block.clone());
        for (row, cosines) in block.zip(cosines.chunks_exact(self.count)) {
            let mut others: Vec<(f32, u32)> = cosines.iter().copied().zip(0..).collect();
            others.swap_remove(row);
            keep_nearest(&mut others, self.found.k);
            self.found.indices.extend(others.iter().map(|(_, other)| other));
            self.found.similarities.extend(others.iter().map(|(similarity, _)| similarity));
        }
        Progress::more_if(self.done < self.count)
    }

    /// Returns the nearest neighbours of the rows compared so far, from the first on.
    pub fn found(&self) -> &NearestNeighbours {
        &self.found
    }
}

impl NearestNeighbours {
    /// Finds the `k` nearest neighbours of each row.
    pub fn find(rows: &UnitRows, k: usize) -> Self {
        let mut search = NeighbourSearch::new(rows, k);
        while search.advance() == Progress::More {}
        search.found
    }

    /// Finds the `k` rows nearest to a query, the only row of `query`, which has as many dimensions and is
    /// not among the rows.
    pub fn of_query(rows: &UnitRows, query: &UnitRows, k: usize) -> Self {
        let k = k.min(rows.len());
        let cosines = (0..rows.len()).map(|row| rows.cosine_with(row, query, 0));
        let mut all: Vec<(f32, u32)> = cosines.zip(0..).collect();
        keep_nearest(&mut all, k);
        let (similarities, indices) = all.into_iter().unzip();
        Self { k, indices, similarities }
    }

    /// Returns the number of rows that have neighbours.
    pub fn rows(&self) -> usize {
        self.indices.len().checked_div(self.k).unwrap_or(0)
    }

    /// Returns the nearest neighbours of one row.
    pub fn of(&self, row: usize) -> &[u32] {
        &self.indices[row * self.k..][..self.k]
    }
}

/// Keeps the `k` nearest, in order.
fn keep_nearest(others: &mut Vec<(f32, u32)>, k: usize) {
    if k == 0 {
        others.clear();
        return;
    }
    others.select_nth_unstable_by(k - 1, nearer);
    others.truncate(k);
    others.sort_unstable_by(nearer);
}

/// Orders by decreasing similarity, then by row index.
fn nearer(a: &(f32, u32), b: &(f32, u32)) -> Ordering {
    b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, generator};
    use rand::RngExt;

    #[test]
    fn agrees_with_sorting_everything() {
        let mut rng = generator(3, Purpose::Preview, 0);
        let rows = UnitRows::new((0..37 * 5).map(|_| rng.random_range(-1.0..1.0)).collect(), 5);
        let found = NearestNeighbours::find(&rows, 6);
        for row in 0..rows.len() {
            let cosine = |other: &usize| -> f32 {
                rows.row(row).iter().zip(rows.row(*other)).map(|(a, b)| a * b).sum()
            };
            let mut others: Vec<usize> = (0..rows.len()).filter(|other| *other != row).collect();
            others.sort_by(|a, b| cosine(b).total_cmp(&cosine(a)));
            let expected: Vec<u32> = others[..6].iter().map(|other| *other as u32).collect();
            assert_eq!(found.of(row), expected);
            let nearest = found.similarities[row * 6];
            assert!((nearest - cosine(&others[0])).abs() < 1e-6);
        }
    }

    #[test]
    fn a_query_finds_itself_first_and_then_its_row_s_neighbours() {
        let mut rng = generator(3, Purpose::Preview, 1);
        let values: Vec<f32> = (0..29 * 4).map(|_| rng.random_range(-1.0..1.0)).collect();
        let rows = UnitRows::new(values.clone(), 4);
        let all = NearestNeighbours::find(&rows, 5);
        for row in 0..rows.len() {
            // Length does not matter.
            let query = values[row * 4..][..4].iter().map(|value| value * 7.0).collect();
            let found = NearestNeighbours::of_query(&rows, &UnitRows::new(query, 4), 6);
            assert_eq!(found.indices[0], row as u32);
            assert_eq!(found.indices[1..], *all.of(row));
            assert!((found.similarities[0] - 1.0).abs() < 1e-6);
        }
        assert_eq!(NearestNeighbours::of_query(&rows, &UnitRows::new(vec![1.0; 4], 4), 99).k, 29);
    }

    #[test]
    fn few_rows_have_few_neighbours() {
        assert_eq!(NearestNeighbours::find(&UnitRows::new(vec![1.0], 1), 10).k, 0);
        let two = NearestNeighbours::find(&UnitRows::new(vec![1.0, -1.0], 1), 10);
        assert_eq!((two.k, two.indices), (1, vec![1, 0]));
    }
}
