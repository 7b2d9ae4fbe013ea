//! One block of the encoder: a 3 × 3 convolution, batch normalisation and ReLU.

use burn::{backend::Dispatch, tensor::Tensor};

use super::extension::{InferenceKernels, TrainingKernels};

/// Added to a variance before its root is taken.
pub const EPSILON: f64 = 1e-5;

/// Mean and variance of each channel over a batch, averaged over its ghost batches, `[channels]` each,
/// detached.
pub struct BatchStatistics {
    /// Means of the channels.
    pub mean: Tensor<1>,
    /// Variances of the channels.
    pub variance: Tensor<1>,
}

/// Parameters of a block.
pub struct Weights {
    /// Weights of the convolution, `[output, input, 3, 3]`; padding is 1.
    pub kernel: Tensor<4>,
    /// Scale of the normalised channels, `[output]`.
    pub gamma: Tensor<1>,
    /// Shift of the normalised channels, `[output]`.
    pub beta: Tensor<1>,
    /// Stride of the convolution.
    pub stride: usize,
}

/// Computes the block in training: each of `ghosts` ghost batches, consecutive pictures, is normalised by its
/// own statistics, which are returned too (Hoffer, Hubara & Soudry 2017). With one ghost batch this is batch
/// normalisation.
///
/// # Shapes
/// - `x`: `[batch, input, height, width]`, at least one picture per ghost batch; `ghosts` is 1, 2 or 4
/// - result: `[batch, output, height / stride, width / stride]`, rounded up
pub fn forward_train(x: Tensor<4>, weights: Weights, ghosts: usize) -> (Tensor<4>, BatchStatistics) {
    let Weights { kernel, gamma, beta, stride } = weights;
    let (y, mean, variance) = Dispatch::block_in_training(
        x.into_dispatch(),
        kernel.into_dispatch(),
        gamma.into_dispatch(),
        beta.into_dispatch(),
        stride,
        ghosts,
    );
    let statistics =
        BatchStatistics { mean: Tensor::from_dispatch(mean), variance: Tensor::from_dispatch(variance) };
    (Tensor::from_dispatch(y), statistics)
}

/// Computes the block with running statistics. Shapes as in [`forward_train`]; no gradients.
pub fn forward_eval(x: Tensor<4>, weights: Weights, running: BatchStatistics) -> Tensor<4> {
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
    use std::ops::Range;

    use burn::tensor::{
        Device, TensorData,
        activation::relu,
        module::{batch_norm, batch_norm_train, conv2d},
        ops::ConvOptions,
    };
    use rand::RngExt;

    use super::*;
    use crate::{
        kernels::geometry::ghost_batches,
        random::{Purpose, generator},
    };

    /// Batch, input and output channels, height, width, stride: usual and odd sizes, sums over several blocks
    /// on the CPU, and more pixels than groups and bands on the GPU.
    const SHAPES: [[usize; 6]; 7] = [
        [2, 3, 8, 8, 8, 1],
        [3, 8, 16, 8, 8, 2],
        [5, 5, 10, 17, 17, 2],
        [1, 3, 3, 1, 1, 1],
        [2, 4, 9, 5, 7, 2],
        [8, 3, 8, 20, 20, 1],
        [33, 1, 2, 64, 64, 1],
    ];

    fn convolve(x: Tensor<4>, kernel: Tensor<4>, stride: usize) -> Tensor<4> {
        conv2d(x, kernel, None, ConvOptions::new([stride; 2], [1, 1], [1, 1], 1))
    }

    /// Normalises ghost batch by ghost batch.
    fn plain_in_training(x: Tensor<4>, weights: Weights, ghosts: usize) -> (Tensor<4>, BatchStatistics) {
        let Weights { kernel, gamma, beta, stride } = weights;
        let convolved = convolve(x, kernel, stride);
        let normalise = |pictures: Range<usize>| {
            let ghost = convolved.clone().narrow(0, pictures.start, pictures.len());
            batch_norm_train(ghost, gamma.clone(), beta.clone(), EPSILON)
        };
        let all: Vec<_> = ghost_batches(convolved.dims()[0], ghosts).map(normalise).collect();
        let average = |moments: Vec<Tensor<1>>| Tensor::stack::<2>(moments, 0).mean_dim(0).flatten(0, 1);
        let mean = average(all.iter().map(|ghost| ghost.mean.clone()).collect());
        let variance = average(all.iter().map(|ghost| ghost.variance.clone()).collect());
        let result = Tensor::cat(all.into_iter().map(|ghost| ghost.output).collect(), 0);
        (relu(result), BatchStatistics { mean, variance })
    }

    fn plain_forward_eval(x: Tensor<4>, weights: Weights, running: BatchStatistics) -> Tensor<4> {
        let Weights { kernel, gamma, beta, stride } = weights;
        relu(batch_norm(convolve(x, kernel, stride), gamma, beta, running.mean, running.variance, EPSILON))
    }

    struct Case {
        x: Tensor<4>,
        kernel: Tensor<4>,
        gamma: Tensor<1>,
        beta: Tensor<1>,
        /// Weights of the results in a sum, so that each receives a distinct gradient.
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

        /// Returns input and weights without autodiff.
        fn inner(&self) -> (Tensor<4>, Weights) {
            let Weights { kernel, gamma, beta, stride } = self.weights();
            let [gamma, beta] = [gamma, beta].map(Tensor::inner);
            (self.x.clone().inner(), Weights { kernel: kernel.inner(), gamma, beta, stride })
        }

        /// Returns the result, the statistics and the gradients of all four inputs.
        fn all(&self, block: impl Fn(Tensor<4>, Weights) -> (Tensor<4>, BatchStatistics)) -> Vec<Channels> {
            let (y, moments) = block(self.x.clone(), self.weights());
            let gradients = (y.clone() * self.pull.clone()).sum().backward();
            vec![
                of_pictures(y.inner()),
                of_vector(moments.mean.inner()),
                of_vector(moments.variance.inner()),
                of_pictures(self.x.grad(&gradients).expect("tracked")),
                of_kernel(self.kernel.grad(&gradients).expect("tracked")),
                of_vector(self.gamma.grad(&gradients).expect("tracked")),
                of_vector(self.beta.grad(&gradients).expect("tracked")),
            ]
        }
    }

    /// Numbers compared on one scale, channel by channel.
    type Channels = Vec<Vec<f32>>;

    fn of_pictures(tensor: Tensor<4>) -> Channels {
        of_kernel(tensor.swap_dims(0, 1))
    }

    fn of_kernel(tensor: Tensor<4>) -> Channels {
        let [channels, ..] = tensor.dims();
        let values = values(tensor);
        values.chunks(values.len() / channels).map(<[f32]>::to_vec).collect()
    }

    /// One number per channel; the whole vector is compared on one scale.
    fn of_vector(tensor: Tensor<1>) -> Channels {
        vec![values(tensor)]
    }

    fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().expect("single precision")
    }

    /// Asserts agreement to four digits of a channel's root mean square; rounding left over from sums that
    /// cancel out is tolerated.
    fn assert_close(own: &Channels, plain: &Channels, what: &str) {
        assert_eq!(own.len(), plain.len(), "{what}");
        for (channel, (own, plain)) in own.iter().zip(plain).enumerate() {
            assert_eq!(own.len(), plain.len(), "{what}");
            let squares: f32 = plain.iter().map(|value| value * value).sum();
            let allowed = 1e-4 + 2e-4 * (squares / plain.len() as f32).sqrt();
            for (at, (own, plain)) in own.iter().zip(plain).enumerate() {
                let close = (own - plain).abs() < allowed;
                assert!(close, "{what}, channel {channel} at {at}: {own} instead of {plain}");
            }
        }
    }

    fn assert_training_agrees(device: &Device) {
        for shape in SHAPES {
            for ghosts in [1, 2, 4].into_iter().filter(|ghosts| *ghosts <= shape[0]) {
                let names = ["result", "mean", "variance", "of x", "of kernel", "of gamma", "of beta"];
                let own = Case::new(shape, device).all(|x, weights| forward_train(x, weights, ghosts));
                let plain = Case::new(shape, &Device::flex());
                let plain = plain.all(|x, weights| plain_in_training(x, weights, ghosts));
                for ((own, plain), name) in own.iter().zip(&plain).zip(names) {
                    assert_close(own, plain, &format!("{name}, {shape:?}, {ghosts} ghost batches"));
                }
            }
        }
    }

    fn assert_use_agrees(device: &Device) {
        for shape in SHAPES {
            let result = |device: &Device, block: fn(Tensor<4>, Weights, BatchStatistics) -> Tensor<4>| {
                let (x, weights) = Case::new(shape, device).inner();
                of_pictures(block(x, weights, moments(shape[2], device)))
            };
            let (own, plain) = (result(device, forward_eval), result(&Device::flex(), plain_forward_eval));
            assert_close(&own, &plain, &format!("{shape:?}"));
        }
    }

    fn moments(channels: usize, device: &Device) -> BatchStatistics {
        let moment = |value: f32| Tensor::full([channels], value, device);
        BatchStatistics { mean: moment(0.3), variance: moment(2.5) }
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

    /// ReLU must keep a NaN, and an infinite pixel must not affect pixels that are not its neighbours.
    #[test]
    #[cfg(feature = "webgpu")]
    fn own_kernels_keep_nan_and_do_not_spread_it() {
        let device = Device::wgpu(burn::tensor::DeviceKind::DefaultDevice);
        let shape @ [batch, input, output, height, width, _] = SHAPES[0];
        let result = |pixel: f32| {
            let (x, weights) = Case::new(shape, &device).inner();
            let mut pixels = values(x);
            pixels[0] = pixel;
            let x = Tensor::from_data(TensorData::new(pixels, [batch, input, height, width]), &device);
            values(forward_eval(x, weights, moments(output, &device)))
        };
        let usual = result(0.0);
        assert!(result(f32::NAN)[0].is_nan());
        for (at, (with, without)) in result(f32::INFINITY).iter().zip(&usual).enumerate() {
            let picture = at / (output * height * width);
            let near = picture == 0 && at % width < 2 && at / width % height < 2;
            assert!(near || with == without, "{with} instead of {without} at {at}");
        }
    }

    #[test]
    fn result_without_gradients_is_equal() {
        for shape in SHAPES {
            let (x, weights) = Case::new(shape, &Device::flex()).inner();
            let (untracked, _) = forward_train(x.clone(), weights, 1);
            let (_, weights) = Case::new(shape, &Device::flex()).inner();
            let (plain, _) = plain_in_training(x, weights, 1);
            assert_close(&of_pictures(untracked), &of_pictures(plain), &format!("{shape:?}"));
        }
    }
}
