//! 3 × 3 convolution and its two gradients, as implicit matrix products.
//!
//! Pictures are stored channels-last, `[batch, height, width, channels]`, so that the three pixels under one
//! row of the kernel are one contiguous *run* of `3 · channels` numbers. All three products work on tiles of
//! [`ROWS`] × [`LANES`] sums, which occupy half of 16 vector registers and leave the other half for the
//! operands; the compiler turns the inner loops into SIMD.

use crate::kernels::geometry::Geometry;

/// Number of rows of a tile.
const ROWS: usize = 4;

/// Number of columns of a tile: two vectors of four.
const LANES: usize = 8;

/// Number of output pixels that the weight gradient sums before writing to memory.
const PIXELS: usize = 64;

type Tile = [[f32; LANES]; ROWS];

impl Geometry {
    fn input_len(&self) -> usize {
        self.size[0] * self.size[1] * self.input
    }

    fn output_len(&self) -> usize {
        self.output_pixels() * self.output
    }

    /// Returns the length of a run: the numbers under one row of the kernel.
    fn run(&self) -> usize {
        3 * self.input
    }

    /// Returns the length of a row of the padded picture.
    fn padded_row(&self) -> usize {
        (self.size[1] + 2) * self.input
    }

    /// Returns the length of the padded picture; tiles may read a little past its end.
    fn padded_len(&self) -> usize {
        (self.size[0] + 2) * self.padded_row() + ROWS
    }

    /// Returns the start in the padded picture of the run under kernel row `ky`, for output pixel `(x, y)`.
    fn run_start(&self, x: usize, y: usize, ky: usize) -> usize {
        (y * self.stride + ky) * self.padded_row() + x * self.stride * self.input
    }
}

/// Computes the convolution.
///
/// # Shapes
/// - `x`: `[batch, height, width, input]`
/// - `weight`: `[output, input, 3, 3]`
/// - result: `[batch, height / stride, width / stride, output]`, rounded up
pub fn forward(x: &[f32], weight: &[f32], geometry: &Geometry) -> Vec<f32> {
    let (run, channels) = (geometry.run(), geometry.output);
    let [height, width] = geometry.output_size();
    let panels =
        Panels::pack(run, channels, |ky, at, channel| weight[weight_index(geometry, ky, at, channel)]);
    let mut padded = vec![0.0; geometry.padded_len()];
    let mut result = vec![0.0; geometry.batch * geometry.output_len()];
    let pictures = x.chunks_exact(geometry.input_len()).zip(result.chunks_exact_mut(geometry.output_len()));
    for (picture, result) in pictures {
        pad(picture, &mut padded, geometry);
        for first in (0..channels).step_by(LANES) {
            let panel = [0, 1, 2].map(|ky| panels.get(ky, first));
            for (x, y) in tiles(width, height) {
                let mut tile = Tile::default();
                for (ky, panel) in panel.iter().enumerate() {
                    let rows = pixels(x, width).map(|x| &padded[geometry.run_start(x, y, ky)..][..run]);
                    multiply(&mut tile, rows, panel);
                }
                for (x, sums) in (x..width).zip(&tile) {
                    let pixel = &mut result[(y * width + x) * channels..][..channels];
                    pixel[first..].iter_mut().zip(sums).for_each(|(value, sum)| *value = *sum);
                }
            }
        }
    }
    result
}

/// Computes the gradient of the input, shaped as `x` in [`forward`], from the `gradient` of the result.
pub fn input_gradient(gradient: &[f32], weight: &[f32], geometry: &Geometry) -> Vec<f32> {
    let (run, channels) = (geometry.run(), geometry.output);
    let [height, width] = geometry.output_size();
    let panels =
        Panels::pack(channels, run, |ky, channel, at| weight[weight_index(geometry, ky, at, channel)]);
    let mut padded = vec![0.0; geometry.padded_len()];
    let mut result = vec![0.0; geometry.batch * geometry.input_len()];
    let pictures =
        gradient.chunks_exact(geometry.output_len()).zip(result.chunks_exact_mut(geometry.input_len()));
    for (gradient, result) in pictures {
        padded.fill(0.0);
        for ky in 0..3 {
            for first in (0..run).step_by(LANES) {
                let panel = panels.get(ky, first);
                for (x, y) in tiles(width, height) {
                    let mut tile = Tile::default();
                    let rows = pixels(x, width).map(|x| &gradient[(y * width + x) * channels..][..channels]);
                    multiply(&mut tile, rows, panel);
                    for (x, sums) in (x..width).zip(&tile) {
                        let start = geometry.run_start(x, y, ky);
                        let places = &mut padded[start + first..start + run];
                        places.iter_mut().zip(sums).for_each(|(value, sum)| *value += *sum);
                    }
                }
            }
        }
        unpad(&padded, result, geometry);
    }
    result
}

/// Computes the gradient of the weight, shaped as `weight` in [`forward`], from the `gradient` of the result.
pub fn weight_gradient(x: &[f32], gradient: &[f32], geometry: &Geometry) -> Vec<f32> {
    let (run, channels) = (geometry.run(), geometry.output);
    let [height, width] = geometry.output_size();
    let band = PIXELS.div_ceil(width);
    let mut padded = vec![0.0; geometry.padded_len()];
    // Tiles may read past the last pixel's channels; these values land in unused lanes.
    let mut gradients = vec![0.0; geometry.output_len() + LANES];
    let mut sums = Panels::zeros(run, channels);
    let pictures = x.chunks_exact(geometry.input_len()).zip(gradient.chunks_exact(geometry.output_len()));
    for (picture, gradient) in pictures {
        pad(picture, &mut padded, geometry);
        gradients[..gradient.len()].copy_from_slice(gradient);
        for top in (0..height).step_by(band) {
            let bottom = (top + band).min(height);
            for (ky, first) in
                (0..3).flat_map(|ky| (0..channels).step_by(LANES).map(move |first| (ky, first)))
            {
                let panel = sums.get_mut(ky, first);
                for (tile_at, panel_rows) in panel.chunks_mut(ROWS).enumerate() {
                    let mut tile = Tile::default();
                    for y in top..bottom {
                        let inputs = &padded[geometry.run_start(0, y, ky) + tile_at * ROWS..];
                        let gradients = &gradients[y * width * channels + first..];
                        let steps = [geometry.stride * geometry.input, channels];
                        correlate(&mut tile, inputs, gradients, steps, width);
                    }
                    for (row, sums) in panel_rows.iter_mut().zip(&tile) {
                        row.iter_mut().zip(sums).for_each(|(value, sum)| *value += *sum);
                    }
                }
            }
        }
    }
    let mut result = vec![0.0; channels * geometry.input * 9];
    for ky in 0..3 {
        for (at, channel) in (0..run).flat_map(|at| (0..channels).map(move |channel| (at, channel))) {
            result[weight_index(geometry, ky, at, channel)] = sums.at(ky, at, channel);
        }
    }
    result
}

/// Returns the index of an output channel's weight at offset `at` of the run under kernel row `ky`.
fn weight_index(geometry: &Geometry, ky: usize, at: usize, channel: usize) -> usize {
    let (kx, input) = (at / geometry.input, at % geometry.input);
    ((channel * geometry.input + input) * 3 + ky) * 3 + kx
}

/// Three matrices, one per kernel row, cut into panels of [`LANES`] columns. Columns that pad the last panel
/// are zero.
struct Panels {
    rows: usize,
    panels: usize,
    numbers: Vec<[f32; LANES]>,
}

impl Panels {
    fn zeros(rows: usize, columns: usize) -> Self {
        let panels = columns.div_ceil(LANES);
        Self { rows, panels, numbers: vec![[0.0; LANES]; 3 * panels * rows] }
    }

    /// Fills the matrices with `value(ky, row, column)`.
    fn pack(rows: usize, columns: usize, value: impl Fn(usize, usize, usize) -> f32) -> Self {
        let mut packed = Self::zeros(rows, columns);
        for ky in 0..3 {
            for column in 0..columns {
                for (row, numbers) in packed.get_mut(ky, column).iter_mut().enumerate() {
                    numbers[column % LANES] = value(ky, row, column);
                }
            }
        }
        packed
    }

    fn start(&self, ky: usize, column: usize) -> usize {
        (ky * self.panels + column / LANES) * self.rows
    }

    /// Returns the panel that holds a column.
    fn get(&self, ky: usize, column: usize) -> &[[f32; LANES]] {
        &self.numbers[self.start(ky, column)..][..self.rows]
    }

    fn get_mut(&mut self, ky: usize, column: usize) -> &mut [[f32; LANES]] {
        let start = self.start(ky, column);
        &mut self.numbers[start..][..self.rows]
    }

    fn at(&self, ky: usize, row: usize, column: usize) -> f32 {
        self.get(ky, column)[row][column % LANES]
    }
}

/// `tile[r][c] += Σ_k rows[r][k] · panel[k][c]`
#[inline(always)]
fn multiply(tile: &mut Tile, rows: [&[f32]; ROWS], panel: &[[f32; LANES]]) {
    let rows = rows.map(|row| &row[..panel.len()]);
    for (k, columns) in panel.iter().enumerate() {
        for (sums, row) in tile.iter_mut().zip(&rows) {
            for (sum, column) in sums.iter_mut().zip(columns) {
                *sum += row[k] * column;
            }
        }
    }
}

/// `tile[r][c] += Σ_pixel inputs[pixel · steps[0] + r] · gradients[pixel · steps[1] + c]`
#[inline(always)]
fn correlate(tile: &mut Tile, inputs: &[f32], gradients: &[f32], steps: [usize; 2], pixels: usize) {
    let mut sums = *tile;
    let inputs = inputs.windows(ROWS).step_by(steps[0]);
    let gradients = gradients.windows(LANES).step_by(steps[1]);
    for (inputs, gradients) in inputs.zip(gradients).take(pixels) {
        for (sums, input) in sums.iter_mut().zip(inputs) {
            for (sum, gradient) in sums.iter_mut().zip(gradients) {
                *sum += input * gradient;
            }
        }
    }
    *tile = sums;
}

/// Returns the first pixel of every tile.
fn tiles(width: usize, height: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..height).flat_map(move |y| (0..width).step_by(ROWS).map(move |x| (x, y)))
}

/// Returns the columns of a tile; the last column repeats past the end of a row.
fn pixels(x: usize, width: usize) -> [usize; ROWS] {
    std::array::from_fn(|row| (x + row).min(width - 1))
}

/// Copies a picture into the middle of a zero border.
fn pad(picture: &[f32], padded: &mut [f32], geometry: &Geometry) {
    let row = geometry.size[1] * geometry.input;
    for (y, values) in picture.chunks_exact(row).enumerate() {
        let start = (y + 1) * geometry.padded_row() + geometry.input;
        padded[start..start + row].copy_from_slice(values);
    }
}

/// Copies a picture out of its border.
fn unpad(padded: &[f32], picture: &mut [f32], geometry: &Geometry) {
    let row = geometry.size[1] * geometry.input;
    for (y, values) in picture.chunks_exact_mut(row).enumerate() {
        let start = (y + 1) * geometry.padded_row() + geometry.input;
        values.copy_from_slice(&padded[start..start + row]);
    }
}
