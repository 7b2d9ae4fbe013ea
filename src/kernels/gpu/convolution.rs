//! The 3 × 3 convolution and its two gradients, as implicit matrix products.
//!
//! Pictures lie channels-last, `[batch, height, width, channels]`. Each unit adds up a tile of
//! some pixels by some channels in registers.

// Kernels know no `div_ceil` and no `is_multiple_of`.
#![allow(clippy::manual_div_ceil, clippy::manual_is_multiple_of)]

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::{
    launch::{across, cover, empty, vector_size},
    tile::{add_products, empty_tile},
};
use crate::kernels::geometry::Geometry;

/// Pixels in a tile of pictures.
const ROWS: usize = 8;

/// The most channels in a tile of pictures.
const CHANNELS: usize = 16;

/// The most input channels in a tile of weights.
const INPUTS: usize = 8;

/// Output pixels, about, over which one unit sums a tile of weights.
const PIXELS: usize = 256;

/// The sizes of a layer. They are not compiled into its kernels, so that layers share them.
#[derive(CubeType, CubeLaunch, Clone)]
struct Layer {
    height: usize,
    width: usize,
    input: usize,
    output_height: usize,
    output_width: usize,
    output: usize,
    /// Vectors that the channels of an input and an output pixel make.
    input_vectors: usize,
    output_vectors: usize,
    stride: usize,
}

fn layer(geometry: &Geometry) -> LayerLaunch {
    let Geometry { size: [height, width], input, output, stride, .. } = *geometry;
    let [output_height, output_width] = geometry.output_size();
    let [input_vectors, output_vectors] = [input, output].map(|channels| channels / vector_size(channels));
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

/// Lays a kernel's weights out for [`forward`] and, behind them, for [`input_gradient`].
///
/// # Shapes
/// - `kernel`: `[output, input, 3, 3]`
/// - result: `[2, 9 · input · output]`: `[9, input, output]`, then `[9, output, input]`
pub fn pack(kernel: &CubeTensor, geometry: &Geometry) -> CubeTensor {
    let packed = empty(kernel, [2, geometry.weights()]);
    let (count, dim) = cover(geometry.weights(), kernel);
    let (kernel_arg, packed_arg) = (kernel.clone().into_tensor_arg(), packed.clone().into_tensor_arg());
    let layer = layer(geometry);
    // SAFETY: the kernel stays within both tensors: one unit for each weight, the rest leave.
    unsafe { pack_kernel::launch_unchecked(&kernel.client, count, dim, kernel_arg, packed_arg, layer) };
    packed
}

#[cube(launch_unchecked)]
fn pack_kernel(kernel: &Tensor<f32>, packed: &mut Tensor<f32>, layer: Layer) {
    let inputs = layer.input;
    let outputs = layer.output;
    let weights = 9 * inputs * outputs;
    if ABSOLUTE_POS >= weights {
        terminate!();
    }
    let place = ABSOLUTE_POS % 9;
    let input = ABSOLUTE_POS / 9 % inputs;
    let output = ABSOLUTE_POS / (9 * inputs);
    let value = kernel[ABSOLUTE_POS];
    packed[(place * inputs + input) * outputs + output] = value;
    packed[weights + (place * outputs + output) * inputs + input] = value;
}

/// Convolves.
///
/// # Shapes
/// - `x`: `[batch, height, width, input]`
/// - `packed`: from [`pack`]
/// - result: `[batch, height / stride, width / stride, output]`, rounded up
pub fn forward(x: &CubeTensor, packed: &CubeTensor, geometry: &Geometry) -> CubeTensor {
    let [height, width] = geometry.output_size();
    let result = empty(x, [geometry.batch, height, width, geometry.output]);
    let (input_size, output_size) = (vector_size(geometry.input), vector_size(geometry.output));
    let vectors = geometry.output / output_size;
    let columns = across(vectors, CHANNELS / output_size);
    let pixels = geometry.batch * geometry.output_pixels();
    let (count, dim) = cover(pixels.div_ceil(ROWS) * (vectors / columns), x);
    // SAFETY: rows past the last pixel read the last one's and write nothing; rows outside of
    // the picture read its first pixel and count for nothing.
    unsafe {
        forward_kernel::launch_unchecked(
            &x.client,
            count,
            dim,
            input_size,
            output_size,
            x.clone().into_tensor_arg(),
            packed.clone().into_tensor_arg(),
            result.clone().into_tensor_arg(),
            layer(geometry),
            columns,
        );
    }
    result
}

#[cube(launch_unchecked)]
fn forward_kernel<NI: Size, NO: Size>(
    x: &Tensor<Vector<f32, NI>>,
    weights: &Tensor<Vector<f32, NO>>,
    result: &mut Tensor<Vector<f32, NO>>,
    layer: Layer,
    #[comptime] columns: usize,
) {
    let depth = layer.input_vectors;
    let vectors = layer.output_vectors;
    let tiles_across = vectors / columns;
    let pixels = x.shape(0) * (layer.output_height * layer.output_width);
    let first_vector = ABSOLUTE_POS % tiles_across * columns;
    let first_pixel = ABSOLUTE_POS / tiles_across * ROWS;
    if first_pixel >= pixels {
        terminate!();
    }
    let mut ys = Array::<usize>::new(ROWS);
    let mut xs = Array::<usize>::new(ROWS);
    let mut origins = Array::<usize>::new(ROWS);
    #[unroll]
    for row in 0..ROWS {
        let pixel = min(first_pixel + row, pixels - 1);
        let picture = pixel / (layer.output_height * layer.output_width);
        ys[row] = pixel / layer.output_width % layer.output_height * layer.stride;
        xs[row] = pixel % layer.output_width * layer.stride;
        origins[row] = (picture * layer.height + ys[row]) * layer.width + xs[row];
    }
    let mut sums = empty_tile::<NO>(comptime!(ROWS * columns));
    let mut starts = Array::<usize>::new(ROWS);
    let mut masks = Array::<f32>::new(ROWS);
    for ky in 0..3usize {
        for kx in 0..3usize {
            #[unroll]
            for row in 0..ROWS {
                // Counted from the padding's corner: 1 is the first pixel.
                let (y, at) = (ys[row] + ky, xs[row] + kx);
                let inside = y >= 1 && y <= layer.height && at >= 1 && at <= layer.width;
                let pixel = origins[row] + ky * layer.width + kx - (layer.width + 1);
                starts[row] = select(inside, pixel, 0) * depth;
                masks[row] = select(inside, 1.0, 0.0);
            }
            let weights_start = (ky * 3 + kx) * layer.input * vectors + first_vector;
            add_products::<NI, NO>(
                &mut sums,
                x,
                &starts,
                &masks,
                weights,
                weights_start,
                vectors,
                depth,
                ROWS,
                columns,
            );
        }
    }
    #[unroll]
    for row in 0..ROWS {
        if first_pixel + row < pixels {
            #[unroll]
            for column in 0..columns {
                result[(first_pixel + row) * vectors + first_vector + column] = sums[row * columns + column];
            }
        }
    }
}

/// The gradient of the input, shaped as `x` in [`forward`], from the `gradient` of its result.
pub fn input_gradient(gradient: &CubeTensor, packed: &CubeTensor, geometry: &Geometry) -> CubeTensor {
    let Geometry { batch, size: [height, width], stride, .. } = *geometry;
    let result = empty(gradient, [batch, height, width, geometry.input]);
    let (input_size, output_size) = (vector_size(geometry.input), vector_size(geometry.output));
    let vectors = geometry.input / input_size;
    let columns = across(vectors, CHANNELS / input_size);
    let places = batch * height.div_ceil(stride) * width.div_ceil(stride);
    let (count, dim) = cover(stride * stride * places.div_ceil(ROWS) * (vectors / columns), gradient);
    // SAFETY: as in `forward`.
    unsafe {
        input_gradient_kernel::launch_unchecked(
            &gradient.client,
            count,
            dim,
            output_size,
            input_size,
            gradient.clone().into_tensor_arg(),
            packed.clone().into_tensor_arg(),
            result.clone().into_tensor_arg(),
            layer(geometry),
            columns,
        );
    }
    result
}

/// Pixels whose rows and columns leave the same rest when divided by the stride lie under the
/// same places of the kernel: each such class is a dense convolution of its own.
#[cube(launch_unchecked)]
fn input_gradient_kernel<NO: Size, NI: Size>(
    gradient: &Tensor<Vector<f32, NO>>,
    weights: &Tensor<Vector<f32, NI>>,
    result: &mut Tensor<Vector<f32, NI>>,
    layer: Layer,
    #[comptime] columns: usize,
) {
    let stride = layer.stride;
    let class_width = (layer.width + layer.stride - 1) / layer.stride;
    let class_height = (layer.height + layer.stride - 1) / layer.stride;
    let depth = layer.output_vectors;
    let vectors = layer.input_vectors;
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
    let mut ys = Array::<usize>::new(ROWS);
    let mut xs = Array::<usize>::new(ROWS);
    let mut pictures = Array::<usize>::new(ROWS);
    #[unroll]
    for row in 0..ROWS {
        let place = min(first_place + row, places - 1);
        pictures[row] = place / (class_height * class_width);
        ys[row] = place / class_width % class_height * stride + class_y;
        xs[row] = place % class_width * stride + class_x;
    }
    let mut sums = empty_tile::<NI>(comptime!(ROWS * columns));
    let mut starts = Array::<usize>::new(ROWS);
    let mut masks = Array::<f32>::new(ROWS);
    for ky in 0..3usize {
        // Whether the kernel's row `ky` lies over these pixels for some output pixel.
        if (class_y + (1 + 2 * stride) - ky) % stride == 0 {
            for kx in 0..3usize {
                if (class_x + (1 + 2 * stride) - kx) % stride == 0 {
                    #[unroll]
                    for row in 0..ROWS {
                        let (y, at) = (ys[row] + 1, xs[row] + 1);
                        let (down, along) = ((y - ky) / stride, (at - kx) / stride);
                        let inside =
                            y >= ky && at >= kx && down < layer.output_height && along < layer.output_width;
                        let line = pictures[row] * layer.output_height + down;
                        let pixel = line * layer.output_width + along;
                        starts[row] = select(inside, pixel, 0) * depth;
                        masks[row] = select(inside, 1.0, 0.0);
                    }
                    let behind_forward = 9 * layer.output * layer.input_vectors;
                    let weights_start =
                        behind_forward + (ky * 3 + kx) * layer.output * vectors + first_vector;
                    add_products::<NO, NI>(
                        &mut sums,
                        gradient,
                        &starts,
                        &masks,
                        weights,
                        weights_start,
                        vectors,
                        depth,
                        ROWS,
                        columns,
                    );
                }
            }
        }
    }
    #[unroll]
    for row in 0..ROWS {
        let (y, at) = (ys[row], xs[row]);
        if first_place + row < places && y < layer.height && at < layer.width {
            let line = pictures[row] * layer.height + y;
            #[unroll]
            for column in 0..columns {
                let start = (line * layer.width + at) * vectors + first_vector;
                result[start + column] = sums[row * columns + column];
            }
        }
    }
}

/// The gradient of the kernel, `[output, input, 3, 3]`, from the `gradient` of the result.
///
/// # Shapes
/// - `x`, `gradient`: as `x` and result in [`forward`]
pub fn weight_gradient(x: &CubeTensor, gradient: &CubeTensor, geometry: &Geometry) -> CubeTensor {
    let [height, width] = geometry.output_size();
    let lines = PIXELS.div_ceil(width);
    let bands = (geometry.batch * height).div_ceil(lines);
    let partial = empty(x, [bands, geometry.weights()]);
    let (input_size, output_size) = (vector_size(geometry.input), vector_size(geometry.output));
    let (inputs, vectors) = (geometry.input / input_size, geometry.output / output_size);
    let (rows, columns) = (across(inputs, INPUTS / input_size), across(vectors, CHANNELS / output_size));
    let (count, dim) = cover(bands * 9 * (inputs / rows) * (vectors / columns), x);
    // SAFETY: a unit past the last band leaves; a band ends with the last line.
    unsafe {
        weight_gradient_kernel::launch_unchecked(
            &x.client,
            count,
            dim,
            input_size,
            output_size,
            x.clone().into_tensor_arg(),
            gradient.clone().into_tensor_arg(),
            partial.clone().into_tensor_arg(),
            layer(geometry),
            lines,
            rows,
            columns,
            input_size,
        );
    }
    let result = empty(x, geometry.kernel_shape());
    let (count, dim) = cover(geometry.weights(), x);
    let (partial, sums) = (partial.into_tensor_arg(), result.clone().into_tensor_arg());
    // SAFETY: one unit for each weight, the rest leave.
    unsafe {
        add_bands_kernel::launch_unchecked(&x.client, count, dim, partial, sums, layer(geometry));
    }
    result
}

/// Sums over one band of output lines, for one place of the kernel.
#[cube(launch_unchecked)]
fn weight_gradient_kernel<NI: Size, NO: Size>(
    x: &Tensor<Vector<f32, NI>>,
    gradient: &Tensor<Vector<f32, NO>>,
    partial: &mut Tensor<Vector<f32, NO>>,
    layer: Layer,
    lines_in_band: usize,
    #[comptime] rows: usize,
    #[comptime] columns: usize,
    #[comptime] size: usize,
) {
    let depth = layer.input_vectors;
    let vectors = layer.output_vectors;
    let tiles_across = vectors / columns;
    let tiles_down = depth / rows;
    let first_vector = ABSOLUTE_POS % tiles_across * columns;
    let first_row = ABSOLUTE_POS / tiles_across % tiles_down * rows;
    let place = ABSOLUTE_POS / (tiles_across * tiles_down) % 9;
    let band = ABSOLUTE_POS / (tiles_across * tiles_down * 9);
    let lines = x.shape(0) * layer.output_height;
    if band * lines_in_band >= lines {
        terminate!();
    }
    let (ky, kx) = (place / 3, place % 3);
    let mut sums = empty_tile::<NO>(comptime!(rows * size * columns));
    let end = min((band + 1) * lines_in_band, lines);
    for line in band * lines_in_band..end {
        let picture = line / layer.output_height;
        // Counted from the padding's corner: 1 is the first pixel.
        let y = line % layer.output_height * layer.stride + ky;
        if y >= 1 && y <= layer.height {
            let input_line = (picture * layer.height + y - 1) * layer.width;
            for along in 0..layer.output_width {
                let at = along * layer.stride + kx;
                if at >= 1 && at <= layer.width {
                    let inputs = (input_line + at - 1) * depth + first_row;
                    let outputs = (line * layer.output_width + along) * vectors + first_vector;
                    add_outer_product::<NI, NO>(&mut sums, x, inputs, gradient, outputs, rows, columns, size);
                }
            }
        }
    }
    #[unroll]
    for row in 0..comptime!(rows * size) {
        let input = first_row * size + row;
        let start = ((band * 9 + place) * layer.input + input) * vectors + first_vector;
        #[unroll]
        for column in 0..columns {
            partial[start + column] = sums[row * columns + column];
        }
    }
}

/// `sums[row][column] += inputs[row] · outputs[column]`
#[cube]
#[allow(clippy::too_many_arguments)]
fn add_outer_product<NI: Size, NO: Size>(
    sums: &mut Array<Vector<f32, NO>>,
    inputs: &Tensor<Vector<f32, NI>>,
    first_input: usize,
    outputs: &Tensor<Vector<f32, NO>>,
    first_output: usize,
    #[comptime] rows: usize,
    #[comptime] columns: usize,
    #[comptime] size: usize,
) {
    let mut values = Array::<Vector<f32, NO>>::new(columns);
    #[unroll]
    for column in 0..columns {
        values[column] = outputs[first_output + column];
    }
    #[unroll]
    for row in 0..rows {
        let input = inputs[first_input + row];
        #[unroll]
        for part in 0..size {
            #[unroll]
            for column in 0..columns {
                sums[(row * size + part) * columns + column] +=
                    values[column] * Vector::new(input.extract(part));
            }
        }
    }
}

/// Adds the bands up, and lays the sums out as the kernel's weights lie.
#[cube(launch_unchecked)]
fn add_bands_kernel(partial: &Tensor<f32>, result: &mut Tensor<f32>, layer: Layer) {
    let inputs = layer.input;
    let outputs = layer.output;
    let weights = 9 * inputs * outputs;
    if ABSOLUTE_POS >= weights {
        terminate!();
    }
    let mut sum = 0.0f32;
    for band in 0..partial.shape(0) {
        sum += partial[band * weights + ABSOLUTE_POS];
    }
    let output = ABSOLUTE_POS % outputs;
    let input = ABSOLUTE_POS / outputs % inputs;
    let place = ABSOLUTE_POS / (inputs * outputs);
    result[(output * inputs + input) * 9 + place] = sum;
}
