//! Training steps from given weights on given pictures, for comparison with other libraries; `benches/` lists
//! them and how they are timed.
//!
//! Weights and pictures come from a generator simple enough that every contestant draws the same numbers
//! (`benches/page/network.js`): the losses then agree, which shows that all train the same network.

use std::convert::Infallible;

use burn::{
    module::Module,
    optim::GradientsParams,
    tensor::{Device, Tensor},
};
use rand::{RngExt, TryRng};

use crate::{
    encoder::{EncoderConfig, Network},
    kernels::adamw::AdamW,
    loss::{LogitScale, Loss},
    random::{Purpose, generator},
    settings::{Images, LossKind, Settings},
    train::{BATCH_NORM_MOMENTUM, Trainer, optimizer::Optimizer, upload},
};

/// Temperature of NT-Xent.
const TEMPERATURE: f32 = 0.5;

/// Learning rate of Adam; its other hyperparameters are the usual ones, without weight decay.
const RATE: f64 = 1e-3;

const WEIGHTS_SEED: u32 = 1;
const VIEWS_SEED: u32 = 2;

/// Network and batch to train.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Shape of the network.
    pub encoder: EncoderConfig,
    /// Number of pairs per step.
    pub pairs: usize,
    /// Side of a picture, in pixels.
    pub side: usize,
}

/// A network in training.
pub enum Contestant {
    /// Training on the same views in every step.
    Given(Box<Given>),
    /// Training on newly drawn views in every step: the product's own training step.
    Drawing(Box<Drawing>),
}

/// See [`Contestant::Given`].
pub struct Given {
    network: Network,
    optimizer: Optimizer,
    loss: Loss,
    scale: LogitScale,
    /// Views, first views first, `[2n, 3, side, side]`.
    views: Tensor<4>,
    /// Loss of the latest step, `[1]`.
    last_loss: Option<Tensor<1>>,
}

/// See [`Contestant::Drawing`].
pub struct Drawing {
    trainer: Trainer,
    /// Loss of the latest step, `[1]`.
    last_loss: Option<Tensor<1>>,
}

impl Contestant {
    /// Prepares steps on the same views.
    pub fn given(problem: &Problem, device: &Device) -> Self {
        let settings = settings(problem);
        let network = problem.encoder.init(&mut Mulberry(WEIGHTS_SEED), device);
        let rule = AdamW { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8, weight_decay: 0.0 };
        let views = upload(views(problem), problem.side, device);
        Self::Given(Box::new(Given {
            network: network.train(),
            optimizer: Optimizer::new(rule),
            loss: Loss::new(&settings, problem.pairs, &device.clone().autodiff()),
            scale: LogitScale::new(&settings, device).train(),
            views: Tensor::from_inner(views),
            last_loss: None,
        }))
    }

    /// Prepares steps on views drawn from a set of `pictures`.
    pub fn drawing(problem: &Problem, pictures: usize, device: &Device) -> Self {
        let mut rng = Mulberry(VIEWS_SEED);
        let plane = 3 * problem.side * problem.side;
        let pictures = upload(rng.units(pictures * plane), problem.side, device);
        let trainer = Trainer::with_encoder(settings(problem), &problem.encoder, pictures, &[]);
        Self::Drawing(Box::new(Drawing { trainer, last_loss: None }))
    }

    /// Disables recording, so that steps with drawn views are planned anew rather than replayed.
    pub fn planned_anew(mut self) -> Self {
        if let Self::Drawing(drawing) = &mut self {
            drawing.trainer.plan_anew();
        }
        self
    }

    /// Returns whether steps are replayed; the error is the reason why they could not be recorded.
    pub fn is_replayed(&mut self) -> Result<bool, String> {
        match self {
            Self::Given(_) => Ok(false),
            Self::Drawing(drawing) => {
                drawing.trainer.take_refusal().map_or(Ok(drawing.trainer.is_recorded()), Err)
            }
        }
    }

    /// Takes one step, or queues it on the device.
    pub fn step(&mut self) {
        match self {
            Self::Given(given) => given.step(),
            Self::Drawing(drawing) => {
                drawing.last_loss = Some(drawing.trainer.step().statistics.narrow(0, 0, 1));
            }
        }
    }

    /// Returns the loss of the latest step, `[1]`; `None` before the first.
    pub fn last_loss(&self) -> Option<Tensor<1>> {
        match self {
            Self::Given(given) => given.last_loss.clone(),
            Self::Drawing(drawing) => drawing.last_loss.clone(),
        }
    }
}

impl Given {
    fn step(&mut self) {
        let (embeddings, statistics) = self.network.encoder.forward_batch(self.views.clone(), 1);
        let projections = self.network.head.forward(embeddings);
        let mut rng = generator(0, Purpose::Negatives, 0);
        let batch = self.loss.forward(projections, &self.scale, &mut rng);
        let mut gradients = batch.loss.backward();
        let gradients = GradientsParams::from_module(&mut gradients, &self.network);
        self.network = self.optimizer.step(RATE, self.network.clone(), gradients);
        self.network.encoder.update_running(statistics, BATCH_NORM_MOMENTUM);
        self.last_loss = Some(batch.statistics.inner().narrow(0, 0, 1));
    }
}

fn settings(problem: &Problem) -> Settings {
    Settings {
        batch: problem.pairs as u32,
        side: problem.side as u32,
        loss: LossKind::InfoNce,
        temperature: TEMPERATURE,
        ..Settings::recommended(Images::Shapes)
    }
}

/// Returns two views of every picture, first views first: a picture is a uniform colour, to which each view
/// adds its own noise.
fn views(problem: &Problem) -> Vec<f32> {
    let mut rng = Mulberry(VIEWS_SEED);
    let colours = rng.units(3 * problem.pairs);
    let mut plane = |colour: f32| {
        let noise = rng.units(problem.side * problem.side);
        noise.into_iter().map(move |noise| 0.5 * (colour + noise))
    };
    (0..2).flat_map(|_| colours.iter().copied()).flat_map(&mut plane).collect()
}

/// mulberry32 (Tommy Ettinger), a generator of few lines in any language.
struct Mulberry(u32);

impl Mulberry {
    /// Returns numbers in 0 … 1.
    fn units(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.random_range(0.0..1.0)).collect()
    }
}

impl TryRng for Mulberry {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0 = self.0.wrapping_add(0x6d2b_79f5);
        let mut bits = (self.0 ^ (self.0 >> 15)).wrapping_mul(self.0 | 1);
        bits ^= bits.wrapping_add((bits ^ (bits >> 7)).wrapping_mul(bits | 61));
        Ok(bits ^ (bits >> 14))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        rand::rand_core::utils::next_u64_via_u32(self)
    }

    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), Infallible> {
        rand::rand_core::utils::fill_bytes_via_next_word(destination, || self.try_next_u32())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three_convolutions() -> Problem {
        Problem { encoder: EncoderConfig::with_blocks(vec![(16, 1), (32, 2), (64, 2)]), pairs: 32, side: 32 }
    }

    fn losses(mut contestant: Contestant, steps: usize) -> Vec<f32> {
        let step = |_| {
            contestant.step();
            contestant.last_loss().expect("a step was taken").into_scalar()
        };
        (0..steps).map(step).collect()
    }

    #[test]
    fn losses_agree_with_jax() {
        // From benches/peers/jax_native.py in JAX 0.10.2.
        let wanted = [3.722_97, 3.574_79, 3.438_979];
        let losses = losses(Contestant::given(&three_convolutions(), &Device::flex()), 3);
        let close = losses.iter().zip(wanted).all(|(loss, wanted)| (loss - wanted).abs() < 1e-3);
        assert!(close, "{losses:?} instead of {wanted:?}");
    }

    #[test]
    fn training_on_drawn_views_works() {
        let mut problem = three_convolutions();
        (problem.pairs, problem.side) = (4, 16);
        let losses = losses(Contestant::drawing(&problem, 10, &Device::flex()), 2);
        // Within the bounds given by cosines.
        assert!(losses.iter().all(|loss| (0.0..7.0_f32.ln() + 4.0).contains(loss)), "{losses:?}");
        assert_ne!(losses[0], losses[1]);
    }
}
