//! Operations that dominate run time or compile time, in the form that suits the device.
//!
//! Each is a function on tensors, which burn dispatches to the backend's implementation as one operation
//! ([`extension`]). Tests compare every implementation with plain burn operations or loops.
//!
//! - [`adamw`]: the optimizer step
//! - [`block`]: convolution, batch normalisation and ReLU
//! - [`lasting`]: tensors updated in place
//! - [`matmul`]: products of small matrices
//! - [`views`]: augmentation of views
//!
//! Implementations:
//! - [`cpu`]: own loops, connected to burn's CPU backend by [`flex`]
//! - `gpu`: own kernels, connected to burn's WebGPU backend by `cube`

pub mod adamw;
pub mod block;
mod cpu;
#[cfg(feature = "webgpu")]
mod cube;
mod extension;
mod flex;
pub mod geometry;
#[cfg(feature = "webgpu")]
mod gpu;
pub mod lasting;
pub mod matmul;
pub mod views;

use burn::{backend::DispatchDevice, tensor::Device};

/// Returns whether the device's tensors are in memory accessible to own loops.
pub(crate) fn is_cpu(device: &Device) -> bool {
    matches!(device.clone().inner().as_dispatch(), DispatchDevice::Flex(_))
}
