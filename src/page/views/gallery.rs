//! The pictures of the set, and the selection.

pub mod grid;
#[cfg(target_arch = "wasm32")]
pub mod selection_bar;
#[cfg(target_arch = "wasm32")]
pub mod view;
