//! What went wrong, as the page's words tell it.

use serde::{Deserialize, Serialize};

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

impl Breakdown {
    /// What only programmers may want to read about it.
    pub fn details(&self) -> Option<&str> {
        match self {
            Self::Unforeseen { details } => Some(details),
            Self::Told(_) | Self::Ended => None,
        }
    }
}
