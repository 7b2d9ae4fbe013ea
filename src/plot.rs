//! Geometry and pixels of plots, independent of canvas and document.

pub mod category;
pub mod chart;
pub mod colour;
pub mod contact_sheet;
pub mod diverging;
pub mod grid;
pub mod map;
pub mod map_names;
pub mod matrix;
pub mod plane;
pub mod shrink;
pub mod ticks;
