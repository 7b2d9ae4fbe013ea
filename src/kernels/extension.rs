//! How burn calls the CPU's own loops: as operations of its `Flex` backend, with gradients.
//!
//! Tensors are shaped channels-first, as burn has them, but lie channels-last in memory:
//! a chain of blocks transposes nothing.

use burn::{
    backend::{
        Autodiff, Backend, Flex, TensorMetadata,
        autodiff::{
            checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
            grads::Gradients,
            ops::{Backward, Ops, OpsKind},
        },
        backend_extension,
        flex::FlexTensor,
        tensor::FloatTensor,
    },
    tensor::TensorData,
};

use super::{
    block::EPSILON,
    cpu::{
        convolution::{self, Geometry},
        normalisation::{self, Normalisation},
        views,
    },
};
use crate::augment::View;

/// Operations with gradients; see [`super::block`].
#[backend_extension(Flex, Autodiff)]
pub trait TrainingKernels: Backend {
    /// Result, mean and variance of [`super::block::in_training`].
    fn block_in_training(
        x: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        stride: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

/// Operations without gradients.
#[backend_extension(Flex)]
pub trait InferenceKernels: Backend {
    /// See [`super::block::in_use`].
    fn block_in_use(
        x: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        stride: usize,
    ) -> FloatTensor<Self>;

    /// See [`super::views::render`].
    fn render(pictures: FloatTensor<Self>, views: Vec<View>) -> FloatTensor<Self>;
}

/// What the gradient of a block needs to know of its forward pass.
#[derive(Clone, Debug)]
pub struct BlockState<T> {
    x: T,
    kernel: T,
    convolved: T,
    gamma: T,
    beta: T,
    mean: T,
    variance: T,
    stride: usize,
}

/// Gradients of a block's inputs.
pub struct BlockGradients<T> {
    x: Option<T>,
    kernel: T,
    gamma: T,
    beta: T,
}

/// The two halves that [`TrainingKernels`] on `Autodiff` is made of.
pub trait BlockPasses: Backend {
    /// The result, and what the gradient will need.
    fn forward(
        x: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        stride: usize,
    ) -> (FloatTensor<Self>, BlockState<FloatTensor<Self>>);

    /// Gradients from that of the result; the input's only if it `reaches_input`.
    fn backward(
        state: &BlockState<FloatTensor<Self>>,
        gradient: FloatTensor<Self>,
        reaches_input: bool,
    ) -> BlockGradients<FloatTensor<Self>>;
}

/// A tensor's numbers, channels last.
fn channels_last(tensor: &FlexTensor) -> FlexTensor {
    tensor.permute(&[0, 2, 3, 1]).to_contiguous()
}

/// A tensor shaped `[batch, channels, height, width]` of numbers that lie channels-last.
fn channels_first(numbers: Vec<f32>, [batch, channels, height, width]: [usize; 4]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(numbers, [batch, height, width, channels])).permute(&[0, 3, 1, 2])
}

fn numbers(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice().expect("contiguous, in single precision")
}

fn flat(numbers: Vec<f32>) -> FlexTensor {
    let count = numbers.len();
    FlexTensor::from_data(TensorData::new(numbers, [count]))
}

/// The convolution that `kernel` makes of `x`.
fn geometry(x: &FlexTensor, kernel: &FlexTensor, stride: usize) -> Geometry {
    let [batch, input, height, width] = x.shape().dims();
    Geometry { batch, size: [height, width], input, output: kernel.shape()[0], stride }
}

/// The shape of a convolution's result.
fn output_shape(geometry: &Geometry) -> [usize; 4] {
    let [height, width] = geometry.output_size();
    [geometry.batch, geometry.output, height, width]
}

impl BlockState<FlexTensor> {
    fn normalisation(&self) -> Normalisation<'_> {
        Normalisation {
            gamma: numbers(&self.gamma),
            beta: numbers(&self.beta),
            mean: numbers(&self.mean),
            variance: numbers(&self.variance),
            epsilon: EPSILON as f32,
        }
    }
}

impl BlockPasses for Flex {
    fn forward(
        x: FlexTensor,
        kernel: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        stride: usize,
    ) -> (FlexTensor, BlockState<FlexTensor>) {
        let geometry = geometry(&x, &kernel, stride);
        let (x, kernel) = (channels_last(&x), kernel.to_contiguous());
        let convolved = convolution::forward(numbers(&x), numbers(&kernel), &geometry);
        let [mean, variance] = normalisation::moments(&convolved, geometry.output).map(flat);
        let (gamma, beta) = (gamma.to_contiguous(), beta.to_contiguous());
        let convolved = flat(convolved);
        let state = BlockState { x, kernel, convolved, gamma, beta, mean, variance, stride };
        let [scale, shift] = state.normalisation().scale_and_shift();
        let result = normalisation::scale_shift_relu(numbers(&state.convolved), &scale, &shift);
        (channels_first(result, output_shape(&geometry)), state)
    }

    fn backward(
        state: &BlockState<FlexTensor>,
        gradient: FlexTensor,
        reaches_input: bool,
    ) -> BlockGradients<FlexTensor> {
        let x_shape = state.x.shape().dims::<4>();
        let [batch, height, width, input] = x_shape;
        let kernel_shape = state.kernel.shape();
        let geometry =
            Geometry { batch, size: [height, width], input, output: kernel_shape[0], stride: state.stride };
        let gradient = channels_last(&gradient);
        let [gradient, gamma, beta] =
            state.normalisation().relu_gradients(numbers(&state.convolved), numbers(&gradient));
        let kernel = convolution::weight_gradient(numbers(&state.x), &gradient, &geometry);
        let x = reaches_input.then(|| {
            let numbers = convolution::input_gradient(&gradient, numbers(&state.kernel), &geometry);
            channels_first(numbers, [batch, input, height, width])
        });
        let kernel = FlexTensor::from_data(TensorData::new(kernel, kernel_shape));
        BlockGradients { x, kernel, gamma: flat(gamma), beta: flat(beta) }
    }
}

impl TrainingKernels for Flex {
    fn block_in_training(
        x: FlexTensor,
        kernel: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        stride: usize,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let (result, state) = Self::forward(x, kernel, gamma, beta, stride);
        (result, state.mean, state.variance)
    }
}

impl InferenceKernels for Flex {
    fn block_in_use(
        x: FlexTensor,
        kernel: FlexTensor,
        gamma: FlexTensor,
        beta: FlexTensor,
        mean: FlexTensor,
        variance: FlexTensor,
        stride: usize,
    ) -> FlexTensor {
        let geometry = geometry(&x, &kernel, stride);
        let convolved =
            convolution::forward(numbers(&channels_last(&x)), numbers(&kernel.to_contiguous()), &geometry);
        let [gamma, beta, mean, variance] =
            [gamma, beta, mean, variance].map(|tensor| tensor.to_contiguous());
        let normalisation = Normalisation {
            gamma: numbers(&gamma),
            beta: numbers(&beta),
            mean: numbers(&mean),
            variance: numbers(&variance),
            epsilon: EPSILON as f32,
        };
        let [scale, shift] = normalisation.scale_and_shift();
        let result = normalisation::scale_shift_relu(&convolved, &scale, &shift);
        channels_first(result, output_shape(&geometry))
    }

    fn render(pictures: FlexTensor, views: Vec<View>) -> FlexTensor {
        let [count, channels, height, width] = pictures.shape().dims();
        let result = views::render(numbers(&pictures.to_contiguous()), height, &views);
        channels_first(result, [count, channels, height, width])
    }
}

/// The gradient step that autodiff records for a block.
#[derive(Debug)]
struct BlockStep;

impl<B: Backend + BlockPasses> Backward<B, 4> for BlockStep {
    type State = BlockState<FloatTensor<B>>;

    fn backward(self, ops: Ops<Self::State, 4>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [x, kernel, gamma, beta] = ops.parents;
        let gradient = grads.consume::<B>(&ops.node);
        let gradients = B::backward(&ops.state, gradient, x.is_some());
        if let Some((node, gradient)) = x.zip(gradients.x) {
            grads.register::<B>(node.id, gradient);
        }
        let rest = [(kernel, gradients.kernel), (gamma, gradients.gamma), (beta, gradients.beta)];
        for (node, gradient) in rest {
            if let Some(node) = node {
                grads.register::<B>(node.id, gradient);
            }
        }
    }
}

impl<B: Backend + BlockPasses, C: CheckpointStrategy> TrainingKernels for Autodiff<B, C> {
    fn block_in_training(
        x: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        stride: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let nodes = [x.node(), kernel.node(), gamma.node(), beta.node()];
        let (result, state) = B::forward(
            x.into_primitive(),
            kernel.into_primitive(),
            gamma.into_primitive(),
            beta.into_primitive(),
            stride,
        );
        let moments = [state.mean.clone(), state.variance.clone()];
        let result = match BlockStep.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(preparation) => preparation.finish(state, result),
            OpsKind::UnTracked(preparation) => preparation.finish(result),
        };
        let [mean, variance] = moments.map(FloatTensor::<Self>::new);
        (result, mean, variance)
    }
}
