//! The similarity matrix of the whole set.

#[cfg(target_arch = "wasm32")]
pub mod label_edges;
pub mod model;
#[cfg(target_arch = "wasm32")]
pub mod selected_edges;
#[cfg(target_arch = "wasm32")]
pub mod view;
