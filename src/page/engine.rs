//! The engine: fetching its code, and starting, hearing and replacing its worker.

pub mod failure;
pub mod supervision;

#[cfg(target_arch = "wasm32")]
pub mod code;
#[cfg(target_arch = "wasm32")]
pub mod link;
#[cfg(target_arch = "wasm32")]
pub mod supervisor;

#[cfg(target_arch = "wasm32")]
pub use handle::Engine;

#[cfg(target_arch = "wasm32")]
mod handle;
