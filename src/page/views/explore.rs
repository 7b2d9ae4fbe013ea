//! What is near what: map, similarity matrix, and the nearest of a picture.

pub mod map;
pub mod matrix;
pub mod neighbours;
pub mod replay;
#[cfg(target_arch = "wasm32")]
pub mod view;
