//! Affinities between the rows of a t-SNE map.

use crate::{
    evaluate::{UnitRows, neighbours::NeighbourSearch},
    progress::Progress,
};

/// Effective number of neighbours (van der Maaten & Hinton 2008, section 2).
const PERPLEXITY: f32 = 30.0;

/// Number of bisection steps when solving for a row's precision.
const HALVINGS: u32 = 60;

/// Affinities `p` that sum to 1 over all pairs; distant pairs have 0 and are left out.
#[derive(Default)]
pub struct Affinities {
    /// Offset of each row's entries, and the end of the last row's.
    starts: Vec<usize>,
    others: Vec<u32>,
    values: Vec<f32>,
}

/// Search for affinities, in slices of work.
pub struct AffinitySearch {
    search: NeighbourSearch,
    perplexity: f32,
    /// Affinities of each row: those from rows before it, and to its own nearest neighbours.
    lists: Vec<Vec<(u32, f32)>>,
    done: usize,
}

impl AffinitySearch {
    /// Starts comparing every row with its nearest neighbours, three times the perplexity.
    pub fn new(rows: &UnitRows) -> Self {
        let count = rows.len();
        let perplexity = PERPLEXITY.min(count.saturating_sub(1) as f32 / 3.0).max(1.0);
        let search = NeighbourSearch::new(rows, (3.0 * perplexity) as usize);
        Self { search, perplexity, lists: vec![Vec::new(); count], done: 0 }
    }

    /// Compares some more rows with all others.
    pub fn advance(&mut self) -> Progress {
        let progress = self.search.advance();
        let Self { search, perplexity, lists, done } = self;
        let (nearest, count) = (search.found(), lists.len());
        for row in *done..nearest.rows() {
            let cosines = &nearest.similarities[row * nearest.k..][..nearest.k];
            // On the unit sphere, a squared distance is 2 − 2 cos.
            let squares: Vec<f32> = cosines.iter().map(|cosine| 2.0 - 2.0 * cosine).collect();
            for (other, p) in nearest.of(row).iter().zip(conditional(&squares, *perplexity)) {
                let p = p / (2 * count) as f32;
                lists[row].push((*other, p));
                lists[*other as usize].push((row as u32, p));
            }
        }
        *done = nearest.rows();
        progress
    }

    /// Takes the affinities found, leaving none behind.
    pub fn finish(&mut self) -> Affinities {
        Affinities::from_lists(std::mem::take(&mut self.lists))
    }
}

impl Affinities {
    /// Merges the affinities that two rows contributed to each other.
    fn from_lists(lists: Vec<Vec<(u32, f32)>>) -> Self {
        let (mut starts, mut others, mut values) = (vec![0], Vec::new(), Vec::new());
        for mut list in lists {
            list.sort_by_key(|(other, _)| *other);
            for (other, p) in list {
                let begun = others.len() > starts[starts.len() - 1];
                match values.last_mut().filter(|_| begun && others.last() == Some(&other)) {
                    Some(value) => *value += p,
                    None => {
                        others.push(other);
                        values.push(p);
                    }
                }
            }
            starts.push(others.len());
        }
        Self { starts, others, values }
    }

    /// Returns the rows to which a row is attracted, with their affinities.
    pub fn of(&self, row: usize) -> impl Iterator<Item = (usize, f32)> {
        let range = self.starts[row]..self.starts[row + 1];
        self.others[range.clone()].iter().map(|other| *other as usize).zip(self.values[range].iter().copied())
    }
}

/// Returns `exp(−β d²)`, normalised to 1, with the β that gives it the entropy of `perplexity` equal choices.
fn conditional(squares: &[f32], perplexity: f32) -> Vec<f32> {
    let nearest = squares.iter().copied().fold(f32::INFINITY, f32::min);
    let shares = |beta: f32| -> Vec<f32> {
        let weights: Vec<f32> = squares.iter().map(|square| (-beta * (square - nearest)).exp()).collect();
        let sum: f32 = weights.iter().sum();
        weights.iter().map(|weight| weight / sum).collect()
    };
    let entropy = |shares: &[f32]| -> f32 {
        shares.iter().filter(|share| **share > 0.0).map(|share| -share * share.ln()).sum()
    };
    // Bisection over log β, since the entropy decreases as β grows.
    let (mut low, mut high) = (-20.0_f32, 30.0_f32);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        let wide = entropy(&shares(middle.exp())) > perplexity.ln();
        if wide { low = middle } else { high = middle }
    }
    shares((0.5 * (low + high)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, generator};
    use rand::RngExt;

    fn rows(count: usize) -> UnitRows {
        let mut rng = generator(4, Purpose::Preview, 0);
        UnitRows::new((0..count * 6).map(|_| rng.random_range(-1.0..1.0)).collect(), 6)
    }

    #[test]
    fn rows_have_the_requested_perplexity() {
        let mut rng = generator(5, Purpose::Preview, 0);
        let squares: Vec<f32> = (0..90).map(|_| rng.random_range(0.0..4.0)).collect();
        let shares = conditional(&squares, 30.0);
        let entropy: f64 = shares.iter().map(|p| -f64::from(*p) * f64::from(*p).max(1e-30).ln()).sum();
        assert!((entropy.exp() - 30.0).abs() < 0.05, "{}", entropy.exp());
        for (a, b) in [(0, 1), (5, 60)] {
            assert_eq!(squares[a] < squares[b], shares[a] > shares[b], "nearer ones weigh more");
        }
    }

    #[test]
    fn affinities_are_symmetric_and_sum_to_one() {
        let mut search = AffinitySearch::new(&rows(200));
        while search.advance() == Progress::More {}
        let affinities = search.finish();
        let mut total = 0.0;
        for row in 0..200 {
            for (other, p) in affinities.of(row) {
                total += f64::from(p);
                let back = affinities.of(other).find(|(back, _)| *back == row).expect("it is drawn back");
                assert!((back.1 - p).abs() < 1e-9 && other != row);
            }
        }
        assert!((total - 1.0).abs() < 1e-4, "{total}");
    }
}
