//! One step of AdamW.

use burn::backend::TensorMetadata;
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::launch::{argument, launch};

/// Updates a parameter and its two moments in place, all contiguous and shaped alike; the seven factors are
/// read from `factors` at offset `at`.
pub fn adamw(
    value: &CubeTensor,
    gradient: &CubeTensor,
    moment_1: &CubeTensor,
    moment_2: &CubeTensor,
    factors: &CubeTensor,
    at: usize,
) {
    launch!(
        adamw_kernel,
        value,
        value.shape().num_elements(),
        argument(gradient),
        argument(factors),
        argument(value),
        argument(moment_1),
        argument(moment_2),
        at,
    );
}

/// One unit per number of the parameter; the rest exit. Each reads and writes only its own.
#[cube(launch_unchecked)]
fn adamw_kernel(
    gradient: &Tensor<f32>,
    factors: &Tensor<f32>,
    value: &mut Tensor<f32>,
    moment_1: &mut Tensor<f32>,
    moment_2: &mut Tensor<f32>,
    first: usize,
) {
    let at = ABSOLUTE_POS;
    if at >= value.len() {
        terminate!();
    }
    let slope = gradient[at];
    let (beta_1, beta_2, epsilon) = (factors[first], factors[first + 1], factors[first + 2]);
    let (correction_1, correction_2) = (factors[first + 3], factors[first + 4]);
    let (kept, rate) = (factors[first + 5], factors[first + 6]);
    let mean = moment_1[at] * beta_1 + slope * (1.0 - beta_1);
    let square = moment_2[at] * beta_2 + slope * slope * (1.0 - beta_2);
    let deviation = (square / correction_2).sqrt();
    let direction = mean / correction_1 / (deviation + epsilon);
    value[at] = value[at] * kept - direction * rate;
    moment_1[at] = mean;
    moment_2[at] = square;
}
