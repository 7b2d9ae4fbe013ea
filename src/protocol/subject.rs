//! What questions and answers are about.

use serde::{Deserialize, Serialize};
use strum::VariantArray;

/// Names a picture for as long as the page is open; never reused.
pub type PictureId = u32;

/// Names a label: its index in the page's list of label names.
pub type LabelId = u32;

/// Which embeddings of the pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, VariantArray)]
pub enum Stage {
    /// The pictures' own colours, less their mean over the set, without any network.
    Pixels,
    /// Hand-made features, less their mean over the set, without any network.
    Classic,
    /// The encoder with its first random weights.
    Untrained,
    /// The encoder as it is now.
    Trained,
}

impl Stage {
    /// Whether there is no network in it.
    pub fn is_baseline(self) -> bool {
        matches!(self, Self::Pixels | Self::Classic)
    }
}

/// How embeddings become points of a plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MapMethod {
    /// The first two principal components.
    Pca,
    /// t-distributed stochastic neighbour embedding.
    Tsne,
}

/// A picture of the set, or the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// A picture of the set.
    Picture(PictureId),
    /// The query with this number.
    Query(u32),
}

/// Two pictures at one stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Which embeddings.
    pub stage: Stage,
    /// The two.
    pub subjects: [Subject; 2],
}
