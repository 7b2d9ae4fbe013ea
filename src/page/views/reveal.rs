//! What a run changed, shown when it ends.

pub mod model;
#[cfg(target_arch = "wasm32")]
pub mod view;
