//! The augmentations that the encoder has learned to ignore.

pub mod model;
#[cfg(target_arch = "wasm32")]
pub mod view;
