//! The replay of a run: what the network made of the set at moments of it.

pub mod moments;
#[cfg(target_arch = "wasm32")]
pub mod video;
#[cfg(target_arch = "wasm32")]
pub mod view;
