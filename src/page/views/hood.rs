//! How it works: the curves of the run, a batch and its loss, invariance, and the runs side by side.

pub mod invariance;
pub mod runs;
pub mod training;
#[cfg(target_arch = "wasm32")]
pub mod view;
