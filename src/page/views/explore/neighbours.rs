//! Nearest neighbours of a picture or a query, and explanations of their similarity.

pub mod explanation;
#[cfg(target_arch = "wasm32")]
pub mod explanation_view;
pub mod occlusion_overlay;
#[cfg(target_arch = "wasm32")]
pub mod query_area;
pub mod search;
#[cfg(target_arch = "wasm32")]
pub mod view;
