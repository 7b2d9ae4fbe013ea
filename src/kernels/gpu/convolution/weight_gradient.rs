//! Gradient of the convolution with respect to its kernel.
//!
//! Every weight is a sum over all output pixels. Many units sum bands of lines; then the units of a workgroup
//! together join the bands.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::{
    Layer, across, layer,
    tile::{CHANNELS, empty_tile},
};
use crate::kernels::{
    geometry::Geometry,
    gpu::{
        launch::{UNITS, argument, empty, launch, vector_size},
        padding,
        workgroup::workgroup_sum,
    },
};

/// Largest number of input channels in a tile of weights.
const INPUTS: usize = 8;

/// Approximate number of output pixels over which one unit sums a tile of weights.
const PIXELS: usize = 256;

/// Number of output pixels per iteration of the innermost loop: carrying a sum from one iteration to the next
/// has a cost.
const ALONG: usize = 4;

/// Largest number of bands; keeps joining cheap however large the batch.
const BANDS: usize = 512;

/// Largest number of values in all bands together, 32 MiB, unless a single band has more.
const SCRATCH: usize = 1 << 23;

/// Number of weight vectors whose bands one workgroup joins if there are many: enough that neighbours read
/// contiguous memory.
const JOINED: usize = 8;

/// Largest number of bands that one unit joins alone. Sums over a workgroup take rounds in which most of its
/// units wait.
const FEW: usize = 16;

/// Returns the number of output lines per band and the number of bands. A band has about [`PIXELS`] pixels,
/// or more if there would be too many bands.
fn bands(geometry: &Geometry) -> (usize, usize) {
    let [height, width] = geometry.output_size();
    let lines = geometry.batch * height;
    let most = (SCRATCH / geometry.weights()).clamp(1, BANDS);
    let in_band = PIXELS.div_ceil(width).max(lines.div_ceil(most));
    (in_band, lines.div_ceil(in_band))
}

/// Computes the gradient of the kernel, `[output, input, 3, 3]`, from the `gradient` of the result.
///
/// # Shapes
/// - `x`, `gradient`: as `x` and result in [`super::forward`]
pub fn weight_gradient(x: &CubeTensor, gradient: &CubeTensor, geometry: &Geometry) -> CubeTensor {
    let partial = band_sums(x, gradient, geometry);
    let result = empty(x, geometry.kernel_shape());
    let size = vector_size(geometry.output);
    let joined = if bands(geometry).1 > FEW { JOINED } else { UNITS };
    launch!(
        join_bands_kernel,
        x,
        (geometry.weights() / size).div_ceil(joined) * UNITS,
        size,
        argument(&partial),
        argument(&result),
        layer(geometry),
        joined,
    );
    result
}

/// Computes the sums over each band, `[bands, 9 · input · output]`.
fn band_sums(x: &CubeTensor, gradient: &CubeTensor, geometry: &Geometry) -> CubeTensor {
    let (lines, bands) = bands(geometry);
    let partial = empty(x, [bands, geometry.weights()]);
    let (input_size, output_size) = (padding::vector_size(geometry.input), vector_size(geometry.output));
    let (inputs, vectors) = (padding::vectors(geometry.input), geometry.output / output_size);
    let (rows, columns) = (across(inputs, INPUTS / input_size), across(vectors, CHANNELS / output_size));
    launch!(
        band_kernel,
        x,
        bands * 9 * (inputs / rows) * (vectors / columns),
        input_size,
        output_size,
        argument(x),
        argument(gradient),
        argument(&partial),
        layer(geometry),
        lines,
        rows,
        columns,
        padding::parts(geometry.input),
    );
    partial
}

/// Sums over one band of output lines, for one place of the kernel. Units past the last band exit, and the
/// last band ends with the last line.
#[cube(launch_unchecked)]
fn band_kernel<NI: Size, NO: Size>(
    x: &Tensor<Vector<f32, NI>>,
    gradient: &Tensor<Vector<f32, NO>>,
    partial: &mut Tensor<Vector<f32, NO>>,
    layer: Layer,
    lines_in_band: usize,
    #[comptime] rows: usize,
    #[comptime] columns: usize,
    #[comptime] parts: usize,
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
    let mut sums = empty_tile::<NO>(comptime!(rows * parts * columns));
    let end = min((band + 1) * lines_in_band, lines);
    for line in band * lines_in_band..end {
        let picture = line / layer.output_height;
        // Counted from the corner of the padding: 1 is the first pixel.
        let y = line % layer.output_height * layer.stride + ky;
        if y >= 1 && y <= layer.height {
            let input_line = (picture * layer.height + y - 1) * layer.width;
            let mut first = 0usize;
            while first < layer.output_width {
                #[unroll]
                for step in 0..ALONG {
                    let along = first + step;
                    let at = along * layer.stride + kx;
                    let inside = along < layer.output_width && at >= 1 && at <= layer.width;
                    let input_pixel = select(inside, input_line + at - 1, 0);
                    let output_pixel = select(inside, line * layer.output_width + along, 0);
                    add_outer_product::<NI, NO>(
                        &mut sums,
                        x,
                        input_pixel * depth + first_row,
                        gradient,
                        output_pixel * vectors + first_vector,
                        inside,
                        rows,
                        columns,
                        parts,
                    );
                }
                first += ALONG;
            }
        }
    }
    #[unroll]
    for row in 0..comptime!(rows * parts) {
        let input = first_row * parts + row;
        let start = ((band * 9 + place) * layer.input + input) * vectors + first_vector;
        #[unroll]
        for column in 0..columns {
            partial[start + column] = sums[row * columns + column];
        }
    }
}

/// Computes `sums[row][column] += inputs[row] · outputs[column]`; the outputs count as 0 unless `inside`.
#[cube]
#[allow(clippy::too_many_arguments)]
fn add_outer_product<NI: Size, NO: Size>(
    sums: &mut Array<Vector<f32, NO>>,
    inputs: &Tensor<Vector<f32, NI>>,
    first_input: usize,
    outputs: &Tensor<Vector<f32, NO>>,
    first_output: usize,
    inside: bool,
    #[comptime] rows: usize,
    #[comptime] columns: usize,
    #[comptime] parts: usize,
) {
    let zero = Vector::<f32, NO>::new(0.0);
    let mut values = Array::<Vector<f32, NO>>::new(columns);
    #[unroll]
    for column in 0..columns {
        values[column] = select(inside, outputs[first_output + column], zero);
    }
    #[unroll]
    for row in 0..rows {
        let input = inputs[first_input + row];
        #[unroll]
        for part in 0..parts {
            #[unroll]
            for column in 0..columns {
                sums[(row * parts + part) * columns + column] +=
                    values[column] * Vector::new(input.extract(part));
            }
        }
    }
}

/// Sums the bands, `joined` vectors per workgroup, and writes the sums in the kernel's layout. Units past the
/// last vector read the last one and write nothing: none may exit before the workgroup's sum.
#[cube(launch_unchecked)]
fn join_bands_kernel<N: Size>(
    partial: &Tensor<Vector<f32, N>>,
    result: &mut Tensor<f32>,
    layer: Layer,
    #[comptime] joined: usize,
) {
    let inputs = layer.input;
    let outputs = layer.output_vectors;
    let vectors = 9 * inputs * outputs;
    let unit = ABSOLUTE_POS % UNITS;
    let vector = ABSOLUTE_POS / UNITS * joined + unit % joined;
    let read = min(vector, vectors - 1);
    let mut sum = Vector::<f32, N>::new(0.0);
    let mut band = unit / joined;
    while band < partial.shape(0) {
        sum += partial[band * vectors + read];
        band += comptime!(UNITS / joined);
    }
    if comptime!(joined < UNITS) {
        sum = workgroup_sum::<N>(sum, joined);
    }
    if unit < joined && vector < vectors {
        let output = vector % outputs * partial.vector_size();
        let input = vector / outputs % inputs;
        let place = vector / (inputs * outputs);
        #[unroll]
        for part in 0..partial.vector_size() {
            result[((output + part) * inputs + input) * 9 + place] = sum.extract(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_of_bands_is_bounded() {
        for (shape, output) in [([64, 3, 32, 32], 16), ([1024, 64, 96, 96], 128), ([1024, 512, 12, 12], 1024)]
        {
            let geometry = Geometry::new(shape, output, 2);
            let (_, bands) = bands(&geometry);
            assert!(bands <= BANDS && (bands == 1 || bands * geometry.weights() <= SCRATCH), "{shape:?}");
        }
    }
}
