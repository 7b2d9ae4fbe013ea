//! Loops over slices, independent of tensors and burn.

pub mod adamw;
mod blur;
pub mod convolution;
pub mod normalisation;
mod resampling;
pub mod views;
