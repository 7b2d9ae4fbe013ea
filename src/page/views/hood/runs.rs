//! Comparison of this visit's runs.

pub mod differences;
#[cfg(target_arch = "wasm32")]
pub mod run_chart;
pub mod run_words;
pub mod state;
#[cfg(target_arch = "wasm32")]
pub mod view;
