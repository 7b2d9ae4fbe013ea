//! Why a file did not become a picture.

use serde::{Deserialize, Serialize};

/// Why a file did not become a picture; `page::words` says it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Failure {
    /// The browser could not open the file.
    Unopened,
    /// The browser could not list all of the folder.
    FolderInPart,
    /// It holds not a single byte.
    Empty,
    /// Its contents begin as those of no known format.
    UnknownFormat,
    /// Its format is known, this kind of it is not.
    UnknownKind {
        /// The format's name.
        format: String,
    },
    /// It begins as its format does, and goes on as something else.
    Damaged {
        /// The format's name.
        format: String,
    },
    /// It is a drawing that the browser cannot show.
    Drawing,
    /// One of its sides is 0.
    NoPixels,
    /// Its sides are longer, or its area is larger, than what is decoded.
    TooManyPixels {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// Its beginning does not say how large it is.
    HiddenSides,
    /// Decoded, it takes more memory than there is for it.
    TooMuchMemory,
    /// The file itself is too large for the own decoders, and the browser's cannot read it.
    TooManyBytes,
    /// It took its decoder too long.
    TooSlow,
    /// Its decoder broke down.
    BrokeDown {
        /// What broke, in words for programmers.
        details: String,
    },
    /// The own decoders could not be had, and the browser's cannot read it.
    NoDecoder {
        /// Why, in words for programmers.
        details: String,
    },
    /// Whoever fetched it says why, in a sentence.
    Told(String),
}

impl Failure {
    /// What only programmers may want to read about it.
    pub fn details(&self) -> Option<&str> {
        match self {
            Self::BrokeDown { details } | Self::NoDecoder { details } => Some(details),
            _ => None,
        }
    }
}
