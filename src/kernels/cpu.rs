//! Loops over slices: no tensors, no burn, nothing but numbers.

pub mod convolution;
pub mod normalisation;
pub mod resampling;
