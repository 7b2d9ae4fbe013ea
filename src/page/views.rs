//! The pictures, and a folder for each panel: its `view` in the browser, and beside it the data
//! shown.

pub mod gallery;
pub mod groups;
pub mod invariance;
pub mod labels;
pub mod map;
pub mod neighbours;
pub mod runs;
pub mod similarity;
pub mod training;
