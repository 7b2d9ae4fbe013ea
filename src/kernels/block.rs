//! One block of the encoder: a 3 × 3 convolution, batch normalisation and ReLU.

use burn::{backend::Dispatch, tensor::Tensor};

use super::extension::{InferenceKernels, TrainingKernels};

/// Added to a variance before its root is taken.
pub const EPSILON: f64 = 1e-5;

/// Mean and variance of each channel over one batch, `[channels]` each, detached.
pub struct BatchStatistics {
    /// The means.
    pub mean: Tensor<1>,
    /// The variances.
    pub variance: Tensor<1>,
}

/// What a block has learned.
pub struct Weights {
    /// The convolution's, `[output, input, 3, 3]`; padding is 1.
    pub kernel: Tensor<4>,
    /// Factor of every normalised channel, `[output]`.
    pub gamma: Tensor<1>,
    /// Added to every normalised channel, `[output]`.
    pub beta: Tensor<1>,
    /// Pixels from one place of the kernel to the next.
    pub stride: usize,
}

/// Normalises by the batch's own statistics, which come back too.
///
/// # Shapes
/// - `x`: `[batch, input, height, width]`
/// - result: `[batch, output, height / stride, width / stride]`, rounded up
pub fn in_training(x: Tensor<4>, weights: Weights) -> (Tensor<4>, BatchStatistics) {
    let Weights { kernel, gamma, beta, stride } = weights;
    let (y, mean, variance) = Dispatch::block_in_training(
        x.into_dispatch(),
        kernel.into_dispatch(),
        gamma.into_dispatch(),
        beta.into_dispatch(),
        stride,
    );
    let statistics =
        BatchStatistics { mean: Tensor::from_dispatch(mean), variance: Tensor::from_dispatch(variance) };
    (Tensor::from_dispatch(y), statistics)
}

/// Normalises by running statistics. Shapes as in [`in_training`]; no gradients.
pub fn in_use(x: Tensor<4>, weights: Weights, running: BatchStatistics) -> Tensor<4> {
    let Weights { kernel, gamma, beta, stride } = weights;
    Tensor::from_dispatch(Dispatch::block_in_use(
        x.into_dispatch(),
        kernel.into_dispatch(),
        gamma.into_dispatch(),
        beta.into_dispatch(),
        running.mean.into_dispatch(),
        running.variance.into_dispatch(),
        stride,
    ))
}

#[cfg(test)]
mod tests {
    use burn::tensor::{
        Device, TensorData,
        activation::relu,
        module::{batch_norm, batch_norm_train, conv2d},
        ops::ConvOptions,
    };
    use rand::RngExt;

    use super::*;
    use crate::random::{Purpose, generator};

    /// Batch, input and output channels, height, width, stride: the usual and the odd.
    const SHAPES: [[usize; 6]; 5] = [
        [2, 3, 8, 8, 8, 1],
        [3, 8, 16, 8, 8, 2],
        [5, 5, 10, 17, 17, 2],
        [1, 3, 3, 1, 1, 1],
        [2, 4, 9, 5, 7, 2],
    ];

    fn convolve(x: Tensor<4>, kernel: Tensor<4>, stride: usize) -> Tensor<4> {
        conv2d(x, kernel, None, ConvOptions::new([stride; 2], [1, 1], [1, 1], 1))
    }

    fn plain_in_training(x: Tensor<4>, weights: Weights) -> (Tensor<4>, BatchStatistics) {
        let Weights { kernel, gamma, beta, stride } = weights;
        let batch = batch_norm_train(convolve(x, kernel, stride), gamma, beta, EPSILON);
        (relu(batch.output), BatchStatistics { mean: batch.mean, variance: batch.variance })
    }

    fn plain_in_use(x: Tensor<4>, weights: Weights, running: BatchStatistics) -> Tensor<4> {
        let Weights { kernel, gamma, beta, stride } = weights;
        relu(batch_norm(convolve(x, kernel, stride), gamma, beta, running.mean, running.variance, EPSILON))
    }

    struct Case {
        x: Tensor<4>,
        kernel: Tensor<4>,
        gamma: Tensor<1>,
        beta: Tensor<1>,
        /// Weights of the results in a sum, so that every one gets a gradient of its own.
        pull: Tensor<4>,
        stride: usize,
    }

    impl Case {
        fn new([batch, input, output, height, width, stride]: [usize; 6], device: &Device) -> Self {
            let mut rng = generator(3, Purpose::Weights, 0);
            let device = device.clone().autodiff();
            let mut numbers =
                |count: usize| -> Vec<f32> { (0..count).map(|_| rng.random_range(-1.0..1.0)).collect() };
            let mut tensor = |shape: [usize; 4]| {
                Tensor::<4>::from_data(TensorData::new(numbers(shape.iter().product()), shape), &device)
            };
            let channel = |tensor: Tensor<4>| tensor.reshape([output]).require_grad();
            let (rows, columns) = (height.div_ceil(stride), width.div_ceil(stride));
            Self {
                x: tensor([batch, input, height, width]).require_grad(),
                kernel: tensor([output, input, 3, 3]).require_grad(),
                gamma: channel(tensor([1, 1, 1, output])),
                beta: channel(tensor([1, 1, 1, output])),
                pull: tensor([batch, output, rows, columns]),
                stride,
            }
        }

        fn weights(&self) -> Weights {
            let (kernel, gamma, beta) = (self.kernel.clone(), self.gamma.clone(), self.beta.clone());
            Weights { kernel, gamma, beta, stride: self.stride }
        }

        /// The result, the statistics and the gradients of all four inputs.
        fn all(&self, block: impl Fn(Tensor<4>, Weights) -> (Tensor<4>, BatchStatistics)) -> Vec<Vec<f32>> {
            let (y, statistics) = block(self.x.clone(), self.weights());
            let gradients = (y.clone() * self.pull.clone()).sum().backward();
            vec![
                values(y.inner()),
                values(statistics.mean.inner()),
                values(statistics.variance.inner()),
                values(self.x.grad(&gradients).expect("tracked")),
                values(self.kernel.grad(&gradients).expect("tracked")),
                values(self.gamma.grad(&gradients).expect("tracked")),
                values(self.beta.grad(&gradients).expect("tracked")),
            ]
        }
    }

    fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().expect("single precision")
    }

    fn assert_close(a: &[f32], b: &[f32], what: &str) {
        assert_eq!(a.len(), b.len(), "{what}");
        let scale = b.iter().fold(1.0_f32, |largest, value| largest.max(value.abs()));
        for (at, (a, b)) in a.iter().zip(b).enumerate() {
            assert!((a - b).abs() < 2e-4 * scale, "{what} at {at}: {a} instead of {b}");
        }
    }

    fn assert_training_agrees(device: &Device) {
        for shape in SHAPES {
            let names = ["result", "mean", "variance", "of x", "of kernel", "of gamma", "of beta"];
            let own = Case::new(shape, device).all(in_training);
            let plain = Case::new(shape, &Device::flex()).all(plain_in_training);
            for ((own, plain), name) in own.iter().zip(&plain).zip(names) {
                assert_close(own, plain, &format!("{name}, {shape:?}"));
            }
        }
    }

    fn assert_use_agrees(device: &Device) {
        for shape in SHAPES {
            let result = |device: &Device, block: fn(Tensor<4>, Weights, BatchStatistics) -> Tensor<4>| {
                let case = Case::new(shape, device);
                let Weights { kernel, gamma, beta, stride } = case.weights();
                let [gamma, beta] = [gamma, beta].map(Tensor::inner);
                let weights = Weights { kernel: kernel.inner(), gamma, beta, stride };
                let channels = |value: f32| Tensor::full([shape[2]], value, device);
                let running = BatchStatistics { mean: channels(0.3), variance: channels(2.5) };
                values(block(case.x.inner(), weights, running))
            };
            let (own, plain) = (result(device, in_use), result(&Device::flex(), plain_in_use));
            assert_close(&own, &plain, &format!("{shape:?}"));
        }
    }

    #[test]
    fn own_loops_and_plain_operations_agree() {
        assert_training_agrees(&Device::flex());
        assert_use_agrees(&Device::flex());
    }

    #[test]
    #[cfg(feature = "webgpu")]
    fn own_kernels_and_plain_operations_agree() {
        let device = Device::wgpu(burn::tensor::DeviceKind::DefaultDevice);
        assert_training_agrees(&device);
        assert_use_agrees(&device);
    }

    #[test]
    fn without_gradients_the_result_is_the_same() {
        let case = Case::new(SHAPES[1], &Device::flex());
        let Weights { kernel, gamma, beta, stride } = case.weights();
        let weights = Weights { kernel: kernel.inner(), gamma: gamma.inner(), beta: beta.inner(), stride };
        let (untracked, _) = in_training(case.x.clone().inner(), weights);
        let (tracked, _) = in_training(case.x.clone(), case.weights());
        assert_eq!(values(untracked), values(tracked.inner()));
    }
}
