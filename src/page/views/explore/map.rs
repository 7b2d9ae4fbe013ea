//! The map of the set.

#[cfg(target_arch = "wasm32")]
pub mod canvas;
#[cfg(target_arch = "wasm32")]
pub mod colours;
pub mod kinds;
pub mod state;
#[cfg(target_arch = "wasm32")]
pub mod view;
