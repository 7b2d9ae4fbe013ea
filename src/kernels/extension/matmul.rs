//! Product of two matrices, as an operation of burn's backends, with gradients.

use burn::backend::{
    Autodiff, Backend, TensorMetadata,
    autodiff::{
        checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
        grads::Gradients,
        ops::{Backward, Ops, OpsKind},
    },
    backend_extension,
    tensor::FloatTensor,
};
#[cfg(feature = "webgpu")]
use burn::tensor::Shape;

/// See [`crate::kernels::matmul`].
#[backend_extension(Flex, Cube: cfg(feature = "webgpu"), Fusion: cfg(feature = "webgpu"), Autodiff)]
pub trait MatMul: Backend {
    /// Computes `left · right` over the last two dimensions; all leading dimensions are equal.
    #[fusion(dtype = left, shape = product_shape(left, right))]
    fn matmul(left: FloatTensor<Self>, right: FloatTensor<Self>) -> FloatTensor<Self>;
}

#[cfg(feature = "webgpu")]
fn product_shape(left: &Shape, right: &Shape) -> Shape {
    let mut shape = left.clone();
    let last = shape.num_dims() - 1;
    shape[last] = right[last];
    shape
}

/// Gradient step that autodiff records for a product.
#[derive(Debug)]
struct ProductStep;

impl<B: Backend + MatMul> Backward<B, 2> for ProductStep {
    type State = [FloatTensor<B>; 2];

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _checkpointer: &mut Checkpointer) {
        let [left, right] = ops.parents;
        let gradient = grads.consume::<B>(&ops.node);
        let [of_left, of_right] = ops.state;
        if let Some(node) = left {
            grads.register::<B>(node.id, B::matmul(gradient.clone(), transposed::<B>(of_right)));
        }
        if let Some(node) = right {
            grads.register::<B>(node.id, B::matmul(transposed::<B>(of_left), gradient));
        }
    }
}

fn transposed<B: Backend>(matrices: FloatTensor<B>) -> FloatTensor<B> {
    let last = matrices.shape().num_dims() - 1;
    B::float_swap_dims(matrices, last - 1, last)
}

impl<B: Backend + MatMul, C: CheckpointStrategy> MatMul for Autodiff<B, C> {
    fn matmul(left: FloatTensor<Self>, right: FloatTensor<Self>) -> FloatTensor<Self> {
        let nodes = [left.node(), right.node()];
        let factors = [left, right].map(|factor| factor.into_primitive());
        let [left, right] = factors.clone();
        let result = B::matmul(left, right);
        match ProductStep.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(preparation) => preparation.finish(factors, result),
            OpsKind::UnTracked(preparation) => preparation.finish(result),
        }
    }
}
