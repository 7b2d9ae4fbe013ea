//! The batch that was reported last, kept for whoever looks inside one of its rows.

use crate::{
    augment::View,
    protocol::{Breakdown, RowViews},
    readback::read_rgb,
    train::Trainer,
};

/// A reported batch; its views are drawn again when they are asked for.
pub struct LatestBatch {
    /// After how many steps.
    pub step: u32,
    /// The pictures' rows in the set, one a pair.
    pub rows: Vec<usize>,
    /// What happened to the views, first views first.
    pub views: Vec<View>,
    /// Each anchor's mined negative; empty but for triplets.
    pub negatives: Vec<u32>,
}

impl LatestBatch {
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
