//! The built-in sets, each with labels that are used only to score.

mod fashion;
mod shapes;

pub use fashion::{FASHION, FASHION_LABELS, FASHION_SHEET, fashion};
pub use shapes::{SHAPE_LABELS, SHAPES, shape};

use crate::image::Image;

/// A picture of a built-in set.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// What the gallery calls it.
    pub name: String,
    /// What it shows.
    pub label: &'static str,
    /// The picture.
    pub image: Image,
}
