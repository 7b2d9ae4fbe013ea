//! The batch that was reported last, kept for whoever looks inside one of its rows.

use burn::tensor::Tensor;

use crate::{
    augment::View,
    protocol::{BatchMatrix, Breakdown, Floats, LossDetails, PictureId, RowViews},
    readback::{read, read_rgb},
    train::{StepOutcome, Trainer},
};

/// A reported batch; its views are drawn again when they are asked for.
pub struct LatestBatch {
    step: u32,
    /// The pictures' rows in the set, one a pair.
    rows: Vec<usize>,
    views: Vec<View>,
    /// Each anchor's mined negative; empty but for triplets.
    negatives: Vec<u32>,
}

impl LatestBatch {
    /// Reads a step's batch back from the device; `ids` names the rows of the set.
    pub async fn read(
        step: u32,
        outcome: StepOutcome,
        ids: &[PictureId],
    ) -> Result<(Self, BatchMatrix), Breakdown> {
        let StepOutcome { rows, similarities, details, .. } = outcome;
        let views = 2 * rows.len();
        let mut parts = vec![similarities.flatten(0, 1), details.lengths, details.scale.values().inner()];
        parts.extend(details.negatives);
        let mut cells = read(Tensor::cat(parts, 0)).await?;
        let negatives = cells.split_off(views * views + views + 2);
        let negatives: Vec<u32> = negatives.into_iter().map(|index| index as u32).collect();
        let scale = cells.split_off(views * views + views);
        let lengths = cells.split_off(views * views);
        let settings = details.settings;
        let matrix = BatchMatrix {
            step,
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
        Ok((Self { step, rows, views: details.views, negatives }, matrix))
    }

    /// The views that the loss of one anchor compares; `None` where the batch has no such row.
    pub async fn row(&self, anchor: u32, trainer: &Trainer) -> Result<Option<RowViews>, Breakdown> {
        let pairs = self.rows.len();
        let at = anchor as usize;
        if at >= 2 * pairs {
            return Ok(None);
        }
        let mined = self.negatives.get(at).map(|negative| *negative as usize);
        let shown = [at, (at + pairs) % (2 * pairs)].into_iter().chain(mined);
        let (rows, views): (Vec<_>, Vec<_>) =
            shown.map(|view| (self.rows[view % pairs], self.views[view])).unzip();
        let drawn = trainer.render(&rows, &views);
        let side = drawn.dims()[3] as u32;
        Ok(Some(RowViews { step: self.step, anchor, side, rgb: read_rgb(drawn).await? }))
    }
}
