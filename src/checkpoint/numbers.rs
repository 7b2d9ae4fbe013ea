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

/// Where one is on the way through a module.
#[derive(Default)]
struct Place(Vec<String>);

impl Place {
    /// The outside of a module whose parameters' names begin with `prefix`.
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

/// Collects tensors, to read them back all at once: a read waits for the device, however
/// little it brings.
#[derive(Default)]
pub struct Gatherer<'a> {
    place: Place,
    optimizer: Option<&'a Optimizer>,
    found: Vec<(String, Vec<usize>, Tensor<1>)>,
}

impl<'a> Gatherer<'a> {
    /// Takes a module's parameters; `prefix` stands before their names. Where there is an
    /// optimizer, its moments of them come along.
    pub fn take<M: Module>(&mut self, prefix: &str, module: &M, optimizer: Option<&'a Optimizer>) {
        self.place = Place::below(prefix);
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
        self.place.enter(name);
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.place.leave();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let name = self.place.name();
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
    module.map(&mut Filler { place: Place::below(prefix), named })
}

struct Filler<'a> {
    place: Place,
    named: &'a Named,
}

impl ModuleMapper for Filler<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.place.enter(name);
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.place.leave();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        match self.named.get(&self.place.name()) {
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
    module.visit(&mut MomentFiller { place: Place::below(prefix), named, optimizer, time });
}

struct MomentFiller<'a> {
    place: Place,
    named: &'a Named,
    optimizer: &'a mut Optimizer,
    time: usize,
}

impl ModuleVisitor for MomentFiller<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.place.enter(name);
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.place.leave();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let device = param.val().inner().device();
        let name = self.place.name();
        let moments = |order: &str| {
            let numbers = self.named.get(&format!("{order}.{name}"))?;
            Some(Tensor::<D>::from_data(numbers.tensor_data(), &device))
        };
        if let (Some(first), Some(second)) = (moments(FIRST), moments(SECOND)) {
            let momentum = AdaptiveMomentumState::new(self.time, first, second);
            self.optimizer.put_moments(param.id, AdamWState::new(momentum));
        }
    }
}
