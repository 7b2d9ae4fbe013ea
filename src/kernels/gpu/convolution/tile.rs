//! Tile of a result: some pixels by some channels, summed in registers.

use cubecl::prelude::*;

/// Number of pixels in a tile, one per row.
pub const ROWS: usize = 8;

/// Largest number of channels in a tile.
pub const CHANNELS: usize = 16;

/// Pixels of a tile's rows, on a grid that covers every picture.
#[derive(CubeType)]
pub struct Rows {
    pub pictures: Array<usize>,
    pub ys: Array<usize>,
    pub xs: Array<usize>,
}

#[cube]
impl Rows {
    /// Returns the rows from `first` on, of `count` in total, on a grid of `height` × `width`. Rows past the
    /// last lie below the first picture.
    pub fn new(first: usize, count: usize, height: usize, width: usize) -> Rows {
        let mut pictures = Array::<usize>::new(ROWS);
        let mut ys = Array::<usize>::new(ROWS);
        let mut xs = Array::<usize>::new(ROWS);
        // Divisions are slow, so only the first row's place is computed by them.
        let mut picture = first / (height * width);
        let mut y = first / width % height;
        let mut x = first % width;
        #[unroll]
        for row in 0..ROWS {
            let exists = first + row < count;
            pictures[row] = select(exists, picture, 0);
            ys[row] = select(exists, y, height);
            xs[row] = x;
            let ends_line = x + 1 == width;
            let ends_picture = ends_line && y + 1 == height;
            x = select(ends_line, 0, x + 1);
            y = select(ends_picture, 0, select(ends_line, y + 1, y));
            picture = select(ends_picture, picture + 1, picture);
        }
        Rows { pictures, ys, xs }
    }
}

/// Locations in a tensor of the pixels of a tile's rows.
#[derive(CubeType)]
pub struct Pixels {
    /// Start of each pixel, in vectors; 0 if it is outside.
    starts: Array<usize>,
    /// Whether each pixel lies within its picture.
    inside: Array<bool>,
}

#[cube]
impl Pixels {
    pub fn new() -> Pixels {
        Pixels { starts: Array::<usize>::new(ROWS), inside: Array::<bool>::new(ROWS) }
    }

    /// Sets a row's pixel, as an index into the batch, and whether it is `inside` its picture; a pixel has
    /// `depth` vectors.
    pub fn set(&mut self, row: usize, pixel: usize, inside: bool, depth: usize) {
        self.starts[row] = select(inside, pixel, 0) * depth;
        self.inside[row] = inside;
    }
}

/// Returns a tile of zeros.
#[cube]
pub fn empty_tile<N: Size>(#[comptime] count: usize) -> Array<Vector<f32, N>> {
    let mut sums = Array::<Vector<f32, N>>::new(count);
    #[unroll]
    for at in 0..count {
        sums[at] = Vector::new(0.0);
    }
    sums
}

/// `sums[row][column] += Σ_channel source[row][channel] · weights[channel][column]`
///
/// Pixels outside count as 0, whatever is read in their place.
///
/// - `sums`: `ROWS · columns` vectors
/// - `weights_start`: start of the first channel's weights for the first column
/// - `weights_step`: number of vectors from there to the next channel's weights
/// - `depth`: number of vectors per pixel of `source`
/// - `parts`: number of channels per vector
#[cube]
#[allow(clippy::too_many_arguments)]
pub fn add_products<NI: Size, NO: Size>(
    sums: &mut Array<Vector<f32, NO>>,
    source: &Tensor<Vector<f32, NI>>,
    pixels: &Pixels,
    weights: &Tensor<Vector<f32, NO>>,
    weights_start: usize,
    weights_step: usize,
    depth: usize,
    #[comptime] columns: usize,
    #[comptime] parts: usize,
) {
    let zero = Vector::<f32, NI>::new(0.0);
    for at in 0..depth {
        let mut values = Array::<Vector<f32, NI>>::new(ROWS);
        #[unroll]
        for row in 0..ROWS {
            values[row] = select(pixels.inside[row], source[pixels.starts[row] + at], zero);
        }
        #[unroll]
        for part in 0..parts {
            let from = weights_start + (at * parts + part) * weights_step;
            #[unroll]
            for column in 0..columns {
                let weight = weights[from + column];
                #[unroll]
                for row in 0..ROWS {
                    sums[row * columns + column] += weight * Vector::new(values[row].extract(part));
                }
            }
        }
    }
}

/// Writes the rows of a tile that are inside, from `first_vector` of their pixels on.
#[cube]
pub fn write_tile<N: Size>(
    sums: &Array<Vector<f32, N>>,
    result: &mut Tensor<Vector<f32, N>>,
    pixels: &Pixels,
    first_vector: usize,
    #[comptime] columns: usize,
) {
    #[unroll]
    for row in 0..ROWS {
        if pixels.inside[row] {
            #[unroll]
            for column in 0..columns {
                result[pixels.starts[row] + first_vector + column] = sums[row * columns + column];
            }
        }
    }
}
