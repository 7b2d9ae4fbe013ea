//! Confusion of labels.

use super::predictions::Prediction;
use crate::{
    page::{state::State, words},
    protocol::LabelId,
};

/// A confusion matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Confusion {
    /// The labels of rows and columns.
    pub labels: Vec<LabelId>,
    /// Number of pictures with the row's label that were predicted to have the column's, row by row.
    pub counts: Vec<u32>,
}

impl Confusion {
    /// Counts the predictions whose picture has one of `labels`; `None` if there is none.
    pub fn count(labels: &[LabelId], predictions: &[Prediction]) -> Option<Self> {
        let place = |label: LabelId| labels.iter().position(|other| *other == label);
        let mut counts = vec![0; labels.len() * labels.len()];
        for prediction in predictions {
            let row = prediction.truth.and_then(place);
            if let (Some(row), Some(column)) = (row, place(prediction.label)) {
                counts[row * labels.len() + column] += 1;
            }
        }
        counts.iter().any(|count| *count > 0).then(|| Self { labels: labels.to_vec(), counts })
    }

    /// Returns the number of pictures with a row's label.
    pub fn of_row(&self, row: usize) -> u32 {
        self.counts.chunks_exact(self.labels.len()).nth(row).map_or(0, |row| row.iter().sum())
    }

    /// Returns each cell's share of its row, 0 to 1.
    pub fn shares(&self) -> Vec<f32> {
        let share =
            |(at, count): (usize, &u32)| *count as f32 / self.of_row(at / self.labels.len()).max(1) as f32;
        self.counts.iter().enumerate().map(share).collect()
    }

    /// Returns the labels of a cell: the true one and the predicted one.
    pub fn labels_of(&self, (row, column): (usize, usize)) -> Option<(LabelId, LabelId)> {
        Some((*self.labels.get(row)?, *self.labels.get(column)?))
    }

    /// Describes a cell in words.
    pub fn describe(&self, state: &State, (row, column): (usize, usize)) -> Option<String> {
        let (from, to) = self.labels_of((row, column))?;
        let name = |label| state.pictures.label_name(label).unwrap_or("no label");
        let (count, all) = (self.counts[row * self.labels.len() + column], self.of_row(row));
        let of = format!("{} of {} {}", words::count(count as usize), words::count(all as usize), name(from));
        let share = words::percent(count as f32 / all.max(1) as f32);
        Some(if from == to {
            format!("{of} recognised ({share})")
        } else {
            format!("{of} taken for {} ({share})", name(to))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::views::label::predictions::{Method, fixture::state, predictions},
        protocol::Stage,
    };

    #[test]
    fn confusion_counts_true_and_predicted_labels() {
        let state = state();
        let predictions = predictions(&state, Stage::Pixels, Method::Probe);
        let confusion = Confusion::count(&[0, 1], &predictions).expect("labels are known");
        assert_eq!((confusion.counts.as_slice(), confusion.of_row(0)), (&[1, 1, 0, 2][..], 2));
        assert_eq!(confusion.shares(), [0.5, 0.5, 0.0, 1.0]);
        assert_eq!(confusion.describe(&state, (0, 1)).as_deref(), Some("1 of 2 a taken for b (50%)"));
        assert_eq!(confusion.describe(&state, (1, 1)).as_deref(), Some("2 of 2 b recognised (100%)"));
        assert_eq!(confusion.describe(&state, (2, 0)), None);
        assert_eq!(Confusion::count(&[7], &predictions), None);
    }
}
