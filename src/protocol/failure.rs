//! What went wrong, as the page's words tell it.

use serde::{Deserialize, Serialize};

use crate::link::Problem;

/// Why an engine may be at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Breakdown {
    /// It says so itself, in a sentence.
    Told(String),
    /// It met a fault of its own or of its device, and nobody foresaw it.
    Unforeseen {
        /// What it met, in words for programmers.
        details: String,
    },
    /// It is gone without a word: the browser ended it.
    Ended,
}

/// Why a network cannot be gone on from, be it a model file's or a snapshot's. Nothing is changed then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelFailure {
    /// The file is larger than [`super::MAX_MODEL_BYTES`].
    TooLarge,
    /// It is no whole safetensors file.
    NotSafetensors,
    /// It holds tensors, but no network of this page.
    Foreign,
    /// It is of a version of the format that is not read here.
    Version {
        /// The file's.
        found: u32,
        /// The latest that is read here.
        newest: u32,
    },
    /// An entry of its metadata is missing or no number.
    Entry(String),
    /// Its settings cannot be understood; the first problem.
    Settings(Problem),
    /// An entry of its metadata is not that of a network that this page could have made.
    Shape(String),
    /// It has taken more steps than any run of this page.
    TooManySteps,
    /// A tensor does not belong to such a network.
    UnknownTensor(String),
    /// A tensor is missing.
    MissingTensor(String),
    /// A tensor has another type or shape than the network needs.
    TensorShape(String),
    /// A tensor holds values that no training leaves there.
    TensorValues(String),
    /// What whitens its map has another type or shape than the network needs.
    WhiteningShape,
    /// What whitens its map holds values that are no numbers.
    WhiteningValues,
    /// It belongs to a network of another shape than the settings ask for.
    OtherNetwork,
    /// The engine stopped while it read it.
    Unread,
}

impl Breakdown {
    /// What only programmers may want to read about it.
    pub fn details(&self) -> Option<&str> {
        match self {
            Self::Unforeseen { details } => Some(details),
            Self::Told(_) | Self::Ended => None,
        }
    }
}
