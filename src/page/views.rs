//! The pictures, what a run changed, and a folder for each tab: its `view` in the browser, and beside it the data shown.

pub mod explore;
pub mod gallery;
pub mod hood;
pub mod label;
pub mod reveal;
pub mod sort;
pub mod watch;
