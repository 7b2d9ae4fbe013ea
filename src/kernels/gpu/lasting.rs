//! Numbers from one tensor into another.

use burn::backend::TensorMetadata;
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::launch::{argument, launch};

/// Copies a source without gaps into a target without gaps, shaped as it.
pub fn assign(target: &CubeTensor, source: &CubeTensor) {
    launch!(assign_kernel, target, target.shape().num_elements(), argument(source), argument(target));
}

/// One unit a number; the rest leave.
#[cube(launch_unchecked)]
fn assign_kernel(source: &Tensor<f32>, target: &mut Tensor<f32>) {
    let at = ABSOLUTE_POS;
    if at >= target.len() {
        terminate!();
    }
    target[at] = source[at];
}
