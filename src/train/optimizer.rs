//! AdamW whose moments can be read and restored without blocking.
//!
//! Burn's own optimizer state is accessible only by a blocking read, which WebGPU in a browser lacks, so the
//! moments are kept here.

use std::collections::HashMap;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId},
    optim::{AdaptiveMomentumState, DynState, GradientsParams},
    tensor::{Tensor, TensorData},
};

use crate::kernels::{
    adamw::{AdamW, FACTORS},
    lasting,
};

/// AdamW and the moments of every parameter it has updated.
///
/// It updates parameters in place ([`lasting`]), so a module that shares them with another has to start from
/// a [copy](lasting::copy_of).
#[derive(Clone)]
pub struct Optimizer {
    rule: AdamW,
    moments: HashMap<ParamId, DynState>,
}

impl Optimizer {
    /// Creates an optimizer without moments.
    pub fn new(rule: AdamW) -> Self {
        Self { rule, moments: HashMap::new() }
    }

    /// Updates a module's parameters by their gradients; parameters without a gradient stay unchanged.
    pub fn step<M: Module>(&mut self, rate: f64, module: M, gradients: GradientsParams) -> M {
        let factors = TensorData::from(self.factors(rate, &module));
        let device = module.devices().swap_remove(0).inner();
        let module = self.step_by(&Tensor::from_data(factors, &device), 0, module, gradients);
        self.count_step(&module);
        module
    }

    /// Returns the factors of a module's next step.
    pub fn factors<M: Module>(&self, rate: f64, module: &M) -> [f32; FACTORS] {
        self.rule.factors(rate, self.steps_taken(module) + 1)
    }

    /// Like [`Self::step`], with factors read from a row of numbers at offset `at`. The step is not counted.
    pub fn step_by<M: Module>(
        &mut self,
        factors: &Tensor<1>,
        at: usize,
        module: M,
        gradients: GradientsParams,
    ) -> M {
        module.map(&mut Step { optimizer: self, factors, at, gradients })
    }

    /// Counts a step taken with a module.
    pub fn count_step<M: Module>(&mut self, module: &M) {
        module.visit(&mut StepCounter { optimizer: self });
    }

    /// Returns the largest number of steps taken with any parameter of a module.
    pub fn steps_taken<M: Module>(&self, module: &M) -> usize {
        let mut counter = Counter { optimizer: self, steps: 0 };
        module.visit(&mut counter);
        counter.steps
    }

    /// Continues with copies of a module's moments.
    pub fn copy_moments<M: Module>(&mut self, module: &M) {
        module.visit(&mut Copier { optimizer: self });
    }

    /// Drops the moments of a module's parameters, which are about to be replaced.
    pub fn forget<M: Module>(&mut self, module: &M) {
        module.visit(&mut Forgetter { optimizer: self });
    }

    /// Returns a parameter's moments, without autodiff; `None` before its first step.
    pub fn moments<const D: usize>(&self, id: ParamId) -> Option<&AdaptiveMomentumState<D>> {
        self.moments.get(&id).map(DynState::downcast_ref)
    }

    fn change_moments<const D: usize>(
        &mut self,
        id: ParamId,
        change: impl FnOnce(AdaptiveMomentumState<D>) -> AdaptiveMomentumState<D>,
    ) {
        if let Some(moments) = self.moments.remove(&id) {
            self.put_moments(id, change(moments.downcast()));
        }
    }

    /// Sets a parameter's moments.
    pub fn put_moments<const D: usize>(&mut self, id: ParamId, moments: AdaptiveMomentumState<D>) {
        self.moments.insert(id, DynState::create(moments, D));
    }
}

#[cfg(test)]
impl Optimizer {
    /// Returns the number of parameters with moments.
    pub fn known(&self) -> usize {
        self.moments.len()
    }
}

struct Forgetter<'a> {
    optimizer: &'a mut Optimizer,
}

impl ModuleVisitor for Forgetter<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.optimizer.moments.remove(&param.id);
    }
}

struct Counter<'a> {
    optimizer: &'a Optimizer,
    steps: usize,
}

impl ModuleVisitor for Counter<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let moments = self.optimizer.moments::<D>(param.id);
        self.steps = moments.map_or(0, |moments| moments.time).max(self.steps);
    }
}

struct StepCounter<'a> {
    optimizer: &'a mut Optimizer,
}

impl ModuleVisitor for StepCounter<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.optimizer.change_moments::<D>(param.id, |moments| AdaptiveMomentumState {
            time: moments.time + 1,
            ..moments
        });
    }
}

struct Copier<'a> {
    optimizer: &'a mut Optimizer,
}

impl ModuleVisitor for Copier<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.optimizer.change_moments::<D>(param.id, |moments| AdaptiveMomentumState {
            moment_1: lasting::copy(moments.moment_1),
            moment_2: lasting::copy(moments.moment_2),
            ..moments
        });
    }
}

struct Step<'a> {
    optimizer: &'a mut Optimizer,
    factors: &'a Tensor<1>,
    at: usize,
    gradients: GradientsParams,
}

impl ModuleMapper for Step<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let id = param.id;
        let Some(gradient) = self.gradients.remove::<D>(id) else { return param };
        let moments = &mut self.optimizer.moments;
        let before = moments.remove(&id).map(DynState::downcast);
        param.map(|value| {
            let (value, after) = AdamW::step(value.inner(), gradient, before, self.factors, self.at);
            moments.insert(id, DynState::create(after, D));
            Tensor::from_inner(value).require_grad()
        })
    }
}

#[cfg(test)]
mod tests {
    use burn::{optim::AdamWConfig, tensor::Device};

    use super::*;

    #[derive(Module, Debug)]
    struct Pair {
        matrix: Param<Tensor<2>>,
        row: Param<Tensor<1>>,
        /// Not part of the loss.
        idle: Param<Tensor<1>>,
    }

    fn pair() -> Pair {
        let device = Device::flex();
        let row = |values: [f32; 3]| Param::from_data(TensorData::from(values), &device);
        let matrix = [[0.3, -0.2, 0.7], [0.1, 0.9, -0.4]];
        Pair {
            matrix: Param::from_data(TensorData::from(matrix), &device),
            row: row([0.5, -1.5, 2.0]),
            idle: row([1.0, 2.0, 3.0]),
        }
        .train()
    }

    fn gradients(pair: &Pair, scale: f32) -> GradientsParams {
        let product = pair.matrix.val() * pair.row.val().unsqueeze();
        GradientsParams::from_grads((product.square() * scale).sum().backward(), pair)
    }

    fn bits(pair: &Pair) -> Vec<u32> {
        let all = vec![pair.matrix.val().flatten(0, 1), pair.row.val(), pair.idle.val()];
        let values = Tensor::<1>::cat(all, 0).inner().into_data().try_into_vec::<f32>();
        values.expect("single precision").into_iter().map(f32::to_bits).collect()
    }

    #[test]
    fn steps_agree_with_burn_exactly() {
        const RULE: AdamW = AdamW { beta_1: 0.9, beta_2: 0.98, epsilon: 1e-8, weight_decay: 0.01 };
        let config = AdamWConfig::new().with_beta_2(0.98).with_epsilon(1e-8).with_weight_decay(0.01);
        let (mut ours, mut theirs) = (pair(), pair());
        let (mut own, mut burns) = (Optimizer::new(RULE), config.init());
        for step in 1..=5 {
            let (rate, scale) = (0.01 * f64::from(step), step as f32);
            let computed = gradients(&ours, scale);
            ours = own.step(rate, ours, computed);
            let computed = gradients(&theirs, scale);
            theirs = burns.step(rate, theirs, computed);
            assert_eq!(bits(&ours), bits(&theirs), "step {step}");
        }
        assert_ne!(bits(&ours), bits(&pair()));
        assert!(own.moments::<1>(ours.idle.id).is_none());
        assert_eq!(own.moments::<2>(ours.matrix.id).map(|moments| moments.time), Some(5));
    }
}
