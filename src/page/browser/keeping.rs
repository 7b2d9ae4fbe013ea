//! The experiment in the browser's own storage.

pub mod keeper;
pub mod persistence;
pub mod storage;
