//! In-place updates of tensors.
//!
//! A recorded step runs on the same memory every time (`train::recording`), so it changes its tensors in
//! place: on WebGPU every holder of such a tensor sees the change. To keep the old values, copy the tensor.
//! On the CPU, where nothing is recorded, results are new tensors.

use burn::{
    backend::Dispatch,
    module::{Module, ModuleMapper, Param},
    tensor::Tensor,
};

use super::extension::lasting::LastingTensors;

/// Uploads numbers into a tensor of the same size, without autodiff.
pub fn refresh<const D: usize>(tensor: Tensor<D>, numbers: Vec<f32>) -> Tensor<D> {
    assert_eq!(tensor.shape().num_elements(), numbers.len(), "a tensor keeps its size");
    Tensor::from_dispatch(Dispatch::refresh(tensor.into_dispatch(), numbers))
}

/// Copies `source` into `target`, which has the same shape; both without autodiff.
pub fn assign<const D: usize>(target: Tensor<D>, source: Tensor<D>) -> Tensor<D> {
    assert_eq!(target.dims(), source.dims(), "a tensor keeps its shape");
    Tensor::from_dispatch(Dispatch::assign(target.into_dispatch(), source.into_dispatch()))
}

/// Copies a tensor into separate memory, without autodiff.
pub fn copy<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::copy(tensor.into_dispatch()))
}

/// Copies a module, without autodiff, so that its parameters are in separate memory.
pub fn copy_of<M: Module>(module: M) -> M {
    module.map(&mut Copier)
}

struct Copier;

impl ModuleMapper for Copier {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(copy)
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

    use super::*;

    fn tensor(numbers: [f32; 3], device: &Device) -> Tensor<1> {
        Tensor::from_data(TensorData::from(numbers), device)
    }

    fn numbers(tensor: &Tensor<1>) -> Vec<f32> {
        tensor.clone().into_data().try_into_vec().expect("single precision")
    }

    /// Asserts that a copy of a tensor, and a tensor it was assigned to, keep their values after further
    /// updates.
    fn assert_copies_stay(device: &Device) {
        let first = tensor([1.0, -0.0, f32::MIN_POSITIVE], device);
        let copied = copy(first.clone());
        let assigned = assign(tensor([0.0; 3], device), first.clone());
        let first = refresh(first, vec![4.0, 5.0, 6.0]);
        assert_eq!(numbers(&first), [4.0, 5.0, 6.0]);
        let bits = |tensor| numbers(tensor).into_iter().map(f32::to_bits).collect::<Vec<_>>();
        let before = [1.0, -0.0, f32::MIN_POSITIVE].map(f32::to_bits);
        assert_eq!((bits(&copied), bits(&assigned)), (before.to_vec(), before.to_vec()));
    }

    #[test]
    fn copies_stay_unchanged() {
        assert_copies_stay(&Device::flex());
    }

    #[test]
    #[cfg(feature = "webgpu")]
    fn copies_stay_unchanged_on_webgpu() {
        let device = Device::wgpu(burn::tensor::DeviceKind::DefaultDevice);
        assert_copies_stay(&device);
        // Without a copy, the tensor changes too.
        let first = tensor([1.0, 2.0, 3.0], &device);
        let target = assign(first.clone(), tensor([7.0, 8.0, 9.0], &device));
        assert_eq!((numbers(&first), numbers(&target)), (vec![7.0, 8.0, 9.0], vec![7.0, 8.0, 9.0]));
    }

    #[test]
    #[should_panic(expected = "keeps its size")]
    fn sizes_that_do_not_match_are_refused() {
        refresh(tensor([0.0; 3], &Device::flex()), vec![1.0; 4]);
    }
}
