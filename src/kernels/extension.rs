//! Own loops and kernels as operations of burn's backends, with gradients.
//!
//! Pictures are shaped channels-first, as in burn, but stored channels-last, so that a chain of blocks
//! transposes nothing. [`super::flex`] and `cube` hold the implementations for each backend; this module
//! defines the operations and the steps that autodiff records for them.

pub mod adamw;
pub mod lasting;
pub mod matmul;

use burn::backend::{
    Autodiff, Backend, ExtensionType, TensorMetadata,
    autodiff::{
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, OpsKind},
    },
    backend_extension,
    tensor::FloatTensor,
};
#[cfg(feature = "webgpu")]
use burn::{backend::fusion::custom::TensorSpec, tensor::Shape};

#[cfg(feature = "webgpu")]
use super::geometry::Geometry;
use crate::augment::View;

/// Operations with gradients; see [`super::block`].
#[backend_extension(Flex, Cube: cfg(feature = "webgpu"), Autodiff)]
pub trait TrainingKernels: Backend {
    /// Computes result, mean and variance of [`super::block::forward_train`].
    fn block_in_training(
        x: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        stride: usize,
        ghosts: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);
}

/// Operations without gradients.
#[backend_extension(Flex, Cube: cfg(feature = "webgpu"), Fusion: cfg(feature = "webgpu"))]
pub trait InferenceKernels: Backend {
    /// See [`super::block::forward_eval`].
    #[fusion(dtype = x, shape = output_shape(x, kernel, stride))]
    fn block_in_use(
        x: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        mean: FloatTensor<Self>,
        variance: FloatTensor<Self>,
        stride: usize,
    ) -> FloatTensor<Self>;

    /// See [`super::views::resample`].
    #[fusion(dtype = pictures, shape = views_shape(pictures, views))]
    fn resample(
        pictures: FloatTensor<Self>,
        numbers: FloatTensor<Self>,
        at: usize,
        views: usize,
    ) -> FloatTensor<Self>;

    /// See [`super::views::render`]; each backend documents which part of a view it applies.
    #[fusion(dtype = pictures, shape = pictures)]
    fn render(pictures: FloatTensor<Self>, views: Vec<View>) -> FloatTensor<Self>;
}

/// Outputs of a block's forward pass, for the next block and for its own gradient.
#[derive(ExtensionType)]
#[extension_type(fusion: cfg(feature = "webgpu"))]
pub struct BlockOutputs<B: Backend> {
    /// The block's result.
    pub result: FloatTensor<B>,
    /// Mean of every channel, averaged over the ghost batches, `[output]`.
    pub mean: FloatTensor<B>,
    /// Variance of every channel, averaged over the ghost batches, `[output]`.
    pub variance: FloatTensor<B>,
    /// Input of the normalisation, channels-last.
    pub convolved: FloatTensor<B>,
    /// The kernel in the backend's layout, in one or two copies, `[copies, weights]`.
    pub packed: FloatTensor<B>,
    /// Gamma, beta, mean and variance, `[ghosts, 4, output]`.
    pub statistics: FloatTensor<B>,
}

/// Gradients of a block's inputs, except of `x`.
#[derive(ExtensionType)]
#[extension_type(fusion: cfg(feature = "webgpu"))]
pub struct BlockGradients<B: Backend> {
    /// Gradient of the convolution's result, channels-last.
    pub convolved: FloatTensor<B>,
    /// `[output, input, 3, 3]`
    pub kernel: FloatTensor<B>,
    /// `[output]`
    pub gamma: FloatTensor<B>,
    /// `[output]`
    pub beta: FloatTensor<B>,
}

/// Passes of which [`TrainingKernels`] on `Autodiff` consists.
#[backend_extension(Flex, Cube: cfg(feature = "webgpu"), Fusion: cfg(feature = "webgpu"))]
pub trait BlockPasses: Backend {
    /// Computes the result and the values the gradient needs.
    #[fusion(meta = forward_outputs)]
    fn block_forward(
        x: FloatTensor<Self>,
        kernel: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        stride: usize,
        ghosts: usize,
    ) -> BlockOutputs<Self>;

    /// Computes the gradients from that of the result.
    #[fusion(meta = backward_outputs)]
    fn block_backward(
        x: FloatTensor<Self>,
        convolved: FloatTensor<Self>,
        statistics: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        stride: usize,
    ) -> BlockGradients<Self>;

    /// Computes the gradient of a convolution's input, of this height and width, from that of its result.
    #[fusion(dtype = convolved, shape = input_shape(convolved, packed, size))]
    fn input_gradient(
        convolved: FloatTensor<Self>,
        packed: FloatTensor<Self>,
        size: [usize; 2],
        stride: usize,
    ) -> FloatTensor<Self>;
}

#[cfg(feature = "webgpu")]
fn output_shape(x: &Shape, kernel: &Shape, stride: &usize) -> Shape {
    Geometry::new(x.dims(), kernel[0], *stride).output_shape().into()
}

#[cfg(feature = "webgpu")]
fn views_shape(pictures: &Shape, views: &usize) -> Shape {
    let [_, channels, height, width] = pictures.dims();
    [*views, channels, height, width].into()
}

#[cfg(feature = "webgpu")]
fn forward_outputs(
    x: &TensorSpec,
    kernel: &TensorSpec,
    gamma: &TensorSpec,
    _beta: &TensorSpec,
    stride: &usize,
    ghosts: &usize,
) -> BlockOutputsMetadata {
    let geometry = Geometry::new(x.shape.dims(), kernel.shape[0], *stride);
    let [batch, channels, height, width] = geometry.output_shape();
    let spec = |shape: Shape| TensorSpec::new(shape, x.dtype);
    BlockOutputsMetadata {
        result: spec([batch, channels, height, width].into()),
        mean: gamma.clone(),
        variance: gamma.clone(),
        convolved: spec([batch, height, width, channels].into()),
        packed: spec([2, geometry.weights()].into()),
        statistics: spec([*ghosts, 4, channels].into()),
    }
}

#[cfg(feature = "webgpu")]
fn backward_outputs(
    x: &TensorSpec,
    convolved: &TensorSpec,
    _statistics: &TensorSpec,
    _gradient: &TensorSpec,
    _stride: &usize,
) -> BlockGradientsMetadata {
    let [output, input] = [convolved.shape[3], x.shape[1]];
    let spec = |shape: Shape| TensorSpec::new(shape, x.dtype);
    BlockGradientsMetadata {
        convolved: convolved.clone(),
        kernel: spec([output, input, 3, 3].into()),
        gamma: spec([output].into()),
        beta: spec([output].into()),
    }
}

#[cfg(feature = "webgpu")]
fn input_shape(convolved: &Shape, packed: &Shape, [height, width]: &[usize; 2]) -> Shape {
    let input = packed[1] / (9 * convolved[3]);
    [convolved[0], input, *height, *width].into()
}

/// Values of the forward pass that a block's gradient needs.
#[derive(Clone, Debug)]
pub struct BlockState<T> {
    x: T,
    convolved: T,
    packed: T,
    statistics: T,
    size: [usize; 2],
    stride: usize,
}

/// Gradient step that autodiff records for a block.
#[derive(Debug)]
struct BlockStep;

impl<B: Backend + BlockPasses> Backward<B, 4> for BlockStep {
    type State = BlockState<FloatTensor<B>>;

    fn backward(self, ops: Ops<Self::State, 4>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [x, kernel, gamma, beta] = ops.parents;
        let gradient = grads.consume::<B>(&ops.node);
        let BlockState { x: input, convolved, packed, statistics, size, stride } = ops.state;
        let gradients = B::block_backward(input, convolved, statistics, gradient, stride);
        // The pictures, inputs of the first block, need no gradient.
        if let Some(node) = x {
            let gradient = B::input_gradient(gradients.convolved, packed, size, stride);
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
        ghosts: usize,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let nodes = [x.node(), kernel.node(), gamma.node(), beta.node()];
        let x = x.into_primitive();
        let [_, _, height, width] = x.shape().dims();
        let outputs = B::block_forward(
            x.clone(),
            kernel.into_primitive(),
            gamma.into_primitive(),
            beta.into_primitive(),
            stride,
            ghosts,
        );
        let BlockOutputs { result, mean, variance, convolved, packed, statistics } = outputs;
        let state = BlockState { x, convolved, packed, statistics, size: [height, width], stride };
        let result = match BlockStep.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(preparation) => preparation.finish(state, result),
            OpsKind::UnTracked(preparation) => preparation.finish(result),
        };
        (result, FloatTensor::<Self>::new(mean), FloatTensor::<Self>::new(variance))
    }
}

/// Training without tracking: the forward pass alone.
macro_rules! untracked {
    ($($generics:ident)?, $backend:ty) => {
        impl$(<$generics: burn::backend::fusion::FusionBackend + BlockPasses>)? TrainingKernels for $backend {
            fn block_in_training(
                x: FloatTensor<Self>,
                kernel: FloatTensor<Self>,
                gamma: FloatTensor<Self>,
                beta: FloatTensor<Self>,
                stride: usize,
                ghosts: usize,
            ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
                let BlockOutputs { result, mean, variance, .. } =
                    Self::block_forward(x, kernel, gamma, beta, stride, ghosts);
                (result, mean, variance)
            }
        }
    };
}

untracked!(, burn::backend::Flex);
#[cfg(feature = "webgpu")]
untracked!(, burn_cubecl::CubeBackend);
#[cfg(feature = "webgpu")]
untracked!(B, burn::backend::fusion::Fusion<B>);
