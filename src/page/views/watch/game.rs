//! A game: which of eight pictures is the same, changed? The visitor against the network.

pub mod model;
#[cfg(target_arch = "wasm32")]
pub mod view;
