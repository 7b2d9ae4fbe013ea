//! The run in progress: curves, the batch matrix and one row of it, and warnings.

pub mod chance;
#[cfg(target_arch = "wasm32")]
pub mod evaluation_curve;
pub mod health;
#[cfg(target_arch = "wasm32")]
pub mod health_warnings;
#[cfg(target_arch = "wasm32")]
pub mod quantities;
pub mod row;
#[cfg(target_arch = "wasm32")]
pub mod row_view;
#[cfg(target_arch = "wasm32")]
pub mod view;
