//! What the network is doing: the twins of the current batch, and one picture's nearest.

pub mod game;
pub mod twins;
#[cfg(target_arch = "wasm32")]
pub mod twins_view;
#[cfg(target_arch = "wasm32")]
pub mod view;
