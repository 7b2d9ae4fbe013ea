//! The experiment in the browser's own storage.

pub mod persistence;
pub mod saver;
pub mod storage;
