//! Classification by a few labels: classifiers on frozen embeddings, and fine-tuning.

pub mod accept;
#[cfg(target_arch = "wasm32")]
pub mod accept_view;
pub mod confusion;
#[cfg(target_arch = "wasm32")]
pub mod confusion_view;
pub mod fine_tuning;
#[cfg(target_arch = "wasm32")]
pub mod label_entry;
pub mod predictions;
#[cfg(target_arch = "wasm32")]
pub mod predictions_view;
pub mod review;
#[cfg(target_arch = "wasm32")]
pub mod review_view;
pub mod state;
#[cfg(target_arch = "wasm32")]
pub mod view;
