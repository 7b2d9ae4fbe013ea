//! The numbers of a module by their names: out of it without blocking, and into it.

use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    optim::{AdamWState, AdaptiveMomentumState},
    tensor::{Tensor, TensorData},
};

use crate::train::optimizer::Optimizer;

/// What stands before the name of a parameter's first moments.
pub const FIRST: &str = "optimizer.first";

/// What stands before the name of a parameter's second moments.
pub const SECOND: &str = "optimizer.second";

/// A tensor's shape and values, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its values, as many as the shape says.
    pub values: Vec<f32>,
}

impl Numbers {
    /// Zeros of a shape.
    pub fn zeros(shape: Vec<usize>) -> Self {
        Self { values: vec![0.0; shape.iter().product()], shape }
    }

    fn tensor_data(&self) -> TensorData {
        TensorData::new(self.values.clone(), self.shape.clone())
    }
}

/// Tensors by name.
pub type Named = BTreeMap<String, Numbers>;

/// Collects tensors, to read them back all at once: a read waits for the device, however
/// little it brings.
#[derive(Default)]
pub struct Gatherer<'a> {
    path: Vec<String>,
    optimizer: Option<&'a Optimizer>,
    found: Vec<(String, Vec<usize>, Tensor<1>)>,
}

impl<'a> Gatherer<'a> {
    /// Takes a module's parameters; `prefix` stands before their names. Where there is an
    /// optimizer, its moments of them come along.
    pub fn take<M: Module>(&mut self, prefix: &str, module: &M, optimizer: Option<&'a Optimizer>) {
        self.path = prefix.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        self.optimizer = optimizer;
        module.visit(self);
    }

    /// Reads everything back.
    pub async fn finish(self) -> Result<Named, String> {
        let parts = self.found.iter().map(|(_, _, tensor)| tensor.clone()).collect();
        let data = Tensor::cat(parts, 0).into_data_async().await.map_err(|error| error.to_string())?;
        let all = data.try_into_vec::<f32>().map_err(|error| format!("{error:?}"))?;
        let mut rest = all.as_slice();
        let numbers = self.found.into_iter().map(|(name, shape, _)| {
            let (values, after) = rest.split_at(shape.iter().product());
            rest = after;
            (name, Numbers { shape, values: values.to_vec() })
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
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let name = self.path.join(".");
        let moments = self.optimizer.and_then(|optimizer| optimizer.moments::<D>(param.id));
        if let Some(AdamWState { momentum }) = moments {
            self.put(format!("{FIRST}.{name}"), momentum.moment_1.clone());
            self.put(format!("{SECOND}.{name}"), momentum.moment_2.clone());
        }
        self.put(name, param.val());
    }
}

/// The module with the values that stand under its parameters' names, `prefix` before them;
/// what has no name there stays. The module is without autodiff.
pub fn filled<M: Module>(module: M, prefix: &str, named: &Named) -> M {
    module.map(&mut Filler { path: vec![prefix.to_owned()], named })
}

struct Filler<'a> {
    path: Vec<String>,
    named: &'a Named,
}

impl ModuleMapper for Filler<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        match find(self.named, &self.path) {
            Some(numbers) => param.map(|value| Tensor::from_data(numbers.tensor_data(), &value.device())),
            None => param,
        }
    }
}

/// Puts the moments of a module's parameters, `prefix` before their names, into an
/// optimizer that has taken `time` steps with them.
pub fn put_moments<M: Module>(
    optimizer: &mut Optimizer,
    module: &M,
    prefix: &str,
    named: &Named,
    time: usize,
) {
    module.visit(&mut MomentFiller { path: vec![prefix.to_owned()], named, optimizer, time });
}

struct MomentFiller<'a> {
    path: Vec<String>,
    named: &'a Named,
    optimizer: &'a mut Optimizer,
    time: usize,
}

impl ModuleVisitor for MomentFiller<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let device = param.val().inner().device();
        let moments = |order: &str| {
            let path: Vec<_> = [order.to_owned()].into_iter().chain(self.path.iter().cloned()).collect();
            find(self.named, &path).map(|numbers| Tensor::<D>::from_data(numbers.tensor_data(), &device))
        };
        if let (Some(first), Some(second)) = (moments(FIRST), moments(SECOND)) {
            let momentum = AdaptiveMomentumState::new(self.time, first, second);
            self.optimizer.put_moments(param.id, AdamWState::new(momentum));
        }
    }
}

/// What stands under a path, empty parts left out.
fn find<'a>(named: &'a Named, path: &[String]) -> Option<&'a Numbers> {
    let parts: Vec<&str> = path.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    named.get(&parts.join("."))
}
