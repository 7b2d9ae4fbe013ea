//! In-place updates of tensors, as operations of burn's backends.

use burn::backend::{Backend, backend_extension, tensor::FloatTensor};

/// See [`crate::kernels::lasting`].
#[backend_extension(Flex, Cube: cfg(feature = "webgpu"), Fusion: cfg(feature = "webgpu"))]
pub trait LastingTensors: Backend {
    /// Uploads numbers into the tensor.
    #[fusion(dtype = tensor, shape = tensor)]
    fn refresh(tensor: FloatTensor<Self>, numbers: Vec<f32>) -> FloatTensor<Self>;

    /// Copies the source into the target, which has the same shape.
    #[fusion(dtype = target, shape = target)]
    fn assign(target: FloatTensor<Self>, source: FloatTensor<Self>) -> FloatTensor<Self>;

    /// Returns a tensor of the same numbers that does not change with the original.
    #[fusion(dtype = tensor, shape = tensor)]
    fn copy(tensor: FloatTensor<Self>) -> FloatTensor<Self>;
}
