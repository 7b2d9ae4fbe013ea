//! A step of AdamW, as an operation of burn's backends.

#[cfg(feature = "webgpu")]
use burn::backend::fusion::custom::TensorSpec;
use burn::backend::{Backend, ExtensionType, backend_extension, tensor::FloatTensor};

/// A parameter and its moments after a step, shaped alike.
#[derive(ExtensionType)]
#[extension_type(fusion: cfg(feature = "webgpu"))]
pub struct Moved<B: Backend> {
    /// Value of the parameter.
    pub value: FloatTensor<B>,
    /// Mean of its gradients.
    pub moment_1: FloatTensor<B>,
    /// Mean of its squared gradients.
    pub moment_2: FloatTensor<B>,
}

/// See [`crate::kernels::adamw`].
#[backend_extension(Flex, Cube: cfg(feature = "webgpu"), Fusion: cfg(feature = "webgpu"))]
pub trait ParameterStep: Backend {
    /// Updates a parameter by its gradient; its factors are read from a row of numbers at offset `at`.
    #[fusion(meta = moved_like)]
    fn adamw(
        value: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        moment_1: FloatTensor<Self>,
        moment_2: FloatTensor<Self>,
        factors: FloatTensor<Self>,
        at: usize,
    ) -> Moved<Self>;
}

#[cfg(feature = "webgpu")]
fn moved_like(
    value: &TensorSpec,
    _gradient: &TensorSpec,
    moment_1: &TensorSpec,
    moment_2: &TensorSpec,
    _factors: &TensorSpec,
    _at: &usize,
) -> MovedMetadata {
    MovedMetadata { value: value.clone(), moment_1: moment_1.clone(), moment_2: moment_2.clone() }
}
