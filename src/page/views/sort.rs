//! Groups, copies, near-duplicates and outliers, search by examples, and choice by quality.

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
pub mod examples;
#[cfg(target_arch = "wasm32")]
mod examples_view;
pub mod filter;
#[cfg(target_arch = "wasm32")]
mod filter_view;
pub mod folders;
#[cfg(target_arch = "wasm32")]
mod move_files;
pub mod picture_groups;
#[cfg(target_arch = "wasm32")]
mod save_files;
#[cfg(target_arch = "wasm32")]
pub mod silhouette_curve;
pub mod state;
#[cfg(target_arch = "wasm32")]
pub mod strip_view;
#[cfg(target_arch = "wasm32")]
pub mod view;
