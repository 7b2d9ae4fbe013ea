//! Kernels for WebGPU, in CubeCL: each file holds kernels and the functions that launch them.
//!
//! They stay within what every phone supports: 64 invocations and 1 KiB of shared memory per workgroup, at
//! most eight buffers. Sizes are arguments, not compiled in, so layers share their kernels and another width
//! or side needs little recompilation.

pub mod adamw;
pub mod convolution;
pub mod lasting;
pub mod launch;
pub mod matmul;
pub mod normalisation;
pub mod padding;
pub mod views;
mod workgroup;
