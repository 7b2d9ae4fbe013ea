//! The experiment in the browser's own storage.

#[cfg(target_arch = "wasm32")]
pub mod persistence;
#[cfg(target_arch = "wasm32")]
pub mod saver;
pub mod state;
#[cfg(target_arch = "wasm32")]
pub mod storage;
