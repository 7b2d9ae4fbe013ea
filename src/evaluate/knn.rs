//! Agreement of neighbours with labels that training never saw.

use std::{collections::HashMap, rc::Rc};

use super::{
    UnitRows,
    neighbours::{NearestNeighbours, NeighbourSearch},
};
use crate::{
    progress::Progress,
    protocol::{KnnScore, LabelId},
};

/// Number of neighbours that vote.
pub const K: usize = 10;

/// Scoring of embeddings by the [`K`] nearest labelled neighbours of each labelled picture, in slices of
/// work.
pub struct Scoring {
    /// Labels of the labelled pictures, in order.
    labels: Vec<LabelId>,
    among: Among,
}

/// Nearest neighbours of the labelled pictures.
enum Among {
    /// Neighbours among all pictures, if all are labelled or there is nothing to score.
    All(Rc<NearestNeighbours>),
    /// Search among the labelled pictures, if some are not labelled.
    Labelled(Box<NeighbourSearch>),
}

impl Scoring {
    /// Starts scoring rows by labels, one per row.
    ///
    /// `nearest` are the rows' own neighbours, at least [`K`] if there are as many; they are used directly if
    /// every picture has a label.
    pub fn new(rows: &UnitRows, nearest: &Rc<NearestNeighbours>, labels: &[Option<LabelId>]) -> Self {
        let labelled: Vec<usize> = (0..rows.len()).filter(|row| labels[*row].is_some()).collect();
        let labels: Vec<LabelId> = labels.iter().copied().flatten().collect();
        let among = if labelled.len() == rows.len() || is_one(&labels) {
            Among::All(nearest.clone())
        } else {
            let values = labelled.iter().flat_map(|row| rows.row(*row)).copied().collect();
            let search = NeighbourSearch::new(&UnitRows::new(values, rows.dimensions()), K);
            Among::Labelled(Box::new(search))
        };
        Self { labels, among }
    }

    /// Compares some more rows with all others.
    pub fn advance(&mut self) -> Progress {
        match &mut self.among {
            Among::All(_) => Progress::Idle,
            Among::Labelled(search) => search.advance(),
        }
    }

    /// Returns the score; `None` if fewer than two labels occur, since every prediction would be right.
    pub fn finish(self) -> Option<KnnScore> {
        let Self { labels, among } = self;
        if is_one(&labels) {
            return None;
        }
        let nearest = match &among {
            Among::All(nearest) => nearest,
            Among::Labelled(search) => search.found(),
        };
        let label = |at: usize| labels[at];
        let k = K.min(nearest.k);
        let (mut shared, mut right) = (0, 0);
        for at in 0..labels.len() {
            let others = &nearest.of(at)[..k];
            shared += others.iter().filter(|other| label(**other as usize) == label(at)).count();
            let similarities = &nearest.similarities[at * nearest.k..];
            let votes = others.iter().zip(similarities).map(|(other, s)| (label(*other as usize), *s));
            right += usize::from(winner(votes) == Some(label(at)));
        }
        Some(KnnScore {
            shared_labels: shared as f32 / (labels.len() * k) as f32,
            accuracy: right as f32 / labels.len() as f32,
            neighbours: k as u32,
        })
    }
}

/// Returns whether all labels are the same, or there are none.
fn is_one(labels: &[LabelId]) -> bool {
    labels.iter().all(|label| *label == labels[0])
}

/// Returns the label with most votes; ties by summed similarity, then by the smaller label.
fn winner(votes: impl Iterator<Item = (LabelId, f32)>) -> Option<LabelId> {
    let mut tally: HashMap<LabelId, (u32, f32)> = HashMap::new();
    for (label, similarity) in votes {
        let (count, sum) = tally.entry(label).or_default();
        *count += 1;
        *sum += similarity;
    }
    let order = |a: &(LabelId, (u32, f32)), b: &(LabelId, (u32, f32))| {
        a.1.0.cmp(&b.1.0).then(a.1.1.total_cmp(&b.1.1)).then(b.0.cmp(&a.0))
    };
    tally.into_iter().max_by(order).map(|(label, _)| label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(rows: &UnitRows, labels: &[Option<LabelId>]) -> Option<KnnScore> {
        let mut scoring = Scoring::new(rows, &Rc::new(NearestNeighbours::find(rows, K + 2)), labels);
        while scoring.advance() == Progress::More {}
        scoring.finish()
    }

    #[test]
    fn two_tight_groups_score_one_and_mixed_ones_do_not() {
        let around = |angle: f32| [angle.cos(), angle.sin()];
        let values = (0..24).flat_map(|i| around((i % 2) as f32 * 1.5 + i as f32 * 1e-3));
        let rows = UnitRows::new(values.collect(), 2);
        let by_group: Vec<_> = (0..24).map(|i| Some(i % 2)).collect();
        let perfect = KnnScore { shared_labels: 1.0, accuracy: 1.0, neighbours: 10 };
        assert_eq!(score(&rows, &by_group), Some(perfect));
        // Labels that alternate within each group: 5 or 6 of the 11 group members share it.
        let across: Vec<_> = (0..24).map(|i| Some(i / 2 % 2)).collect();
        let mixed = score(&rows, &across).expect("two labels");
        assert!((0.4..0.6).contains(&mixed.shared_labels), "{mixed:?}");
    }

    #[test]
    fn unlabelled_pictures_neither_vote_nor_count() {
        let rows = UnitRows::new(vec![1.0, 0.0, 1.0, 0.1, 1.0, 0.05, 0.0, 1.0, 0.1, 1.0], 2);
        let labels = [Some(0), Some(0), None, Some(1), Some(1)];
        let scored = score(&rows, &labels).expect("two labels");
        // Each picture has one match among its three labelled others.
        assert!((scored.shared_labels - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!(scored.neighbours, 3);
    }

    #[test]
    fn one_label_cannot_be_scored() {
        let rows = UnitRows::new(vec![1.0, 2.0, 3.0], 1);
        assert_eq!(score(&rows, &[Some(4); 3]), None);
        assert_eq!(score(&rows, &[None; 3]), None);
    }

    #[test]
    fn a_tie_goes_to_the_more_similar() {
        let votes = [(0, 0.5), (1, 0.9), (0, 0.5), (1, 0.2)];
        assert_eq!(winner(votes.into_iter()), Some(1));
    }
}
