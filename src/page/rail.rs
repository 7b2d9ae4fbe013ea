//! The steps on the left, and the training bar.

#[cfg(target_arch = "wasm32")]
pub mod augment_step;
#[cfg(target_arch = "wasm32")]
pub mod encoder_step;
#[cfg(target_arch = "wasm32")]
pub mod images_step;
#[cfg(target_arch = "wasm32")]
pub mod loss_fields;
pub mod operations;
#[cfg(target_arch = "wasm32")]
pub mod step;
#[cfg(target_arch = "wasm32")]
pub mod train_bar;
#[cfg(target_arch = "wasm32")]
pub mod training_step;
#[cfg(target_arch = "wasm32")]
pub mod use_step;
#[cfg(target_arch = "wasm32")]
pub mod view;
