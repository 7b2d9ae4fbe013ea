//! 3 × 3 convolution and its two gradients, as implicit matrix products.
//!
//! Pictures are stored channels-last, `[batch, height, width, channels]`. Each unit accumulates a tile of a
//! result in registers: some pixels by some channels ([`tile`]), or some weights.

// CubeCL has no `div_ceil` and no `is_multiple_of`.
#![allow(clippy::manual_div_ceil, clippy::manual_is_multiple_of)]

mod forward;
mod input_gradient;
mod pack;
mod tile;
mod weight_gradient;

use cubecl::prelude::*;
pub use forward::forward;
pub use input_gradient::input_gradient;
pub use pack::pack;
pub use weight_gradient::weight_gradient;

use super::{launch::vector_size, padding};
use crate::kernels::geometry::Geometry;

/// Sizes of a layer. They are not compiled into its kernels, so that layers share them.
#[derive(CubeType, CubeLaunch, Clone)]
struct Layer {
    height: usize,
    width: usize,
    input: usize,
    output_height: usize,
    output_width: usize,
    output: usize,
    /// Number of vectors per input and per output pixel.
    input_vectors: usize,
    output_vectors: usize,
    stride: usize,
}

fn layer(geometry: &Geometry) -> LayerLaunch {
    let Geometry { size: [height, width], input, output, stride, .. } = *geometry;
    let [output_height, output_width] = geometry.output_size();
    let (input_vectors, output_vectors) = (padding::vectors(input), output / vector_size(output));
    LayerLaunch::new(
        height,
        width,
        input,
        output_height,
        output_width,
        output,
        input_vectors,
        output_vectors,
        stride,
    )
}

/// Returns the number of vectors side by side in a tile: the largest divisor of `vectors` up to `most`.
fn across(vectors: usize, most: usize) -> usize {
    (1..=most.min(vectors)).rev().find(|count| vectors.is_multiple_of(*count)).unwrap_or(1)
}
