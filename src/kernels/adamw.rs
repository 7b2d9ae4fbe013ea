//! One step of AdamW (Loshchilov & Hutter 2019), a parameter at a time.
//!
//! The rule is that of burn's `AdamW`. As one operation it takes one dispatch a parameter, and one
//! shader for parameters of every shape. On WebGPU it moves them where they lie (see [`super::lasting`]).

use burn::{
    backend::Dispatch,
    optim::AdaptiveMomentumState,
    tensor::{Tensor, TensorData},
};

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

/// Numbers of a step: both betas and epsilon as in [`AdamW`], what the two means are divided by, as
/// they began with 0, what decay leaves of a parameter, and the learning rate.
pub const FACTORS: usize = 7;

impl AdamW {
    /// Moves a parameter where it lies and its moments too; there are none `before` its first step,
    /// and whoever takes it counts it.
    /// The step's factors stand in a row of numbers from `at` on.
    ///
    /// # Shapes
    /// All tensors but `factors` are shaped as the parameter, and all are without autodiff.
    ///
    /// # Panics
    /// Where one is shaped otherwise.
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
                // Uploaded, since making them on the device would be one more shader to compile.
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

    /// What the step is taken by whose number, counted from 1, is `time`.
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

    /// A step's factors, among other numbers.
    fn factors(rate: f64, time: usize, device: &Device) -> Tensor<1> {
        let numbers = [[0.5; 2].as_slice(), &RULE.factors(rate, time)].concat();
        Tensor::from_data(TensorData::new(numbers, [2 + FACTORS]), device)
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
    fn steps_on_the_cpu_are_those_of_burns_rule() {
        assert_agrees(&Device::flex());
    }

    #[test]
    #[cfg(feature = "webgpu")]
    fn steps_on_webgpu_are_those_of_burns_rule() {
        assert_agrees(&Device::wgpu(burn::tensor::DeviceKind::DefaultDevice));
    }
}
