//! Nearest neighbours of a picture, of one changed by hand or of a query, and explanations of their similarity.

pub mod alteration;
#[cfg(target_arch = "wasm32")]
pub mod alteration_view;
pub mod explanation;
#[cfg(target_arch = "wasm32")]
pub mod explanation_view;
pub mod occlusion_overlay;
#[cfg(target_arch = "wasm32")]
pub mod query_area;
pub mod search;
#[cfg(target_arch = "wasm32")]
pub mod view;
