//! What is told of training steps and of the views that they are taken on.

use serde::{Deserialize, Serialize};

use super::{Floats, PictureId};
use crate::settings::{LossKind, Similarity};

/// What one training step measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepReport {
    /// Counted from 1.
    pub step: u32,
    /// The mean loss over the batch: in nats, of triplets in squared distances.
    pub loss: f32,
    /// How often the positive is the anchor's nearest view in the batch, 0 to 1.
    pub accuracy: f32,
    /// Mean squared distance between the two views of a pair on the unit sphere
    /// (Wang & Isola 2020, α = 2): 0 when they coincide.
    pub alignment: f32,
    /// Log of the mean Gaussian potential of all views, t = 2 (Wang & Isola 2020):
    /// 0 when all coincide, lower when they spread.
    pub uniformity: f32,
    /// What it took, in milliseconds: the mean over the steps that were reported together.
    pub milliseconds: f32,
}

/// The similarities within one training batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchMatrix {
    /// The step that it belongs to.
    pub step: u32,
    /// The anchors' pictures, `n` of them; rows `i` and `i + n` are the views of `pictures[i]`.
    pub pictures: Vec<PictureId>,
    /// Cosine similarities of all views, 2n × 2n, row by row.
    pub cells: Floats,
    /// What turned them into the loss.
    pub details: LossDetails,
}

/// What turned a batch's similarities into its loss.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LossDetails {
    /// The loss.
    pub loss: LossKind,
    /// How it compares projections; triplets always take the cosine.
    pub similarity: Similarity,
    /// The temperature τ at this step, set or learned.
    pub temperature: f32,
    /// The bias that NCE adds to every similarity over τ.
    pub bias: f32,
    /// The margin of triplets, in squared distance.
    pub margin: f32,
    /// Lengths of the projections, `2n`.
    pub lengths: Floats,
    /// The view that is each anchor's negative, `2n` of them; empty but for triplets.
    pub negatives: Vec<u32>,
}

/// The views that the loss of one anchor compares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowViews {
    /// The step that they belong to.
    pub step: u32,
    /// The row of the batch matrix.
    pub anchor: u32,
    /// The side of a view in pixels.
    pub side: u32,
    /// RGB bytes of the anchor, its positive and, for triplets, its mined negative.
    #[serde(with = "serde_bytes")]
    pub rgb: Vec<u8>,
}

/// Views made by the augmentations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Views {
    /// The pictures, each with `views` views.
    pub pictures: Vec<PictureId>,
    /// How many views of each.
    pub views: u32,
    /// The side of a view in pixels.
    pub side: u32,
    /// RGB bytes, picture by picture, view by view, row by row.
    #[serde(with = "serde_bytes")]
    pub rgb: Vec<u8>,
}
