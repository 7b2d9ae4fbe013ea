//! A kernel's weights in the order in which the convolution and its gradient read them.

use burn_cubecl::tensor::CubeTensor;
use cubecl::prelude::*;

use super::{Layer, layer};
use crate::kernels::{
    geometry::Geometry,
    gpu::launch::{argument, empty, launch},
};

/// Packs a kernel's weights for [`super::forward`], followed by those for [`super::input_gradient`].
///
/// # Shapes
/// - `kernel`: `[output, input, 3, 3]`
/// - result: `[2, 9 · input · output]`: `[9, input, output]`, then `[9, output, input]`
pub fn pack(kernel: &CubeTensor, geometry: &Geometry) -> CubeTensor {
    let packed = empty(kernel, [2, geometry.weights()]);
    launch!(pack_kernel, kernel, geometry.weights(), argument(kernel), argument(&packed), layer(geometry));
    packed
}

/// One unit per weight; the rest exit.
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
