//! Helpers common to all launches.

use burn::{
    backend::TensorMetadata,
    tensor::{DType, Shape},
};
use burn_cubecl::{kernel::into_contiguous, ops::numeric::empty_device_contiguous_dtype, tensor::CubeTensor};
use cubecl::{calculate_cube_count_elemwise, prelude::*};

/// Number of units in a workgroup.
pub const UNITS: usize = 64;

/// Launches a kernel on the device of a tensor, with at least this many units: `launch!(kernel, tensor,
/// units, sizes of vectors and arguments…)`.
///
/// A kernel's reads and writes are not checked: each kernel documents why it stays within its tensors, whose
/// shapes the launching function guarantees.
macro_rules! launch {
    ($kernel:ident, $tensor:expr, $units:expr, $($argument:expr),+ $(,)?) => {{
        let (count, dim) = $crate::kernels::gpu::launch::cover($units, $tensor);
        // SAFETY: documented at the kernel.
        unsafe { $kernel::launch_unchecked(&$tensor.client, count, dim, $($argument),+) }
    }};
}
pub(super) use launch;

/// Returns enough workgroups for this many units; units past the last have nothing to do.
pub fn cover(units: usize, tensor: &CubeTensor) -> (CubeCount, CubeDim) {
    let cube = CubeDim::new_1d(UNITS as u32);
    (calculate_cube_count_elemwise(&tensor.client, units, cube), cube)
}

/// Returns a tensor as a kernel's argument.
pub fn argument(tensor: &CubeTensor) -> TensorArg {
    tensor.clone().into_tensor_arg()
}

/// Returns the number of elements per vector, a divisor of `channels`.
pub fn vector_size(channels: usize) -> usize {
    [4, 2].into_iter().find(|size| channels.is_multiple_of(*size)).unwrap_or(1)
}

/// Returns an uninitialised tensor on the device of `like`.
pub fn empty(like: &CubeTensor, shape: impl Into<Shape>) -> CubeTensor {
    empty_device_contiguous_dtype(like.client.clone(), like.device.clone(), shape.into(), DType::F32)
}

/// Returns contiguous channels-last numbers of a tensor shaped channels-first.
pub fn channels_last(tensor: CubeTensor) -> CubeTensor {
    into_contiguous(burn_cubecl::ops::permute_nchw_to_nhwc(tensor))
}

/// Returns channels-last numbers shaped channels-first.
pub fn channels_first(tensor: CubeTensor) -> CubeTensor {
    burn_cubecl::ops::permute_nhwc_to_nchw(tensor)
}

/// Returns a tensor's size along each of its dimensions.
pub fn dims<const D: usize>(tensor: &CubeTensor) -> [usize; D] {
    tensor.shape().dims()
}
