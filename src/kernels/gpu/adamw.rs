//! A step of AdamW.

use burn::backend::TensorMetadata;
use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::launch::{argument, empty, launch};
use crate::kernels::adamw::{Factors, FactorsLaunch};

/// The parameter and its two moments after a step, from tensors without gaps, shaped alike.
pub fn adamw(
    value: &CubeTensor,
    gradient: &CubeTensor,
    moment_1: &CubeTensor,
    moment_2: &CubeTensor,
    factors: &Factors,
) -> [CubeTensor; 3] {
    let Factors { beta_1, beta_2, epsilon, correction_1, correction_2, kept, rate } = *factors;
    let results = [(); 3].map(|()| empty(value, value.shape()));
    let [moved, first, second] = &results;
    launch!(
        adamw_kernel,
        value,
        value.shape().num_elements(),
        argument(value),
        argument(gradient),
        argument(moment_1),
        argument(moment_2),
        argument(moved),
        argument(first),
        argument(second),
        FactorsLaunch::new(beta_1, beta_2, epsilon, correction_1, correction_2, kept, rate),
    );
    results
}

/// One unit for each number of the parameter; the rest leave.
#[cube(launch_unchecked)]
#[allow(clippy::too_many_arguments)]
fn adamw_kernel(
    value: &Tensor<f32>,
    gradient: &Tensor<f32>,
    moment_1: &Tensor<f32>,
    moment_2: &Tensor<f32>,
    moved: &mut Tensor<f32>,
    first: &mut Tensor<f32>,
    second: &mut Tensor<f32>,
    factors: Factors,
) {
    let at = ABSOLUTE_POS;
    if at >= moved.len() {
        terminate!();
    }
    let slope = gradient[at];
    let mean = moment_1[at] * factors.beta_1 + slope * (1.0 - factors.beta_1);
    let square = moment_2[at] * factors.beta_2 + slope * slope * (1.0 - factors.beta_2);
    let deviation = (square / factors.correction_2).sqrt();
    let direction = mean / factors.correction_1 / (deviation + factors.epsilon);
    moved[at] = value[at] * factors.kept - direction * factors.rate;
    first[at] = mean;
    second[at] = square;
}
