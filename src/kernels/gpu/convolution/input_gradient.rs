//! Gradient of the convolution with respect to its input: a convolution with the rotated kernel.
//!
//! Pixels whose rows and columns have the same remainder modulo the stride lie under the same places of the
//! kernel: each such class is a separate dense convolution.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::{
    Layer, across, layer,
    tile::{CHANNELS, Pixels, ROWS, Rows, add_products, empty_tile, write_tile},
};
use crate::kernels::{
    geometry::Geometry,
    gpu::launch::{argument, empty, launch, vector_size},
};

/// Computes the gradient of the input, shaped as `x` in [`super::forward`], from the `gradient` of the
/// result.
pub fn input_gradient(gradient: &CubeTensor, packed: &CubeTensor, geometry: &Geometry) -> CubeTensor {
    let Geometry { batch, size: [height, width], stride, .. } = *geometry;
    let result = empty(gradient, [batch, height, width, geometry.input]);
    let (input_size, output_size) = (vector_size(geometry.input), vector_size(geometry.output));
    let vectors = geometry.input / input_size;
    let columns = across(vectors, CHANNELS / input_size);
    let places = batch * height.div_ceil(stride) * width.div_ceil(stride);
    launch!(
        input_gradient_kernel,
        gradient,
        stride * stride * places.div_ceil(ROWS) * (vectors / columns),
        output_size,
        input_size,
        argument(gradient),
        argument(packed),
        argument(&result),
        layer(geometry),
        columns,
        output_size,
    );
    result
}

/// One unit per tile of each class; the rest exit. Rows of a tile past the last pixel write nothing, and
/// output pixels outside the picture are read as the batch's first.
#[cube(launch_unchecked)]
fn input_gradient_kernel<NO: Size, NI: Size>(
    gradient: &Tensor<Vector<f32, NO>>,
    weights: &Tensor<Vector<f32, NI>>,
    result: &mut Tensor<Vector<f32, NI>>,
    layer: Layer,
    #[comptime] columns: usize,
    #[comptime] parts: usize,
) {
    let stride = layer.stride;
    let class_width = (layer.width + layer.stride - 1) / layer.stride;
    let class_height = (layer.height + layer.stride - 1) / layer.stride;
    let vectors = layer.input / result.vector_size();
    let tiles_across = vectors / columns;
    let places = gradient.shape(0) * (class_width * class_height);
    let tiles_down = (places + (ROWS - 1)) / ROWS;
    let first_vector = ABSOLUTE_POS % tiles_across * columns;
    let first_place = ABSOLUTE_POS / tiles_across % tiles_down * ROWS;
    let class = ABSOLUTE_POS / (tiles_across * tiles_down);
    if class >= stride * stride {
        terminate!();
    }
    let (class_y, class_x) = (class / stride, class % stride);
    let rows = Rows::new(first_place, places, class_height, class_width);
    let behind_forward = 9 * layer.output * vectors;
    let mut sums = empty_tile::<NI>(comptime!(ROWS * columns));
    let mut read = Pixels::new();
    for ky in 0..3usize {
        // Skips kernel rows `ky` that lie over these pixels for no output pixel.
        let from_y = class_y + (1 + 2 * stride) - ky;
        if from_y % stride == 0 {
            for kx in 0..3usize {
                let from_x = class_x + (1 + 2 * stride) - kx;
                if from_x % stride == 0 {
                    let (down, across) = (from_y / stride, from_x / stride);
                    #[unroll]
                    for row in 0..ROWS {
                        // Before the first line or column, unsigned numbers wrap around and are too large as
                        // well.
                        let y = rows.ys[row] + down - 2;
                        let x = rows.xs[row] + across - 2;
                        let inside = y < layer.output_height && x < layer.output_width;
                        let line = rows.pictures[row] * layer.output_height + y;
                        read.set(row, line * layer.output_width + x, inside, layer.output_vectors);
                    }
                    add_products::<NO, NI>(
                        &mut sums,
                        gradient,
                        &read,
                        weights,
                        behind_forward + (ky * 3 + kx) * layer.output * vectors + first_vector,
                        vectors,
                        layer.output_vectors,
                        columns,
                        parts,
                    );
                }
            }
        }
    }
    let mut written = Pixels::new();
    #[unroll]
    for row in 0..ROWS {
        let (y, x) = (rows.ys[row] * stride + class_y, rows.xs[row] * stride + class_x);
        let line = rows.pictures[row] * layer.height + y;
        written.set(row, line * layer.width + x, y < layer.height && x < layer.width, vectors);
    }
    write_tile::<NI>(&sums, result, &written, first_vector, columns);
}
