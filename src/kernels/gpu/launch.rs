//! What all launches share.

use burn::{
    backend::TensorMetadata,
    tensor::{DType, Shape},
};
use burn_cubecl::{kernel::into_contiguous, ops::numeric::empty_device_contiguous_dtype, tensor::CubeTensor};
use cubecl::{calculate_cube_count_elemwise, prelude::*};

/// Units in a workgroup.
pub const UNITS: usize = 64;

/// Launches a kernel on the device of a tensor, with at least so many units:
/// `launch!(kernel, tensor, units, sizes of vectors and arguments…)`.
///
/// Nothing checks what a kernel reads and writes: each says itself why it stays within its
/// tensors, whose shapes the function that launches it has made to fit.
macro_rules! launch {
    ($kernel:ident, $tensor:expr, $units:expr, $($argument:expr),+ $(,)?) => {{
        let (count, dim) = $crate::kernels::gpu::launch::cover($units, $tensor);
        // SAFETY: as the kernel says itself.
        unsafe { $kernel::launch_unchecked(&$tensor.client, count, dim, $($argument),+) }
    }};
}
pub(super) use launch;

/// Enough workgroups for so many units; units past the last have nothing to do.
pub fn cover(units: usize, tensor: &CubeTensor) -> (CubeCount, CubeDim) {
    let cube = CubeDim::new_1d(UNITS as u32);
    (calculate_cube_count_elemwise(&tensor.client, units, cube), cube)
}

/// A tensor as a kernel's argument.
pub fn argument(tensor: &CubeTensor) -> TensorArg {
    tensor.clone().into_tensor_arg()
}

/// Numbers in a vector, so that vectors divide `channels`.
pub fn vector_size(channels: usize) -> usize {
    [4, 2].into_iter().find(|size| channels.is_multiple_of(*size)).unwrap_or(1)
}

/// An uninitialised tensor, on the device of `like`.
pub fn empty(like: &CubeTensor, shape: impl Into<Shape>) -> CubeTensor {
    empty_device_contiguous_dtype(like.client.clone(), like.device.clone(), shape.into(), DType::F32)
}

/// A tensor shaped channels-first, as channels-last numbers without gaps.
pub fn channels_last(tensor: CubeTensor) -> CubeTensor {
    into_contiguous(burn_cubecl::ops::permute_nchw_to_nhwc(tensor))
}

/// Channels-last numbers, shaped channels-first.
pub fn channels_first(tensor: CubeTensor) -> CubeTensor {
    burn_cubecl::ops::permute_nhwc_to_nchw(tensor)
}

/// A tensor's size along each of its dimensions.
pub fn dims<const D: usize>(tensor: &CubeTensor) -> [usize; D] {
    tensor.shape().dims()
}
