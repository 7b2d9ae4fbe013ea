//! Drops, presses, held keys and media queries.

pub mod drop_zone;
pub mod media;
pub mod place;
pub mod press;
pub mod selection_range;
