//! One step of AdamW.

use crate::kernels::adamw::FACTORS;

/// Returns the parameter and its two moments after a step.
pub fn adamw(
    value: &[f32],
    gradient: &[f32],
    moment_1: &[f32],
    moment_2: &[f32],
    factors: [f32; FACTORS],
) -> [Vec<f32>; 3] {
    let [beta_1, beta_2, epsilon, correction_1, correction_2, kept, rate] = factors;
    let mut moved = Vec::with_capacity(value.len());
    let mut first = Vec::with_capacity(value.len());
    let mut second = Vec::with_capacity(value.len());
    let moments = moment_1.iter().zip(moment_2);
    for ((value, slope), (mean, square)) in value.iter().zip(gradient).zip(moments) {
        let mean = mean * beta_1 + slope * (1.0 - beta_1);
        let square = square * beta_2 + slope * slope * (1.0 - beta_2);
        let direction = mean / correction_1 / ((square / correction_2).sqrt() + epsilon);
        moved.push(value * kept - direction * rate);
        first.push(mean);
        second.push(square);
    }
    [moved, first, second]
}
