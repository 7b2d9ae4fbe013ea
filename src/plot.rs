//! Pure geometry and pixels: what a plot looks like, without any canvas or document.

pub mod category;
pub mod chart;
pub mod colour;
pub mod contact_sheet;
pub mod diverging;
pub mod map;
pub mod matrix;
pub mod shrink;
pub mod ticks;
