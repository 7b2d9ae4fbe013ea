//! Drops, presses and the keys that are held.

pub mod drop_zone;
pub mod pointing;
pub mod press;
pub mod selection_range;
