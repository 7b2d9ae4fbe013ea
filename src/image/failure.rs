//! Reasons why a file cannot be used as a picture.

use serde::{Deserialize, Serialize};

/// Reason why a file cannot be used as a picture; worded by `page::words`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Failure {
    /// The browser could not open the file.
    Unopened,
    /// The browser could not list the whole folder.
    FolderInPart,
    /// The file is empty.
    Empty,
    /// The contents match no known format.
    UnknownFormat,
    /// The format is known, but this variant of it is not supported.
    UnknownKind {
        /// Name of the format.
        format: String,
    },
    /// A known format that no decoder here supports.
    OtherFormat(ForeignFormat),
    /// The contents start like their format, but are damaged.
    Damaged {
        /// Name of the format.
        format: String,
    },
    /// A drawing that the browser cannot show.
    Drawing,
    /// One of the sides is 0.
    NoPixels,
    /// The sides are longer, or the area is larger, than the limits for decoding.
    TooManyPixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// The beginning of the file does not contain its size.
    HiddenSides,
    /// The decoded picture takes more memory than is available for it.
    TooMuchMemory,
    /// The file is too large for the own decoders, and the browser's cannot read it.
    TooManyBytes,
    /// The decoder took too long.
    TooSlow,
    /// The decoder broke down.
    BrokeDown {
        /// Details, for programmers.
        details: String,
    },
    /// The own decoders could not be loaded, and the browser's cannot read the file.
    NoDecoder {
        /// Reason, for programmers.
        details: String,
    },
    /// A sentence from the code that fetched the file.
    Told(String),
}

/// A format that is known, but not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ForeignFormat {
    /// Photoshop's layers.
    Psd,
    /// A document.
    Pdf,
    /// High dynamic range.
    OpenExr,
    /// JPEG 2000.
    Jpeg2000,
    /// A camera's raw values, without a preview that can be read.
    Raw,
    /// A film.
    Video,
    /// A zip or another archive under the name of a picture, or within a zip.
    Archive,
}

/// A remark on how a file was decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Remark {
    /// Its 16-bit values use fewer bits, so they were scaled to the range in use.
    Scaled,
    /// Only the first of its pages was taken.
    FirstPage,
    /// The preview in a camera's raw file was taken.
    Preview,
    /// The first frame of a video was taken.
    FirstFrame,
}

impl Failure {
    /// Returns the details meant only for programmers.
    pub fn details(&self) -> Option<&str> {
        match self {
            Self::BrokeDown { details } | Self::NoDecoder { details } => Some(details),
            _ => None,
        }
    }
}
