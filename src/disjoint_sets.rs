//! Disjoint sets (union–find, with path halving and union by size).

/// Partition of the indices `0..count`.
#[derive(Clone, Debug)]
pub struct DisjointSets {
    parents: Vec<usize>,
    sizes: Vec<usize>,
}

impl DisjointSets {
    /// Creates `count` sets of one element each.
    pub fn new(count: usize) -> Self {
        Self { parents: (0..count).collect(), sizes: vec![1; count] }
    }

    /// Returns the representative of the set of `place`.
    pub fn find(&mut self, mut place: usize) -> usize {
        while self.parents[place] != place {
            self.parents[place] = self.parents[self.parents[place]];
            place = self.parents[place];
        }
        place
    }

    /// Joins the sets of two elements; returns false if they were already the same.
    pub fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return false;
        }
        let (small, large) = if self.sizes[a] < self.sizes[b] { (a, b) } else { (b, a) };
        self.parents[small] = large;
        self.sizes[large] += self.sizes[small];
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_elements_share_a_set() {
        let joins = [(0, 1), (2, 3), (5, 6), (3, 0), (6, 6)];
        let mut sets = DisjointSets::new(8);
        let joined: Vec<_> = joins.iter().map(|(a, b)| sets.join(*a, *b)).collect();
        assert_eq!(joined, [true, true, true, true, false]);
        let expected = [0, 0, 0, 0, 1, 2, 2, 3];
        for a in 0..8 {
            for b in 0..8 {
                assert_eq!(sets.find(a) == sets.find(b), expected[a] == expected[b], "{a} and {b}");
            }
        }
    }
}
