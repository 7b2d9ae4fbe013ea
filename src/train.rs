//! The training step.

use burn::{
    module::Module,
    optim::{AdamWConfig, GradientsParams, ModuleOptimizer},
    tensor::{Device, Int, Tensor, TensorData},
};
use rand::seq::SliceRandom;

use crate::{
    augment::View,
    encoder::{EncoderConfig, Network},
    kernels::{block::Moments, views::resample},
    loss::InfoNce,
    random::{Purpose, generator},
    settings::Settings,
};

/// The share of a run's steps over which the learning rate rises to its peak.
const WARM_UP: f32 = 0.05;

/// How much of the remembered moments each training batch replaces.
const MOMENTUM: f64 = 0.1;

/// The most pictures over which the untrained encoder's moments are taken.
const CALIBRATION: usize = 256;

/// AdamW's guard against division by zero; small, since gradients here are too.
const EPSILON: f32 = 1e-8;

/// Weight decay of AdamW.
const WEIGHT_DECAY: f32 = 1e-4;

/// What one step leaves on the device; reading it waits for the step to finish.
pub struct StepOutcome {
    /// The pictures' rows in the set, one a pair.
    pub rows: Vec<usize>,
    /// Loss, contrastive accuracy, alignment, uniformity, `[4]`.
    pub statistics: Tensor<1>,
    /// Cosine similarities of all views, `[2n, 2n]`.
    pub similarities: Tensor<2>,
}

/// A step's loss and gradients, not yet applied.
pub struct Computed {
    outcome: StepOutcome,
    moments: Vec<Moments>,
    /// By parameter of [`Trainer::network_in_training`].
    pub gradients: GradientsParams,
}

/// Trains one network on one set of pictures.
pub struct Trainer {
    settings: Settings,
    untrained: Network,
    network: Network,
    optimizer: ModuleOptimizer,
    loss: InfoNce,
    /// Every picture of the set, `[pictures, 3, side, side]`.
    pictures: Tensor<4>,
    pairs: usize,
    step: u32,
}

impl Trainer {
    /// Starts a run: first weights from the seed, step 0.
    ///
    /// # Shapes
    /// - `pictures`: `[pictures, 3, side, side]`, values in 0 … 1, without autodiff
    pub fn new(settings: Settings, pictures: Tensor<4>) -> Self {
        let device = pictures.device();
        let count = pictures.dims()[0];
        let mut rng = generator(settings.seed, Purpose::Weights, 0);
        let config = EncoderConfig::new(settings.width as usize);
        let mut network = config.init(&mut rng, &device);
        let sample = pictures.clone().narrow(0, 0, count.min(CALIBRATION));
        let (_, moments) = network.encoder.forward_batch(sample);
        network.encoder.remember(moments, 1.0);
        let pairs = pairs(&settings, count);
        let optimizer = AdamWConfig::new().with_epsilon(EPSILON).with_weight_decay(WEIGHT_DECAY).init();
        Self {
            settings,
            untrained: network.clone(),
            network: network.train(),
            optimizer,
            loss: InfoNce::new(pairs, settings.temperature, &device.autodiff()),
            pictures,
            pairs,
            step: 0,
        }
    }

    /// Steps taken so far.
    pub fn steps_taken(&self) -> u32 {
        self.step
    }

    /// The network as it was before the first step, without autodiff.
    pub fn untrained(&self) -> &Network {
        &self.untrained
    }

    /// The network as it is now, without autodiff.
    pub fn network(&self) -> Network {
        self.network.valid()
    }

    /// The network as it is now, its parameters tracked by autodiff.
    pub fn network_in_training(&self) -> &Network {
        &self.network
    }

    /// Applies settings from the next step on. Those that shape the network or draw its
    /// first weights have no effect: they belong to a new run.
    pub fn configure(&mut self, settings: Settings) {
        self.settings = settings;
        self.prepare_loss();
    }

    /// Goes on with another set of pictures, shaped as in [`Trainer::new`].
    pub fn replace_pictures(&mut self, pictures: Tensor<4>) {
        self.pictures = pictures;
        self.prepare_loss();
    }

    fn prepare_loss(&mut self) {
        self.pairs = pairs(&self.settings, self.pictures.dims()[0]);
        let device = self.pictures.device().autodiff();
        self.loss = InfoNce::new(self.pairs, self.settings.temperature, &device);
    }

    /// Takes one step.
    pub fn step(&mut self) -> StepOutcome {
        let computed = self.compute();
        self.apply(computed)
    }

    /// Computes the next step's loss and gradients.
    pub fn compute(&self) -> Computed {
        let rows = self.next_rows();
        let views = Tensor::from_inner(self.views(&rows));
        let (embeddings, moments) = self.network.encoder.forward_batch(views);
        let batch = self.loss.forward(self.network.head.forward(embeddings));
        let gradients = GradientsParams::from_grads(batch.loss.backward(), &self.network);
        let outcome = StepOutcome {
            rows,
            statistics: batch.statistics.inner(),
            similarities: batch.similarities.inner(),
        };
        Computed { outcome, moments, gradients }
    }

    /// The views that the next step will see: first views first, `[2n, 3, side, side]`.
    pub fn next_views(&self) -> Tensor<4> {
        self.views(&self.next_rows())
    }

    fn next_rows(&self) -> Vec<usize> {
        batch_rows(&self.settings, self.pictures.dims()[0], self.pairs, self.step)
    }

    /// Moves the weights by a step's gradients.
    pub fn apply(&mut self, computed: Computed) -> StepOutcome {
        let rate = f64::from(learning_rate(&self.settings, self.step));
        let network = self.network.clone();
        self.network = self.optimizer.step(rate, network, computed.gradients);
        self.network.encoder.remember(computed.moments, MOMENTUM);
        self.step += 1;
        computed.outcome
    }

    /// Two views of each picture, without autodiff.
    fn views(&self, rows: &[usize]) -> Tensor<4> {
        let mut rng = generator(self.settings.seed, Purpose::Views, self.step);
        let augmentations = &self.settings.augmentations;
        let views: Vec<View> = (0..2 * rows.len()).map(|_| View::draw(augmentations, &mut rng)).collect();
        let twice: Vec<i32> = rows.iter().chain(rows).map(|row| *row as i32).collect();
        let count = twice.len();
        let twice = Tensor::<1, Int>::from_data(TensorData::new(twice, [count]), &self.pictures.device());
        resample(self.pictures.clone().select(0, twice), &views)
    }
}

/// Pairs in a step: as asked for, as far as there are pictures.
fn pairs(settings: &Settings, pictures: usize) -> usize {
    (settings.batch as usize).min(pictures)
}

/// The learning rate of a step: a linear rise over the first [`WARM_UP`] of the run, then
/// half a cosine down to 0 (Loshchilov & Hutter 2017).
fn learning_rate(settings: &Settings, step: u32) -> f32 {
    let warm_up = (WARM_UP * settings.steps as f32).max(1.0);
    let done = step as f32 + 1.0;
    let remaining = (settings.steps as f32 - warm_up).max(1.0);
    let share = ((done - warm_up) / remaining).clamp(0.0, 1.0);
    let cosine = 0.5 * (1.0 + (std::f32::consts::PI * share).cos());
    settings.learning_rate * (done / warm_up).min(1.0) * cosine
}

/// The rows of a step's batch: without repetition within an epoch, the rest that does not
/// fill a batch dropped.
fn batch_rows(settings: &Settings, pictures: usize, pairs: usize, step: u32) -> Vec<usize> {
    let batches = (pictures / pairs) as u32;
    let mut rows: Vec<usize> = (0..pictures).collect();
    rows.shuffle(&mut generator(settings.seed, Purpose::Batches, step / batches));
    let start = (step % batches) as usize * pairs;
    rows[start..start + pairs].to_vec()
}

/// Uploads pictures for training, `[pictures, 3, side, side]`.
pub fn upload(planes: &[Vec<f32>], side: usize, device: &Device) -> Tensor<4> {
    let shape = [planes.len(), 3, side, side];
    Tensor::from_data(TensorData::new(planes.concat(), shape), device)
}
