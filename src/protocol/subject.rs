//! Subjects of questions and answers.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// Identifier of a picture while the page is open; never reused.
pub type PictureId = u32;

/// Identifier of a label: its index in the page's list of label names.
pub type LabelId = u32;

/// Stage of the embeddings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Stage {
    /// Colours of the pictures, minus their mean over the set, without any network.
    Pixels,
    /// Hand-crafted features, minus their mean over the set, without any network.
    Classic,
    /// The encoder with its initial random weights.
    Untrained,
    /// The encoder in its current state.
    Trained,
}

impl Stage {
    /// Returns whether the stage involves no network.
    pub fn is_baseline(self) -> bool {
        matches!(self, Self::Pixels | Self::Classic)
    }
}

/// Method of projecting embeddings onto a plane.
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
    /// Stage of the embeddings.
    pub stage: Stage,
    /// The two pictures.
    pub subjects: [Subject; 2],
}
