//! The operations that take the time, in the form that suits the device.
//!
//! Each is a function on tensors with two bodies that compute the same: *plain* burn
//! operations, which run anywhere, and own loops for the CPU, which burn calls as one
//! operation ([`extension`]). Tests hold the two against each other.
//!
//! - [`block`]: convolution, batch normalisation and ReLU
//! - [`views`]: everything that happens to a view

pub mod block;
mod cpu;
mod extension;
pub mod views;

use burn::{backend::DispatchDevice, tensor::Device};

/// Whether tensors on the device lie in memory that own loops can reach.
fn is_cpu(device: &Device) -> bool {
    matches!(device.clone().inner().as_dispatch(), DispatchDevice::Flex(_))
}
