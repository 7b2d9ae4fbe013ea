//! One step of AdamW (Loshchilov & Hutter 2019), one parameter at a time.
//!
//! The update is that of burn's `AdamW`. As a single operation it takes one dispatch per parameter and one
//! shader for parameters of every shape. On WebGPU it updates them in place (see [`super::lasting`]).

use burn::{
    backend::Dispatch,
    optim::AdaptiveMomentumState,
    tensor::{Tensor, TensorData},
};

use super::extension::adamw::ParameterStep;

/// Hyperparameters of AdamW.
#[derive(Clone, Copy, Debug)]
pub struct AdamW {
    /// Decay rate of the mean of gradients.
    pub beta_1: f32,
    /// Decay rate of the mean of squared gradients.
    pub beta_2: f32,
    /// Added to the denominator, against division by zero.
    pub epsilon: f32,
    /// Decay of a parameter per step, as a share of the learning rate.
    pub weight_decay: f32,
}

/// Number of factors of a step: both betas and epsilon as in [`AdamW`], the bias corrections by which the two
/// means are divided, the share of a parameter that decay leaves, and the learning rate.
pub const FACTORS: usize = 7;

impl AdamW {
    /// Updates a parameter and its moments in place. `before` is `None` before the parameter's first step;
    /// counting steps is left to the caller. The step's factors are read from a row of numbers at offset
    /// `at`.
    ///
    /// # Shapes
    /// All tensors but `factors` have the parameter's shape, and all are without autodiff.
    ///
    /// # Panics
    /// If a tensor has another shape.
    pub fn step<const D: usize>(
        value: Tensor<D>,
        gradient: Tensor<D>,
        before: Option<AdaptiveMomentumState<D>>,
        factors: &Tensor<1>,
        at: usize,
    ) -> (Tensor<D>, AdaptiveMomentumState<D>) {
        let (time, moment_1, moment_2) = match before {
            Some(before) => (before.time, before.moment_1, before.moment_2),
            None => {
                // Uploaded, since creating them on the device would take another shader.
                let zeros = || {
                    let zeros = TensorData::zeros::<f32, _>(value.dims());
                    Tensor::from_data(zeros, &value.device())
                };
                (0, zeros(), zeros())
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
            factors.clone().into_dispatch(),
            at,
        );
        let [value, moment_1, moment_2] =
            [moved.value, moved.moment_1, moved.moment_2].map(Tensor::from_dispatch);
        (value, AdaptiveMomentumState { time, moment_1, moment_2, max_moment_2: None })
    }

    /// Returns the factors of step number `time`, counted from 1.
    pub fn factors(&self, rate: f64, time: usize) -> [f32; FACTORS] {
        let Self { beta_1, beta_2, epsilon, weight_decay } = *self;
        let correction = |beta: f32| 1.0 - beta.powi(time as i32);
        let kept = (1.0 - rate * f64::from(weight_decay)) as f32;
        [beta_1, beta_2, epsilon, correction(beta_1), correction(beta_2), kept, rate as f32]
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

    /// Returns a step's factors, preceded by other numbers.
    fn factors(rate: f64, time: usize, device: &Device) -> Tensor<1> {
        let numbers = [[0.5; 2].as_slice(), &RULE.factors(rate, time)].concat();
        Tensor::from_data(TensorData::new(numbers, [2 + FACTORS]), device)
    }

    fn values(tensor: Tensor<2>) -> Vec<f32> {
        tensor.into_data().try_into_vec().expect("single precision")
    }

    /// Compares five steps with burn's AdamW on the CPU.
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
                // Transposed in memory.
                let gradient = |device| tensor([shape[1], shape[0]], f32::from(step), device).transpose();
                let factors = factors(rate, usize::from(step) + 1, device);
                let (value, after) = AdamW::step(own, gradient(device), moments, &factors, 2);
                (own, moments) = (value, Some(after));
                (plain, state) = burns.step(rate, plain, gradient(&Device::flex()), state);
            }
            let (moments, state) = (moments.expect("five steps"), state.expect("five steps").momentum);
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
        let factors = factors(0.01, 1, &device);
        AdamW::step(tensor([2, 3], 1.0, &device), tensor([3, 2], 1.0, &device), None, &factors, 2);
    }

    #[test]
    fn steps_on_the_cpu_agree_with_burn() {
        assert_agrees(&Device::flex());
    }

    #[test]
    #[cfg(feature = "webgpu")]
    fn steps_on_webgpu_agree_with_burn() {
        assert_agrees(&Device::wgpu(burn::tensor::DeviceKind::DefaultDevice));
    }
}
