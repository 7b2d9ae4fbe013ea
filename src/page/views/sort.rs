//! Groups, near-duplicates and outliers.

pub mod choose;
#[cfg(target_arch = "wasm32")]
pub mod choose_view;
#[cfg(target_arch = "wasm32")]
mod comparison;
#[cfg(target_arch = "wasm32")]
pub mod controls;
#[cfg(target_arch = "wasm32")]
pub mod decisions;
pub mod duplicate_threshold;
#[cfg(target_arch = "wasm32")]
mod move_files;
pub mod picture_groups;
#[cfg(target_arch = "wasm32")]
pub mod silhouette_curve;
pub mod state;
#[cfg(target_arch = "wasm32")]
pub mod strip_view;
#[cfg(target_arch = "wasm32")]
pub mod view;
