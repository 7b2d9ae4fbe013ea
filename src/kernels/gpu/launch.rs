//! What all launches share.

use burn::{
    backend::TensorMetadata,
    tensor::{DType, Shape},
};
use burn_cubecl::{kernel::into_contiguous, ops::numeric::empty_device_contiguous_dtype, tensor::CubeTensor};
use cubecl::{calculate_cube_count_elemwise, prelude::*};

/// Invocations in a workgroup.
const UNITS: u32 = 64;

/// Enough workgroups for this many units; those past the last have nothing to do.
pub fn cover(units: usize, tensor: &CubeTensor) -> (CubeCount, CubeDim) {
    let cube = CubeDim::new_1d(UNITS);
    (calculate_cube_count_elemwise(&tensor.client, units, cube), cube)
}

/// Numbers in a vector, so that vectors divide `channels`.
pub fn vector_size(channels: usize) -> usize {
    [4, 2].into_iter().find(|size| channels.is_multiple_of(*size)).unwrap_or(1)
}

/// How many vectors stand side by side in a tile: as many as divide `vectors`, up to `most`.
pub fn across(vectors: usize, most: usize) -> usize {
    (1..=most.min(vectors)).rev().find(|count| vectors.is_multiple_of(*count)).unwrap_or(1)
}

/// A tensor of numbers that are yet to be written, on the device of `like`.
pub fn empty<const D: usize>(like: &CubeTensor, shape: [usize; D]) -> CubeTensor {
    let shape = Shape::from(shape);
    empty_device_contiguous_dtype(like.client.clone(), like.device.clone(), shape, DType::F32)
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
