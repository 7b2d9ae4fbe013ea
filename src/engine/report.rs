//! Measurements of several steps, transferred from the device in one read.

use burn::tensor::Tensor;

use super::latest_batch::LatestBatch;
use crate::{
    augment::View,
    protocol::{BatchMatrix, Breakdown, Floats, LossDetails, PictureId, StepReport},
    readback::Reading,
    settings::Settings,
    train::{HISTORY, StepDetails, StepOutcome, Trainer},
};

/// Number of statistics per step.
const STATISTICS: usize = 4;

/// Consecutive steps, and the batch of the last.
pub struct Report {
    /// Number of the last step.
    step: u32,
    /// Number of steps.
    count: usize,
    /// Rows of the pictures in the set, one per pair.
    rows: Vec<usize>,
    settings: Settings,
    views: Vec<View>,
    numbers: Reading,
}

/// A report that has been read.
pub struct Read {
    /// Measurements of each step.
    pub steps: Vec<StepReport>,
    pub batch: LatestBatch,
    pub matrix: BatchMatrix,
}

impl Report {
    /// Starts to read the results of the trainer's latest `count` steps, at most [`HISTORY`]; the trainer may
    /// take further steps meanwhile.
    pub fn begin(trainer: &Trainer, count: usize, last: StepOutcome) -> Self {
        let StepOutcome { rows, similarities, details, .. } = last;
        let StepDetails { settings, views, scale, lengths, negatives } = details;
        let statistics = trainer.history().narrow(0, HISTORY - count, count);
        let mut parts = vec![statistics.flatten(0, 1), similarities.flatten(0, 1), lengths, scale];
        parts.extend(negatives);
        let numbers = Reading::begin(Tensor::cat(parts, 0));
        Self { step: trainer.steps_taken(), count, rows, settings, views, numbers }
    }

    /// Returns the number of steps in the report.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Returns whether the report can be read without waiting.
    pub fn is_there(&mut self) -> bool {
        self.numbers.is_there()
    }

    /// Waits for the report; `ids` identifies the rows of the set.
    pub async fn read(self, ids: &[PictureId]) -> Result<Read, Breakdown> {
        let Self { step: last, count, rows, settings, views, numbers } = self;
        let mut statistics = numbers.finish().await?;
        let mut cells = statistics.split_off(STATISTICS * count);
        let first = last + 1 - count as u32;
        let steps = (first..).zip(statistics.chunks_exact(STATISTICS)).map(|(step, numbers)| StepReport {
            step,
            loss: numbers[0],
            accuracy: numbers[1],
            alignment: numbers[2],
            uniformity: numbers[3],
            milliseconds: 0.0,
        });
        let steps = steps.collect();
        let mut lengths = cells.split_off(views.len() * views.len());
        let mut scale = lengths.split_off(views.len());
        let negatives: Vec<u32> = scale.split_off(2).into_iter().map(|index| index as u32).collect();
        let matrix = BatchMatrix {
            step: last,
            pictures: rows.iter().map(|row| ids[*row]).collect(),
            cells: Floats(cells),
            details: LossDetails {
                loss: settings.loss,
                similarity: settings.similarity,
                temperature: scale[0],
                bias: scale[1],
                margin: settings.margin,
                lengths: Floats(lengths),
                negatives: negatives.clone(),
            },
        };
        Ok(Read { steps, batch: LatestBatch { step: last, rows, views, negatives }, matrix })
    }
}
