//! Forward pass of the convolution.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::{
    Layer, across, layer,
    tile::{CHANNELS, Pixels, ROWS, Rows, add_products, empty_tile, write_tile},
};
use crate::kernels::{
    geometry::Geometry,
    gpu::{
        launch::{argument, empty, launch, vector_size},
        padding,
    },
};

/// Computes the convolution.
///
/// # Shapes
/// - `x`: `[batch, height, width, input]`, from [`padding::pixels`]
/// - `packed`: from [`super::pack`]
/// - result: `[batch, height / stride, width / stride, output]`, rounded up
pub fn forward(x: &CubeTensor, packed: &CubeTensor, geometry: &Geometry) -> CubeTensor {
    let [height, width] = geometry.output_size();
    let result = empty(x, [geometry.batch, height, width, geometry.output]);
    let (input_size, output_size) = (padding::vector_size(geometry.input), vector_size(geometry.output));
    let vectors = geometry.output / output_size;
    let columns = across(vectors, CHANNELS / output_size);
    let pixels = geometry.batch * geometry.output_pixels();
    launch!(
        forward_kernel,
        x,
        pixels.div_ceil(ROWS) * (vectors / columns),
        input_size,
        output_size,
        argument(x),
        argument(packed),
        argument(&result),
        layer(geometry),
        columns,
        padding::parts(geometry.input),
    );
    result
}

/// One unit per tile; the rest exit. Rows of a tile past the last pixel, and input pixels outside the
/// picture, read the batch's first pixel and write nothing.
#[cube(launch_unchecked)]
fn forward_kernel<NI: Size, NO: Size>(
    x: &Tensor<Vector<f32, NI>>,
    weights: &Tensor<Vector<f32, NO>>,
    result: &mut Tensor<Vector<f32, NO>>,
    layer: Layer,
    #[comptime] columns: usize,
    #[comptime] parts: usize,
) {
    let vectors = layer.output_vectors;
    let tiles_across = vectors / columns;
    let pixels = x.shape(0) * (layer.output_height * layer.output_width);
    let first_vector = ABSOLUTE_POS % tiles_across * columns;
    let first_pixel = ABSOLUTE_POS / tiles_across * ROWS;
    if first_pixel >= pixels {
        terminate!();
    }
    let rows = Rows::new(first_pixel, pixels, layer.output_height, layer.output_width);
    let (height, width, stride) = (layer.height, layer.width, layer.stride);
    // Input pixel under the kernel's centre, the same for all places of the kernel, as are its products.
    let mut middles = Array::<usize>::new(ROWS);
    #[unroll]
    for row in 0..ROWS {
        middles[row] = (rows.pictures[row] * height + rows.ys[row] * stride) * width + rows.xs[row] * stride;
    }
    let mut sums = empty_tile::<NO>(comptime!(ROWS * columns));
    let mut read = Pixels::new();
    for ky in 0..3usize {
        for kx in 0..3usize {
            #[unroll]
            for row in 0..ROWS {
                // Left of the first column and above the first line, unsigned numbers wrap around and are too
                // large as well.
                let inside =
                    rows.ys[row] * stride + ky - 1 < height && rows.xs[row] * stride + kx - 1 < width;
                let pixel = middles[row] + (ky * width + kx) - (width + 1);
                read.set(row, pixel, inside, layer.input_vectors);
            }
            add_products::<NI, NO>(
                &mut sums,
                x,
                &read,
                weights,
                (ky * 3 + kx) * layer.input * vectors + first_vector,
                vectors,
                layer.input_vectors,
                columns,
                parts,
            );
        }
    }
    let mut written = Pixels::new();
    #[unroll]
    for row in 0..ROWS {
        written.set(row, first_pixel + row, first_pixel + row < pixels, vectors);
    }
    write_tile::<NO>(&sums, result, &written, first_vector, columns);
}
