//! Kernels for WebGPU, in CubeCL: each file holds kernels and the functions that launch them.
//!
//! They keep to what every phone grants: 64 invocations a workgroup, no shared memory, at
//! most eight buffers. Sizes of a layer are compiled in, numbers of pictures are not.

pub mod convolution;
pub mod launch;
pub mod normalisation;
mod tile;
pub mod views;
