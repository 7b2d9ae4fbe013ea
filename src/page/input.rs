//! Drops, presses and held keys.

pub mod drop_zone;
pub mod pointing;
pub mod press;
pub mod selection_range;
