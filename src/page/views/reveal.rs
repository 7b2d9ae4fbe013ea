//! What a run changed, shown when it ends, and as a picture for sharing.

pub mod card;
#[cfg(test)]
mod fixture;
pub mod model;
#[cfg(target_arch = "wasm32")]
pub mod painting;
#[cfg(target_arch = "wasm32")]
pub mod view;
