//! One step of AdamW (Loshchilov & Hutter 2019), a parameter at a time.
//!
//! The rule is that of burn's `AdamW`. As one operation it takes one dispatch a parameter, and one
//! shader for parameters of every shape.

use burn::{
    backend::Dispatch,
    optim::AdaptiveMomentumState,
    tensor::{Tensor, TensorData},
};

#[cfg(feature = "webgpu")]
use cubecl::prelude::*;

use super::extension::adamw::ParameterStep;

/// The constants of AdamW.
#[derive(Clone, Copy, Debug)]
pub struct AdamW {
    /// What remains of the mean of gradients.
    pub beta_1: f32,
    /// What remains of the mean of squared gradients.
    pub beta_2: f32,
    /// Guards against division by zero.
    pub epsilon: f32,
    /// How much a parameter shrinks by itself, as a share of the learning rate.
    pub weight_decay: f32,
}

/// The numbers of one step; on WebGPU an argument of the kernel.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "webgpu", derive(CubeType, CubeLaunch))]
pub struct Factors {
    /// As in [`AdamW`].
    pub beta_1: f32,
    /// As in [`AdamW`].
    pub beta_2: f32,
    /// As in [`AdamW`].
    pub epsilon: f32,
    /// What the means are divided by, because they began with 0.
    pub correction_1: f32,
    pub correction_2: f32,
    /// What decay leaves of a parameter.
    pub kept: f32,
    /// The learning rate.
    pub rate: f32,
}

impl AdamW {
    /// A parameter's next value, and its moments then; none `before` its first step.
    ///
    /// # Shapes
    /// All tensors are shaped as the parameter, and without autodiff.
    ///
    /// # Panics
    /// Where one is shaped otherwise.
    pub fn step<const D: usize>(
        &self,
        rate: f64,
        value: Tensor<D>,
        gradient: Tensor<D>,
        before: Option<AdaptiveMomentumState<D>>,
    ) -> (Tensor<D>, AdaptiveMomentumState<D>) {
        let (time, moment_1, moment_2) = match before {
            Some(before) => (before.time + 1, before.moment_1, before.moment_2),
            None => {
                // Uploaded, since making them on the device would be one more shader to compile.
                let zeros = TensorData::zeros::<f32, _>(value.dims());
                let zeros = Tensor::from_data(zeros, &value.device());
                (1, zeros.clone(), zeros)
            }
        };
        for other in [&gradient, &moment_1, &moment_2] {
            assert_eq!(other.dims(), value.dims(), "a parameter's gradient and moments are shaped as it");
        }
        let moved = Dispatch::adamw(
            value.into_dispatch(),
            gradient.into_dispatch(),
            moment_1.into_dispatch(),
            moment_2.into_dispatch(),
            self.factors(rate, time),
        );
        let [value, moment_1, moment_2] =
            [moved.value, moved.moment_1, moved.moment_2].map(Tensor::from_dispatch);
        (value, AdaptiveMomentumState { time, moment_1, moment_2, max_moment_2: None })
    }

    fn factors(&self, rate: f64, time: usize) -> Factors {
        let Self { beta_1, beta_2, epsilon, weight_decay } = *self;
        let correction = |beta: f32| 1.0 - beta.powi(time as i32);
        Factors {
            beta_1,
            beta_2,
            epsilon,
            correction_1: correction(beta_1),
            correction_2: correction(beta_2),
            kept: (1.0 - rate * f64::from(weight_decay)) as f32,
            rate: rate as f32,
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::{
        optim::{AdamWConfig, AdamWState, Optimizer},
        tensor::Device,
    };

    use super::*;

    const RULE: AdamW = AdamW { beta_1: 0.8, beta_2: 0.95, epsilon: 0.01, weight_decay: 0.02 };

    fn tensor(shape: [usize; 2], seed: f32, device: &Device) -> Tensor<2> {
        let numbers: Vec<f32> =
            (0..shape[0] * shape[1]).map(|at| ((at * at) as f32 * 0.3 + seed).sin()).collect();
        Tensor::from_data(TensorData::new(numbers, shape), device)
    }

    fn values(tensor: Tensor<2>) -> Vec<f32> {
        tensor.into_data().try_into_vec().expect("single precision")
    }

    /// Five steps, beside those of burn's rule on the CPU.
    fn assert_agrees(device: &Device) {
        let burns = AdamWConfig::new()
            .with_beta_1(RULE.beta_1)
            .with_beta_2(RULE.beta_2)
            .with_epsilon(RULE.epsilon)
            .with_weight_decay(RULE.weight_decay)
            .build();
        for shape in [[1, 1], [7, 13], [64, 32]] {
            let (mut own, mut plain) = (tensor(shape, 1.0, device), tensor(shape, 1.0, &Device::flex()));
            let (mut moments, mut state) = (None, None::<AdamWState<2>>);
            for step in 0..5u8 {
                let rate = 0.01 * f64::from(step + 1);
                // One that lies transposed.
                let gradient = |device| tensor([shape[1], shape[0]], f32::from(step), device).transpose();
                let (value, after) = RULE.step(rate, own, gradient(device), moments);
                (own, moments) = (value, Some(after));
                (plain, state) = burns.step(rate, plain, gradient(&Device::flex()), state);
            }
            let (moments, state) = (moments.expect("five steps"), state.expect("five steps").momentum);
            assert_eq!(moments.time, state.time);
            let pairs =
                [(own, plain), (moments.moment_1, state.moment_1), (moments.moment_2, state.moment_2)];
            for (own, plain) in pairs {
                let (own, plain) = (values(own), values(plain));
                assert_eq!(own.len(), plain.len());
                for (own, plain) in own.iter().zip(plain) {
                    assert!((own - plain).abs() < 1e-6, "{shape:?}: {own} instead of {plain}");
                }
            }
        }
    }

    #[test]
    #[should_panic(expected = "shaped as it")]
    fn a_gradient_of_another_shape_is_refused() {
        let device = Device::flex();
        RULE.step(0.01, tensor([2, 3], 1.0, &device), tensor([3, 2], 1.0, &device), None);
    }

    #[test]
    fn steps_on_the_cpu_are_those_of_burns_rule() {
        assert_agrees(&Device::flex());
    }

    #[test]
    #[cfg(feature = "webgpu")]
    fn steps_on_webgpu_are_those_of_burns_rule() {
        assert_agrees(&Device::wgpu(burn::tensor::DeviceKind::DefaultDevice));
    }
}
