//! The training step.

pub mod optimizer;
mod snapshot;

use burn::{
    module::Module,
    optim::{AdamWConfig, GradientsParams},
    tensor::{Device, Int, Tensor, TensorData},
};
use optimizer::Optimizer;
use rand::seq::SliceRandom;

use crate::{
    augment::View,
    encoder::{EncoderConfig, Network},
    kernels::{block::Moments, views::render},
    loss::{Loss, Scale},
    random::{Purpose, generator},
    settings::Settings,
};

/// The share of a run's steps over which the learning rate rises to its peak.
const WARM_UP: f32 = 0.05;

/// How much of the remembered moments each training batch replaces.
const MOMENTUM: f64 = 0.1;

/// The most pictures over which the untrained encoder's moments are taken.
const CALIBRATION: usize = 256;

/// How slowly AdamW forgets squared gradients; less than the usual 0.999, as runs are short.
const BETA_2: f32 = 0.98;

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
    /// What else one needs to follow the loss of one row.
    pub details: StepDetails,
}

/// What turned a step's similarities into its loss.
pub struct StepDetails {
    /// The settings that the step was taken by.
    pub settings: Settings,
    /// What happened to the views, first views first.
    pub views: Vec<View>,
    /// Temperature and bias as they were.
    pub scale: Scale,
    /// Lengths of the projections, `[2n]`.
    pub lengths: Tensor<1>,
    /// Each anchor's mined negative, `[2n]`; triplets only.
    pub negatives: Option<Tensor<1>>,
}

/// A step's loss and gradients, not yet applied.
pub struct Computed {
    outcome: StepOutcome,
    moments: Vec<Moments>,
    /// By parameter of [`Trainer::network_in_training`].
    pub gradients: GradientsParams,
    scale_gradients: GradientsParams,
}

/// Trains one network on one set of pictures.
pub struct Trainer {
    settings: Settings,
    untrained: Network,
    network: Network,
    optimizer: Optimizer,
    loss: Loss,
    /// Temperature and bias of the loss; what of them is learned is trained like weights.
    scale: Scale,
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
        Self::with_encoder(settings, &EncoderConfig::of(&settings), pictures)
    }

    /// As [`Trainer::new`], with an encoder of any shape.
    pub fn with_encoder(settings: Settings, encoder: &EncoderConfig, pictures: Tensor<4>) -> Self {
        let device = pictures.device();
        let count = pictures.dims()[0];
        let mut rng = generator(settings.seed, Purpose::Weights, 0);
        let mut network = encoder.init(&mut rng, &device);
        let sample = pictures.clone().narrow(0, 0, count.min(CALIBRATION));
        let (_, moments) = network.encoder.forward_batch(sample);
        network.encoder.remember(moments, 1.0);
        let pairs = pairs(&settings, count);
        let optimizer = AdamWConfig::new()
            .with_beta_2(BETA_2)
            .with_epsilon(EPSILON)
            .with_weight_decay(WEIGHT_DECAY)
            .build();
        Self {
            settings,
            untrained: network.clone(),
            network: network.train(),
            optimizer: Optimizer::new(optimizer),
            loss: Loss::new(&settings, pairs, &device.clone().autodiff()),
            scale: Scale::new(&settings, &device).train(),
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
        let old = std::mem::replace(&mut self.settings, settings);
        if !Scale::is_shared(&old, &settings) {
            self.scale = Scale::new(&settings, &self.pictures.device()).train();
        }
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
        self.loss = Loss::new(&self.settings, self.pairs, &device);
    }

    /// Takes one step.
    pub fn step(&mut self) -> StepOutcome {
        let computed = self.compute();
        self.apply(computed)
    }

    /// Computes the next step's loss and gradients.
    pub fn compute(&self) -> Computed {
        let rows = self.next_rows();
        let views = self.draw_views();
        let drawn = Tensor::from_inner(self.render(&rows, &views));
        let (embeddings, moments) = self.network.encoder.forward_batch(drawn);
        let mut rng = generator(self.settings.seed, Purpose::Negatives, self.step);
        let batch = self.loss.forward(self.network.head.forward(embeddings), &self.scale, &mut rng);
        let mut all_gradients = batch.loss.backward();
        let gradients = GradientsParams::from_module(&mut all_gradients, &self.network);
        let scale_gradients = GradientsParams::from_module(&mut all_gradients, &self.scale);
        let outcome = StepOutcome {
            rows,
            statistics: batch.statistics.inner(),
            similarities: batch.similarities.inner(),
            details: StepDetails {
                settings: self.settings,
                views,
                scale: self.scale.clone(),
                lengths: batch.lengths.inner(),
                negatives: batch.negatives.map(Tensor::inner),
            },
        };
        Computed { outcome, moments, gradients, scale_gradients }
    }

    /// The views that the next step will see: first views first, `[2n, 3, side, side]`.
    pub fn next_views(&self) -> Tensor<4> {
        self.render(&self.next_rows(), &self.draw_views())
    }

    fn next_rows(&self) -> Vec<usize> {
        batch_rows(&self.settings, self.pictures.dims()[0], self.pairs, self.step)
    }

    /// Moves the weights by a step's gradients.
    pub fn apply(&mut self, computed: Computed) -> StepOutcome {
        let rate = f64::from(learning_rate(&self.settings, self.step));
        let network = self.network.clone();
        self.network = self.optimizer.step(rate, network, computed.gradients);
        if !computed.scale_gradients.is_empty() {
            let scale = self.scale.clone();
            self.scale = self.optimizer.step(rate, scale, computed.scale_gradients).limited();
        }
        self.network.encoder.remember(computed.moments, MOMENTUM);
        self.step += 1;
        computed.outcome
    }

    /// What happens to the two views of each picture of the next step, first views first.
    fn draw_views(&self) -> Vec<View> {
        let mut rng = generator(self.settings.seed, Purpose::Views, self.step);
        let augmentations = &self.settings.augmentations;
        (0..2 * self.pairs).map(|_| View::draw(augmentations, &mut rng)).collect()
    }

    /// Views of the set's pictures, `[views.len(), 3, side, side]`; view `i` is of the
    /// picture in row `rows[i % rows.len()]`.
    pub fn render(&self, rows: &[usize], views: &[View]) -> Tensor<4> {
        let count = views.len();
        let rows: Vec<i32> = rows.iter().cycle().take(count).map(|row| *row as i32).collect();
        let rows = Tensor::<1, Int>::from_data(TensorData::new(rows, [count]), &self.pictures.device());
        render(self.pictures.clone().select(0, rows), views)
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
