//! Conversion between a module and its numbers by name, without blocking.

use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    optim::AdaptiveMomentumState,
    tensor::{Tensor, TensorData},
};
use safetensors::{Dtype, tensor::TensorView};

use super::layout::is_made_for_the_set;
use crate::{protocol::Breakdown, readback::read, train::optimizer::Optimizer};

/// Prefix of the names of first moments.
pub const FIRST: &str = "optimizer.first";

/// Prefix of the names of second moments.
pub const SECOND: &str = "optimizer.second";

/// Shape and values of a tensor, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct HostTensor {
    /// Shape of the tensor.
    pub shape: Vec<usize>,
    /// Values, as many as the shape requires.
    pub values: Vec<f32>,
}

impl HostTensor {
    /// Returns zeros of a shape.
    pub fn zeros(shape: Vec<usize>) -> Self {
        Self { values: vec![0.0; shape.iter().product()], shape }
    }

    /// Returns the tensor as safetensors writes it.
    pub fn view(&self) -> TensorView<'_> {
        let values = bytemuck::cast_slice(&self.values);
        TensorView::new(Dtype::F32, self.shape.clone(), values).expect("the shape fits the values")
    }

    fn tensor_data(&self) -> TensorData {
        TensorData::new(self.values.clone(), self.shape.clone())
    }
}

/// Tensors by name.
pub type NamedTensors = BTreeMap<String, HostTensor>;

/// Path of the module being visited.
#[derive(Default)]
struct ModulePath(Vec<String>);

impl ModulePath {
    /// Returns the path above a module whose parameters' names begin with `prefix`.
    fn below(prefix: &str) -> Self {
        Self(if prefix.is_empty() { Vec::new() } else { vec![prefix.to_owned()] })
    }

    fn enter(&mut self, name: &str) {
        self.0.push(name.to_owned());
    }

    fn leave(&mut self) {
        self.0.pop();
    }

    fn name(&self) -> String {
        self.0.join(".")
    }
}

/// Path tracking of every visitor and mapper in this module.
macro_rules! keep_path {
    () => {
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.enter(name);
        }

        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.leave();
        }
    };
}

/// Collects tensors in order to read them back all at once, since each read waits for the device.
#[derive(Default)]
pub struct Gatherer<'a> {
    path: ModulePath,
    optimizer: Option<&'a Optimizer>,
    /// Whether tensors that come from the seed are skipped.
    made_for_the_set: bool,
    found: Vec<(String, Vec<usize>, Tensor<1>)>,
}

impl<'a> Gatherer<'a> {
    /// Adds a module's parameters, with `prefix` before their names.
    pub fn take<M: Module>(&mut self, prefix: &str, module: &M) {
        (self.optimizer, self.made_for_the_set) = (None, false);
        self.visit(prefix, module);
    }

    /// Like [`Self::take`], with an optimizer's moments of the parameters.
    pub fn take_with_moments<M: Module>(&mut self, prefix: &str, module: &M, optimizer: &'a Optimizer) {
        (self.optimizer, self.made_for_the_set) = (Some(optimizer), false);
        self.visit(prefix, module);
    }

    /// Adds the parameters of a module that do not come from the seed.
    pub fn take_made_for_the_set<M: Module>(&mut self, prefix: &str, module: &M) {
        (self.optimizer, self.made_for_the_set) = (None, true);
        self.visit(prefix, module);
    }

    fn visit<M: Module>(&mut self, prefix: &str, module: &M) {
        self.path = ModulePath::below(prefix);
        module.visit(self);
    }

    /// Reads everything back.
    pub async fn finish(self) -> Result<NamedTensors, Breakdown> {
        let parts = self.found.iter().map(|(_, _, tensor)| tensor.clone()).collect();
        let all = read(Tensor::cat(parts, 0)).await?;
        let mut rest = all.as_slice();
        let numbers = self.found.into_iter().map(|(name, shape, _)| {
            let (values, after) = rest.split_at(shape.iter().product());
            rest = after;
            (name, HostTensor { shape, values: values.to_vec() })
        });
        Ok(numbers.collect())
    }

    fn put<const D: usize>(&mut self, name: String, tensor: Tensor<D>) {
        let shape = tensor.dims().to_vec();
        let count: usize = shape.iter().product();
        self.found.push((name, shape, tensor.reshape([count])));
    }
}

impl ModuleVisitor for Gatherer<'_> {
    keep_path!();

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let name = self.path.name();
        if self.made_for_the_set && !is_made_for_the_set(&name) {
            return;
        }
        let moments = self.optimizer.and_then(|optimizer| optimizer.moments::<D>(param.id));
        if let Some(AdaptiveMomentumState { moment_1, moment_2, .. }) = moments {
            self.put(format!("{FIRST}.{name}"), moment_1.clone());
            self.put(format!("{SECOND}.{name}"), moment_2.clone());
        }
        self.put(name, param.val());
    }
}

/// Returns the module with the values found under its parameters' names, preceded by `prefix`; parameters
/// without a value stay unchanged. The module is without autodiff.
pub fn filled<M: Module>(module: M, prefix: &str, named: &NamedTensors) -> M {
    module.map(&mut Filler { path: ModulePath::below(prefix), named })
}

struct Filler<'a> {
    path: ModulePath,
    named: &'a NamedTensors,
}

impl ModuleMapper for Filler<'_> {
    keep_path!();

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        match self.named.get(&self.path.name()) {
            Some(numbers) => param.map(|value| Tensor::from_data(numbers.tensor_data(), &value.device())),
            None => param,
        }
    }
}

/// Restores the moments of a module's parameters, named with `prefix`, in an optimizer that has taken `time`
/// steps with them.
pub fn put_moments<M: Module>(
    optimizer: &mut Optimizer,
    module: &M,
    prefix: &str,
    named: &NamedTensors,
    time: usize,
) {
    module.visit(&mut MomentFiller { path: ModulePath::below(prefix), named, optimizer, time });
}

struct MomentFiller<'a> {
    path: ModulePath,
    named: &'a NamedTensors,
    optimizer: &'a mut Optimizer,
    time: usize,
}

impl ModuleVisitor for MomentFiller<'_> {
    keep_path!();

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let device = param.val().inner().device();
        let name = self.path.name();
        let moments = |order: &str| {
            let numbers = self.named.get(&format!("{order}.{name}"))?;
            Some(Tensor::<D>::from_data(numbers.tensor_data(), &device))
        };
        if let (Some(first), Some(second)) = (moments(FIRST), moments(SECOND)) {
            let moments = AdaptiveMomentumState::new(self.time, first, second);
            self.optimizer.put_moments(param.id, moments);
        }
    }
}
