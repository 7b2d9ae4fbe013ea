//! The last reported batch, kept for inspection of its rows.

use crate::{
    augment::View,
    protocol::{Breakdown, RowViews},
    readback::read_rgb,
    train::Trainer,
};

/// A reported batch, whose views are rendered again on request.
pub struct LatestBatch {
    /// Number of steps taken by then.
    pub step: u32,
    /// Rows of the pictures in the set, one per pair.
    pub rows: Vec<usize>,
    /// Augmentations of the views, first views first.
    pub views: Vec<View>,
    /// Mined negative of each anchor; empty except for triplets.
    pub negatives: Vec<u32>,
}

impl LatestBatch {
    /// Returns the views that the loss of one anchor compares; `None` if the batch has no such row.
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
