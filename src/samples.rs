//! The built-in sets, with labels that are used only for scoring.

mod fashion;
mod shapes;

pub use fashion::{FASHION, FASHION_LABELS, FASHION_SHEET, fashion};
pub use shapes::{SHAPE_LABELS, SHAPES, shape};

use crate::image::Image;

/// Picture of a built-in set.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Name shown in the gallery.
    pub name: String,
    /// Label of its contents.
    pub label: &'static str,
    /// The picture.
    pub image: Image,
}
