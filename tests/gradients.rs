//! Gradients of the whole step against finite differences, for every parameter tensor.

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{Device, Gradients, Tensor, TensorData},
};
use likeness::{
    encoder::{EncoderConfig, Network},
    loss::{LogitScale, Loss},
    random::{Purpose, generator},
    settings::{Images, LossKind, Settings},
};
use rand::RngExt;

const PAIRS: usize = 3;
const SIDE: usize = 9;

/// Small enough to cross few kinks of ReLUs, large enough for single precision.
const NUDGE: f32 = 5e-4;

fn numbers(count: usize, index: u32) -> Vec<f32> {
    let mut rng = generator(11, Purpose::Preview, index);
    (0..count).map(|_| rng.random_range(-1.0..1.0)).collect()
}

fn loss(kind: LossKind, network: &Network, device: &Device) -> Tensor<1> {
    let values: Vec<f32> = numbers(2 * PAIRS * 3 * SIDE * SIDE, 0).iter().map(|v| 0.5 + 0.5 * v).collect();
    let views = Tensor::from_data(TensorData::new(values, [2 * PAIRS, 3, SIDE, SIDE]), device);
    let (embeddings, _) = network.encoder.forward_batch(views, 2);
    let mut settings = Settings::recommended(Images::Shapes);
    (settings.loss, settings.temperature) = (kind, 0.5);
    let scale = LogitScale::new(&settings, device);
    let mut rng = generator(11, Purpose::Negatives, 0);
    Loss::new(&settings, PAIRS, device).forward(network.head.forward(embeddings), &scale, &mut rng).loss
}

/// Returns an encoder whose last map has 2 × 2 places.
fn config() -> EncoderConfig {
    EncoderConfig { readout: 2, outputs: 7, ..EncoderConfig::new(3, 4) }
}

/// Returns a direction of length 1 for the parameter with this index.
fn direction(parameter: usize, count: usize) -> Vec<f32> {
    let raw = numbers(count, parameter as u32 + 1);
    let length = raw.iter().map(|v| v * v).sum::<f32>().sqrt();
    raw.iter().map(|v| v / length).collect()
}

/// Moves one parameter along its direction.
struct Nudge {
    parameter: usize,
    amount: f32,
    seen: usize,
}

impl ModuleMapper for Nudge {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        self.seen += 1;
        if self.seen - 1 != self.parameter {
            return param;
        }
        let (id, value) = (param.id, param.val());
        let shape = value.shape();
        let step = direction(self.parameter, shape.num_elements());
        let step = Tensor::<D>::from_data(TensorData::new(step, shape), &value.device());
        Param::initialized(id, value.inner().add(step.inner().mul_scalar(self.amount)))
    }
}

/// Slopes of the loss along each parameter's direction, by automatic differentiation.
struct Slopes<'a> {
    gradients: &'a Gradients,
    slopes: Vec<Option<f32>>,
}

impl ModuleVisitor for Slopes<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let slope = param.val().grad(self.gradients).map(|gradient| {
            let gradient: Vec<f32> = gradient.into_data().try_to_vec().expect("single precision");
            let direction = direction(self.slopes.len(), gradient.len());
            gradient.iter().zip(direction).map(|(g, d)| g * d).sum()
        });
        self.slopes.push(slope);
    }
}

#[test]
fn gradient_of_every_parameter_agrees_with_finite_differences() {
    for kind in [LossKind::InfoNce, LossKind::Dcl, LossKind::Nce, LossKind::Triplet] {
        assert_slopes(kind);
    }
}

fn assert_slopes(kind: LossKind) {
    let plain = Device::flex();
    let tracked = plain.clone().autodiff();
    let mut rng = generator(4, Purpose::Weights, 0);
    let network = config().init(&mut rng, &plain);

    let training = network.clone().train();
    let trained_loss = loss(kind, &training, &tracked);
    // Single precision rounds a large loss more coarsely than a small one.
    let rounding = 1e-3 * trained_loss.clone().into_scalar::<f32>().max(1.0);
    let gradients = trained_loss.backward();
    let mut visitor = Slopes { gradients: &gradients, slopes: Vec::new() };
    training.visit(&mut visitor);

    let mut compared = 0;
    for (parameter, slope) in visitor.slopes.iter().enumerate() {
        // Running statistics take no part in a training step.
        let Some(slope) = slope else { continue };
        let at = |amount: f32| {
            let nudged = network.clone().map(&mut Nudge { parameter, amount, seen: 0 });
            f64::from(loss(kind, &nudged, &plain).into_scalar::<f32>())
        };
        let measured = (at(NUDGE) - at(-NUDGE)) / f64::from(2.0 * NUDGE);
        let difference = (f64::from(*slope) - measured).abs();
        assert!(
            difference < f64::from(rounding) + 0.02 * measured.abs(),
            "{kind:?}, parameter {parameter}: {slope} instead of {measured}"
        );
        compared += 1;
    }
    // Weight, scale and shift of each convolution; weight and bias of two linear layers.
    assert_eq!(compared, 3 * config().blocks.len() + 4);
}
