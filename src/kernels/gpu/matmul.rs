//! Products of small matrices.

// CubeCL has no `div_ceil`.
#![allow(clippy::manual_div_ceil)]

use burn::backend::TensorMetadata;
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::launch::{argument, empty, launch};

/// Number of rows and columns of the tile that a unit accumulates.
const TILE: usize = 4;

/// Computes `left · right` over the last two dimensions; all leading dimensions are equal. Both may have any
/// memory layout.
pub fn matmul(left: &CubeTensor, right: &CubeTensor) -> CubeTensor {
    let mut shape = left.shape();
    let rank = shape.num_dims();
    shape[rank - 1] = right.shape()[rank - 1];
    let tiles = shape[rank - 2].div_ceil(TILE) * shape[rank - 1].div_ceil(TILE);
    let matrices: usize = (0..rank - 2).map(|dimension| shape[dimension]).product();
    let result = empty(left, shape);
    launch!(product_kernel, left, matrices * tiles, argument(left), argument(right), argument(&result), rank,);
    result
}

/// One unit per tile of each product; the rest exit. Rows and columns past the last are read as the last, and
/// not written; along the depth, the factors match ([`crate::kernels::matmul`]).
#[cube(launch_unchecked)]
fn product_kernel(
    left: &Tensor<f32>,
    right: &Tensor<f32>,
    result: &mut Tensor<f32>,
    #[comptime] rank: usize,
) {
    let (rows, columns, depth) = (result.shape(rank - 2), result.shape(rank - 1), left.shape(rank - 1));
    let across = (columns + TILE - 1) / TILE;
    let down = (rows + TILE - 1) / TILE;
    let mut matrix = ABSOLUTE_POS / (across * down);
    let row = ABSOLUTE_POS / across % down * TILE;
    let column = ABSOLUTE_POS % across * TILE;
    let mut left_start = 0;
    let mut right_start = 0;
    let mut result_start = 0;
    #[unroll]
    for before in 2..rank {
        let dimension = comptime!(rank - 1 - before);
        let at = matrix % result.shape(dimension);
        matrix /= result.shape(dimension);
        left_start += at * left.stride(dimension);
        right_start += at * right.stride(dimension);
        result_start += at * result.stride(dimension);
    }
    // A nonzero rest means a product past the last.
    if matrix > 0 {
        terminate!();
    }

    let mut lefts = Array::<usize>::new(TILE);
    let mut rights = Array::<usize>::new(TILE);
    #[unroll]
    for i in 0..TILE {
        lefts[i] = left_start + (row + i).min(rows - 1) * left.stride(rank - 2);
        rights[i] = right_start + (column + i).min(columns - 1) * right.stride(rank - 1);
    }
    let mut sums = Array::<f32>::new(TILE * TILE);
    #[unroll]
    for i in 0..TILE * TILE {
        sums[i] = 0.0;
    }
    for at in 0..depth {
        let mut factors = Array::<f32>::new(TILE);
        #[unroll]
        for j in 0..TILE {
            factors[j] = right[rights[j] + at * right.stride(rank - 2)];
        }
        #[unroll]
        for i in 0..TILE {
            let factor = left[lefts[i] + at * left.stride(rank - 1)];
            #[unroll]
            for j in 0..TILE {
                sums[i * TILE + j] += factor * factors[j];
            }
        }
    }
    #[unroll]
    for i in 0..TILE {
        #[unroll]
        for j in 0..TILE {
            if row + i < rows && column + j < columns {
                result[result_start + (row + i) * columns + column + j] = sums[i * TILE + j];
            }
        }
    }
}
