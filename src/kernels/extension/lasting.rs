//! Tensors that stay where they lie, as operations of burn's backends.

use burn::backend::{Backend, backend_extension, tensor::FloatTensor};

/// See [`crate::kernels::lasting`].
#[backend_extension(Flex, Cube: cfg(feature = "webgpu"), Fusion: cfg(feature = "webgpu"))]
pub trait LastingTensors: Backend {
    /// The tensor with these numbers, uploaded.
    #[fusion(dtype = tensor, shape = tensor)]
    fn refresh(tensor: FloatTensor<Self>, numbers: Vec<f32>) -> FloatTensor<Self>;

    /// The target with the numbers of a source that is shaped alike.
    #[fusion(dtype = target, shape = target)]
    fn assign(target: FloatTensor<Self>, source: FloatTensor<Self>) -> FloatTensor<Self>;

    /// A tensor of the same numbers that does not change with the first.
    #[fusion(dtype = tensor, shape = tensor)]
    fn copy(tensor: FloatTensor<Self>) -> FloatTensor<Self>;
}
