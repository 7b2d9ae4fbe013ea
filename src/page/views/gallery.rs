//! The pictures of the set, and the selection.

#[cfg(target_arch = "wasm32")]
pub mod action_bar;
pub mod grid;
#[cfg(target_arch = "wasm32")]
pub mod view;
#[cfg(target_arch = "wasm32")]
pub mod viewer;
