//! The parameters of a module on the CPU as numbers, in the order in which the module visits them.

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    optim::GradientsParams,
    tensor::{Gradients, Tensor, TensorData},
};

/// Returns the values of a tensor on the CPU, row by row.
pub fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("single precision")
}

/// Returns all parameters of a module.
pub fn of<M: Module>(module: &M) -> Vec<f32> {
    let mut collector = Collector(Vec::with_capacity(module.num_params()));
    module.visit(&mut collector);
    collector.0
}

struct Collector(Vec<f32>);

impl ModuleVisitor for Collector {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.extend(values(param.val().inner()));
    }
}

/// Returns a module, without autodiff, with these parameters.
pub fn filled<M: Module>(module: M, parameters: &[f32]) -> M {
    module.map(&mut Filler(parameters))
}

struct Filler<'a>(&'a [f32]);

impl ModuleMapper for Filler<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|old| {
            let (values, rest) = self.0.split_at(old.shape().num_elements());
            self.0 = rest;
            Tensor::from_data(TensorData::new(values.to_vec(), old.shape()), &old.device())
        })
    }
}

/// Returns the gradients of the trained parameters of a module with autodiff.
pub fn gradients<M: Module>(module: &M, gradients: &Gradients) -> Vec<f32> {
    let mut collector = GradientCollector { gradients, collected: Vec::with_capacity(module.num_params()) };
    module.visit(&mut collector);
    collector.collected
}

struct GradientCollector<'a> {
    gradients: &'a Gradients,
    collected: Vec<f32>,
}

impl ModuleVisitor for GradientCollector<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = param.val().grad(self.gradients) {
            self.collected.extend(values(gradient));
        }
    }
}

/// Assigns gradients, as returned by [`gradients`], to the trained parameters of a module with autodiff.
pub fn assigned<M: Module>(module: &M, gradients: &[f32]) -> GradientsParams {
    let mut assigner = Assigner { rest: gradients, assigned: GradientsParams::new() };
    module.visit(&mut assigner);
    assigner.assigned
}

struct Assigner<'a> {
    rest: &'a [f32],
    assigned: GradientsParams,
}

impl ModuleVisitor for Assigner<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        if value.is_require_grad() {
            let (numbers, rest) = self.rest.split_at(value.shape().num_elements());
            self.rest = rest;
            let data = TensorData::new(numbers.to_vec(), value.shape());
            self.assigned.register(param.id, Tensor::<D>::from_data(data, &value.inner().device()));
        }
    }
}
