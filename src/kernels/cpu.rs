//! Loops over slices: no tensors, no burn, nothing but numbers.

pub mod adamw;
mod blur;
pub mod convolution;
pub mod normalisation;
mod resampling;
pub mod views;
