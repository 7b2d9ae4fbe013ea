//! The three sections on the left, and the training bar.

#[cfg(target_arch = "wasm32")]
pub mod augment_step;
#[cfg(target_arch = "wasm32")]
pub mod images_step;
#[cfg(target_arch = "wasm32")]
pub mod loss_fields;
#[cfg(target_arch = "wasm32")]
pub mod network_fields;
#[cfg(target_arch = "wasm32")]
pub mod network_step;
pub mod operations;
#[cfg(target_arch = "wasm32")]
pub mod preview;
#[cfg(target_arch = "wasm32")]
pub mod step;
#[cfg(target_arch = "wasm32")]
pub mod train_bar;
#[cfg(target_arch = "wasm32")]
pub mod view;
