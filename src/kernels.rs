//! The operations that take the time, of the visitor or of the compiler, in the form that suits the
//! device.
//!
//! Each is a function on tensors; burn calls what computes it as one operation of the backend
//! ([`extension`]). Tests hold every body against plain burn operations or loops.
//!
//! - [`adamw`]: what moves the weights
//! - [`block`]: convolution, batch normalisation and ReLU
//! - [`lasting`]: tensors that stay where they lie while their numbers change
//! - [`matmul`]: small matrices multiplied
//! - [`views`]: everything that happens to a view
//!
//! What computes them:
//! - [`cpu`]: own loops, and [`flex`], which ties them to burn's CPU backend
//! - `gpu`: own kernels, and `cube`, which ties them to burn's WebGPU backend

pub mod adamw;
pub mod block;
mod cpu;
#[cfg(feature = "webgpu")]
mod cube;
mod extension;
mod flex;
mod geometry;
#[cfg(feature = "webgpu")]
mod gpu;
pub mod lasting;
pub mod matmul;
pub mod views;

use burn::{backend::DispatchDevice, tensor::Device};

/// Whether tensors on the device lie in memory that own loops can reach.
pub(crate) fn is_cpu(device: &Device) -> bool {
    matches!(device.clone().inner().as_dispatch(), DispatchDevice::Flex(_))
}
