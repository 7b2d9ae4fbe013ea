//! Connected rows at any similarity threshold: the maximum spanning forest of all pairs. Its links at or
//! above a threshold connect the same rows as all such pairs do, however many there are.

use crate::disjoint_sets::DisjointSets;

/// Two rows and their cosine similarity.
pub type Link = (f32, u32, u32);

/// Maximum spanning forest of the pairs seen so far.
#[derive(Debug, Default)]
pub struct Forest {
    links: Vec<Link>,
    /// Pairs not yet compared with the links.
    pending: Vec<Link>,
}

impl Forest {
    /// Adds a row's similarities of at least `floor` with the rows before it.
    pub fn see(&mut self, row: usize, similarities: &[f32], floor: f32) {
        let pairs = similarities.iter().zip(0..).take(row);
        self.pending.extend(pairs.filter(|(s, _)| **s >= floor).map(|(s, other)| (*s, other, row as u32)));
        // Enough pairs for sorting to pay, few enough for memory.
        if self.pending.len() > 4 * similarities.len() {
            self.settle(similarities.len());
        }
    }

    /// Keeps only the pairs that connect rows not yet connected by more similar ones (Kruskal 1956).
    fn settle(&mut self, rows: usize) {
        self.pending.append(&mut self.links);
        self.pending.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut sets = DisjointSets::new(rows);
        let pairs = self.pending.drain(..);
        self.links.extend(pairs.filter(|(_, a, b)| sets.join(*a as usize, *b as usize)));
    }

    /// Returns the links, most similar first.
    pub fn finish(mut self, rows: usize) -> Vec<Link> {
        self.settle(rows);
        self.links
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        evaluate::UnitRows,
        random::{Purpose, generator},
    };
    use rand::RngExt;

    /// Returns the smallest row connected to each row, by propagation over all pairs until nothing changes.
    fn all_pairs(rows: &UnitRows, threshold: f32) -> Vec<usize> {
        let mut least: Vec<usize> = (0..rows.len()).collect();
        loop {
            let before = least.clone();
            for a in 0..rows.len() {
                for b in (0..rows.len()).filter(|b| *b != a) {
                    if rows.cosine(a, b) >= threshold {
                        least[a] = least[a].min(least[b]);
                    }
                }
            }
            if before == least {
                return least;
            }
        }
    }

    #[test]
    fn links_connect_the_same_rows_as_all_pairs() {
        let mut rng = generator(4, Purpose::Preview, 0);
        let rows = UnitRows::new((0..70 * 3).map(|_| rng.random_range(-1.0..1.0)).collect(), 3);
        let mut forest = Forest::default();
        for row in 0..70 {
            let similarities: Vec<f32> = (0..70).map(|other| rows.cosine(row, other)).collect();
            forest.see(row, &similarities, 0.5);
        }
        let links = forest.finish(70);
        assert!(links.len() < 70 && links.is_sorted_by(|a, b| a.0 >= b.0));
        for threshold in [0.5, 0.8, 0.9, 0.95, 0.99] {
            let mut sets = DisjointSets::new(70);
            let near = links.iter().filter(|link| link.0 >= threshold);
            near.for_each(|(_, a, b)| assert!(sets.join(*a as usize, *b as usize), "a circle"));
            let expected = all_pairs(&rows, threshold);
            for a in 0..70 {
                for b in 0..70 {
                    assert_eq!(sets.find(a) == sets.find(b), expected[a] == expected[b], "{threshold}");
                }
            }
        }
    }
}
