//! Padding of pixels of few channels to one vector each, so that one read fetches them.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::launch::{argument, channels_last, dims, empty, launch};

/// Number of elements in the vector of a pixel with fewer channels.
const SIZE: usize = 4;

/// Returns the number of elements per vector of a pixel as laid out by [`pixels`].
pub fn vector_size(channels: usize) -> usize {
    if channels < SIZE { SIZE } else { super::launch::vector_size(channels) }
}

/// Returns the number of vectors per such pixel.
pub fn vectors(channels: usize) -> usize {
    channels.div_ceil(vector_size(channels))
}

/// Returns the number of channels per vector; the rest is padding.
pub fn parts(channels: usize) -> usize {
    vector_size(channels).min(channels)
}

/// Returns contiguous channels-last numbers of a tensor shaped channels-first. Fewer than four channels are
/// padded with zeros to four.
///
/// # Shapes
/// - `tensor`: `[batch, channels, height, width]`
/// - result: `[batch, height, width, channels]`, or 4 channels
pub fn pixels(tensor: CubeTensor) -> CubeTensor {
    let [batch, channels, height, width] = dims(&tensor);
    if channels >= SIZE {
        return channels_last(tensor);
    }
    let result = empty(&tensor, [batch, height, width, SIZE]);
    launch!(
        pad_kernel,
        &tensor,
        batch * height * width,
        SIZE,
        argument(&tensor),
        argument(&result),
        channels,
    );
    result
}

/// One unit per pixel; the rest exit.
#[cube(launch_unchecked)]
fn pad_kernel<N: Size>(
    tensor: &Tensor<f32>,
    result: &mut Tensor<Vector<f32, N>>,
    #[comptime] channels: usize,
) {
    let (height, width) = (tensor.shape(2), tensor.shape(3));
    let picture = ABSOLUTE_POS / (height * width);
    if picture >= tensor.shape(0) {
        terminate!();
    }
    let (y, x) = (ABSOLUTE_POS / width % height, ABSOLUTE_POS % width);
    let first = picture * tensor.stride(0) + y * tensor.stride(2) + x * tensor.stride(3);
    let mut pixel = Vector::<f32, N>::new(0.0);
    #[unroll]
    for channel in 0..channels {
        pixel.insert(channel, tensor[first + channel * tensor.stride(1)]);
    }
    result[ABSOLUTE_POS] = pixel;
}
