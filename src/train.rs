//! The training step.

mod batch;
mod drawn;
mod hyperparameters;
pub mod optimizer;
mod recording;
pub mod schedule;
mod snapshot;

pub use batch::{select, upload};
pub use hyperparameters::{ADAMW, BATCH_NORM_MOMENTUM};

use std::ops::Range;

use batch::batch_rows;
use burn::{
    module::Module,
    optim::GradientsParams,
    tensor::{Device, Gradients, Tensor, TensorData},
};
use drawn::Drawn;
use futures_util::FutureExt;
use optimizer::Optimizer;
use recording::Recording;

use crate::{
    augment::View,
    encoder::{Encoder, EncoderConfig, Network, ghosts},
    kernels::{block::BatchStatistics, geometry::ghost_batches, is_cpu, lasting, views::render},
    loss::{BatchLoss, LogitScale, Loss},
    protocol::Floats,
    random::{Purpose, generator},
    replicas::{
        Replicas,
        message::{ForwardOutputs, GhostBatch},
        parameters,
    },
    sampling::strided,
    settings::Settings,
};

/// Largest number of dispatches submitted to WebGPU at a time. A step has fewer and is submitted at its end.
pub const MAX_DISPATCHES: usize = 512;

/// Largest number of pictures over which an encoder's running statistics are taken.
const CALIBRATION: usize = 256;

/// Largest number of first-block activations during calibration; bounds the memory, since all pictures pass
/// through at once. At the default width and side, all 256 pictures fit.
const CALIBRATION_NUMBERS: usize = 1 << 23;

/// Number of steps whose statistics are kept on the device.
pub const HISTORY: usize = 64;

/// Results of one step, on the device, valid until the next step is taken. Reading them waits for the step to
/// finish.
#[derive(Clone)]
pub struct StepOutcome {
    /// Row in the set of each pair's picture.
    pub rows: Vec<usize>,
    /// Loss, contrastive accuracy, alignment, uniformity, `[4]`.
    pub statistics: Tensor<1>,
    /// Cosine similarities of all views, `[2n, 2n]`.
    pub similarities: Tensor<2>,
    /// Further values needed to follow the loss of one row.
    pub details: StepDetails,
}

/// Values that turned a step's similarities into its loss.
#[derive(Clone)]
pub struct StepDetails {
    /// Settings of the step.
    pub settings: Settings,
    /// Augmentation of each view, first views first.
    pub views: Vec<View>,
    /// Temperature and bias before the step, `[2]`.
    pub scale: Tensor<1>,
    /// Lengths of the projections, `[2n]`.
    pub lengths: Tensor<1>,
    /// Index of each anchor's mined negative, `[2n]`; triplets only.
    pub negatives: Option<Tensor<1>>,
}

/// Loss and gradients of a step, not yet applied.
pub struct Computed {
    outcome: StepOutcome,
    statistics: Vec<BatchStatistics>,
    /// Gradients by parameter of [`Trainer::network_in_training`].
    pub gradients: GradientsParams,
    scale_gradients: GradientsParams,
}

/// Trains one network on one set of pictures.
pub struct Trainer {
    settings: Settings,
    /// Seed of the initial weights; a model file may have brought one that differs from the settings.
    weights_seed: u32,
    untrained: Network,
    network: Network,
    optimizer: Optimizer,
    loss: Loss,
    /// Temperature and bias of the loss; their learned part is trained like weights.
    scale: LogitScale,
    /// All pictures of the set, `[pictures, 3, side, side]`.
    pictures: Tensor<4>,
    pairs: usize,
    step: u32,
    /// Values drawn for the latest step, in one row.
    drawn: Tensor<1>,
    /// Statistics of the latest steps, oldest first, `[HISTORY, 4]`.
    history: Tensor<2>,
    recording: Recording,
}

impl Trainer {
    /// Starts a run at step 0 with initial weights from the seed. `filters` initialise the first convolution,
    /// as returned by [`first_filters`](crate::encoder::first_filters).
    ///
    /// # Shapes
    /// - `pictures`: `[pictures, 3, side, side]`, values in 0 … 1, without autodiff
    pub fn new(settings: Settings, pictures: Tensor<4>, filters: &[f32]) -> Self {
        Self::with_encoder(settings, &EncoderConfig::of(&settings), pictures, filters)
    }

    /// Like [`Trainer::new`], with an encoder of any shape.
    pub fn with_encoder(
        settings: Settings,
        encoder: &EncoderConfig,
        pictures: Tensor<4>,
        filters: &[f32],
    ) -> Self {
        let device = pictures.device();
        let count = pictures.dims()[0];
        let mut rng = generator(settings.seed, Purpose::Weights, 0);
        let mut network = encoder.init(&mut rng, &device);
        network.encoder.start_with(filters);
        calibrate(&mut network.encoder, &pictures);
        let pairs = pairs(&settings, count);
        let empty = |rows: usize, columns: usize| {
            Tensor::<2>::from_data(TensorData::zeros::<f32, _>([rows, columns]), &device)
        };
        Self {
            settings,
            weights_seed: settings.seed,
            untrained: lasting::copy_of(network.clone()),
            network: network.train(),
            optimizer: Optimizer::new(ADAMW),
            loss: Loss::new(&settings, pairs, &device.clone().autodiff()),
            scale: LogitScale::new(&settings, &device).train(),
            drawn: empty(1, 1).flatten(0, 1),
            history: empty(HISTORY, 4),
            pictures,
            pairs,
            step: 0,
            recording: Recording::default(),
        }
    }

    /// Returns the number of pairs per step.
    pub fn pairs(&self) -> usize {
        self.pairs
    }

    /// Returns the number of steps taken so far.
    pub fn steps_taken(&self) -> u32 {
        self.step
    }

    /// Returns the network before the first step, without autodiff.
    pub fn untrained(&self) -> &Network {
        &self.untrained
    }

    /// Returns a copy of the current network, without autodiff.
    pub fn network(&self) -> Network {
        lasting::copy_of(self.network.valid())
    }

    /// Returns the statistics of the latest [`HISTORY`] steps as in [`StepOutcome`], oldest first,
    /// `[HISTORY, 4]`, valid until the next step is taken.
    pub fn history(&self) -> Tensor<2> {
        self.history.clone()
    }

    /// Returns the current network, its parameters tracked by autodiff.
    pub fn network_in_training(&self) -> &Network {
        &self.network
    }

    /// Applies settings from the next step on. Settings that shape the network or draw its initial weights
    /// have no effect: they belong to a new run.
    pub fn configure(&mut self, settings: Settings) {
        let old = std::mem::replace(&mut self.settings, settings);
        self.recording.forget();
        if !LogitScale::is_shared(&old, &settings) {
            self.optimizer.forget(&self.scale);
            self.scale = LogitScale::new(&settings, &self.pictures.device()).train();
        }
        self.prepare_loss(&old);
    }

    /// Continues with another set of pictures, shaped as in [`Trainer::new`].
    pub fn replace_pictures(&mut self, pictures: Tensor<4>) {
        self.pictures = pictures;
        self.recording.forget();
        let settings = self.settings;
        self.prepare_loss(&settings);
    }

    /// Rebuilds the loss if its inputs have changed. Not always, since it holds matrices over all views and a
    /// slider sends settings many times a second.
    fn prepare_loss(&mut self, old: &Settings) {
        let pairs = pairs(&self.settings, self.pictures.dims()[0]);
        if pairs != self.pairs || !Loss::is_shared(old, &self.settings) {
            self.pairs = pairs;
            self.loss = Loss::new(&self.settings, pairs, &self.pictures.device().autodiff());
        }
    }

    /// Takes one step, by replaying the recording once there is one.
    pub fn step(&mut self) -> StepOutcome {
        self.step_with(&mut Replicas::none()).now_or_never().expect("there is no replica to wait for")
    }

    /// Like [`Self::step`]; on the CPU, shared with replicas.
    pub async fn step_with(&mut self, replicas: &mut Replicas) -> StepOutcome {
        let drawn = self.draw();
        let outcome = match self.replay(&drawn) {
            Some(outcome) => outcome,
            None => {
                let computed = self.compute_drawn(drawn, replicas).await;
                self.update_weights(computed)
            }
        };
        self.count_step();
        // The loss of a device is reported when results are read.
        let _ = self.pictures.device().flush();
        outcome
    }

    /// Performs the device's part of a step. Its inputs are already on the device, unless the views do not
    /// fit the compact form.
    fn pass(&mut self, drawn: Drawn) -> StepOutcome {
        let computed = self.compute_at_once(drawn);
        self.update_weights(computed)
    }

    /// Counts the step that the device has taken.
    fn count_step(&mut self) {
        self.optimizer.count_step(&self.network);
        self.optimizer.count_step(&self.scale);
        self.recording.count();
        self.step += 1;
    }

    /// Computes the loss and gradients of the next step; [`Self::apply`] completes it.
    pub fn compute(&mut self) -> Computed {
        let drawn = self.draw();
        let mut none = Replicas::none();
        self.compute_drawn(drawn, &mut none).now_or_never().expect("there is no replica to wait for")
    }

    /// Computes the loss and gradients of the drawn step.
    async fn compute_drawn(&self, drawn: Drawn, replicas: &mut Replicas) -> Computed {
        if is_cpu(&self.pictures.device()) {
            self.compute_by_ghost_batch(drawn, replicas).await
        } else {
            self.compute_at_once(drawn)
        }
    }

    /// Draws the next step and uploads the drawn values to the device.
    fn draw(&mut self) -> Drawn {
        let (rows, views) = (self.next_rows(), self.draw_views());
        let mut rng = generator(self.settings.seed, Purpose::Negatives, self.step);
        let share = schedule::warmed_up(self.step, self.settings.steps);
        let rate = f64::from(self.settings.learning_rate * share);
        let factors =
            [self.optimizer.factors(rate, &self.network), self.optimizer.factors(rate, &self.scale)];
        let drawn = Drawn { factors, rows, views, negatives: self.loss.draw(&mut rng) };
        self.drawn = drawn.upload(&self.drawn);
        drawn
    }

    /// Computes the loss and gradients of the drawn step, all ghost batches at once.
    fn compute_at_once(&self, drawn: Drawn) -> Computed {
        let views = if drawn::is_compact(&self.settings.augmentations) {
            drawn.render(&self.pictures, &self.drawn)
        } else {
            self.render(&drawn.rows, &drawn.views)
        };
        let ghosts = ghosts(2 * self.pairs);
        let (embeddings, statistics) = self.network.encoder.forward_batch(Tensor::from_inner(views), ghosts);
        let projections = self.network.head.forward(embeddings);
        let batch = self.loss.forward_drawn(projections, &self.scale, drawn.negatives(&self.drawn));
        let mut all_gradients = batch.loss.backward();
        let gradients = GradientsParams::from_module(&mut all_gradients, &self.network);
        self.computed(drawn, batch, statistics, gradients, all_gradients)
    }

    /// Computes the loss and gradients of the drawn step on the CPU, ghost batch by ghost batch, each on
    /// whichever worker has it. The sums are the same, whatever the number of replicas.
    async fn compute_by_ghost_batch(&self, drawn: Drawn, replicas: &mut Replicas) -> Computed {
        let views = 2 * self.pairs;
        let spans: Vec<Range<usize>> = ghost_batches(views, ghosts(views)).collect();
        let side = self.pictures.dims()[3] as u32;
        let batches = spans.iter().map(|span| {
            let rows: Vec<usize> = span.clone().map(|view| drawn.rows[view % self.pairs]).collect();
            let pictures = Floats(parameters::values(select(&self.pictures, &rows)));
            GhostBatch { side, pictures, views: drawn.views[span.clone()].to_vec() }
        });
        let forward = replicas.forward(&self.network, batches.collect()).await;
        let device = Device::flex();
        let all: Vec<f32> =
            forward.outputs.iter().flat_map(|passed| passed.projections.0.iter().copied()).collect();
        let dimensions = all.len() / views;
        let projections = Tensor::<2>::from_data(TensorData::new(all, [views, dimensions]), &device);
        let projections = Tensor::from_inner(projections).require_grad();
        let statistics = mean_statistics(&forward.outputs, &device);
        let batch = self.loss.forward_drawn(projections.clone(), &self.scale, drawn.negatives(&self.drawn));
        let all_gradients = batch.loss.backward();
        let of_projections = projections.grad(&all_gradients).expect("the loss depends on the projections");
        let by_batch = spans.iter().map(|span| of_projections.clone().narrow(0, span.start, span.len()));
        let gradients = replicas.backward(forward, by_batch.collect()).await;
        let gradients = parameters::assigned(&self.network, &gradients);
        self.computed(drawn, batch, statistics, gradients, all_gradients)
    }

    fn computed(
        &self,
        drawn: Drawn,
        batch: BatchLoss,
        statistics: Vec<BatchStatistics>,
        gradients: GradientsParams,
        mut all_gradients: Gradients,
    ) -> Computed {
        let scale_gradients = GradientsParams::from_module(&mut all_gradients, &self.scale);
        let outcome = StepOutcome {
            rows: drawn.rows,
            statistics: batch.statistics.inner(),
            similarities: batch.similarities.inner(),
            details: StepDetails {
                settings: self.settings,
                views: drawn.views,
                scale: self.scale.values().inner(),
                lengths: batch.lengths.inner(),
                negatives: batch.negatives.map(Tensor::inner),
            },
        };
        Computed { outcome, statistics, gradients, scale_gradients }
    }

    /// Returns the views of the next step, first views first, `[2n, 3, side, side]`.
    pub fn next_views(&self) -> Tensor<4> {
        self.render(&self.next_rows(), &self.draw_views())
    }

    fn next_rows(&self) -> Vec<usize> {
        batch_rows(&self.settings, self.pictures.dims()[0], self.pairs, self.step)
    }

    /// Updates the weights by a step's gradients.
    pub fn apply(&mut self, computed: Computed) -> StepOutcome {
        let outcome = self.update_weights(computed);
        self.count_step();
        outcome
    }

    /// Updates the weights in place, without counting the step ([`Self::count_step`]).
    fn update_weights(&mut self, computed: Computed) -> StepOutcome {
        let Computed { outcome, statistics, gradients, scale_gradients } = computed;
        let (network, scale) = (self.network.clone(), self.scale.clone());
        self.network = self.optimizer.step_by(&self.drawn, drawn::OF_NETWORK, network, gradients);
        if !scale_gradients.is_empty() {
            let moved = self.optimizer.step_by(&self.drawn, drawn::OF_SCALE, scale, scale_gradients);
            self.scale = moved.limited();
        }
        self.network.encoder.update_running(statistics, BATCH_NORM_MOMENTUM);
        let kept = self.history.clone().narrow(0, 1, HISTORY - 1);
        let history = Tensor::cat(vec![kept, outcome.statistics.clone().unsqueeze()], 0);
        self.history = lasting::assign(self.history.clone(), history);
        outcome
    }

    /// Draws the augmentations of the two views of each picture of the next step, first views first.
    fn draw_views(&self) -> Vec<View> {
        let mut rng = generator(self.settings.seed, Purpose::Views, self.step);
        let augmentations = &self.settings.augmentations;
        (0..2 * self.pairs).map(|_| View::draw(augmentations, &mut rng)).collect()
    }

    /// Renders views of the set's pictures, `[views.len(), 3, side, side]`; view `i` shows the picture in row
    /// `rows[i % rows.len()]`.
    pub fn render(&self, rows: &[usize], views: &[View]) -> Tensor<4> {
        let rows: Vec<usize> = rows.iter().copied().cycle().take(views.len()).collect();
        render(select(&self.pictures, &rows), views)
    }
}

/// Sets an encoder's running statistics from a sample of unaugmented pictures.
pub fn calibrate(encoder: &mut Encoder, pictures: &Tensor<4>) {
    let [count, _, _, side] = pictures.dims();
    let most = CALIBRATION_NUMBERS / encoder.activation(side);
    let sample = select(pictures, &strided(count, CALIBRATION.min(most)));
    let (_, statistics) = encoder.forward_batch(sample, 1);
    encoder.update_running(statistics, 1.0);
}

/// Returns the statistics of each block, averaged over the ghost batches.
fn mean_statistics(passed: &[ForwardOutputs], device: &Device) -> Vec<BatchStatistics> {
    let blocks = passed.first().map_or(0, |passed| passed.statistics.len());
    let mean = |block: usize, moment: usize| {
        let mut mean = vec![0.0; passed[0].statistics[block][moment].0.len()];
        for of_batch in passed {
            let values = &of_batch.statistics[block][moment].0;
            mean.iter_mut().zip(values).for_each(|(mean, value)| *mean += value / passed.len() as f32);
        }
        let channels = mean.len();
        Tensor::from_data(TensorData::new(mean, [channels]), device)
    };
    (0..blocks).map(|block| BatchStatistics { mean: mean(block, 0), variance: mean(block, 1) }).collect()
}

/// Returns the number of pairs per step: as set, but at most the number of pictures.
fn pairs(settings: &Settings, pictures: usize) -> usize {
    (settings.batch as usize).min(pictures)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::{
        encoder::first_filters,
        samples::shape,
        settings::{Images, LossKind},
    };

    fn small() -> Settings {
        Settings { side: 16, width: 4, batch: 4, ..Settings::recommended(Images::Shapes) }
    }

    fn trainer(settings: Settings, planes: Vec<f32>) -> Trainer {
        let filters = first_filters(&settings, &planes);
        Trainer::new(settings, upload(planes, settings.side as usize, &Device::flex()), &filters)
    }

    fn figures(count: usize) -> Vec<f32> {
        (0..count).flat_map(|index| shape(index, 1).image.planes(16)).collect()
    }

    /// Returns embeddings of one grey picture by the untrained encoder, which reveal its statistics.
    fn untrained(trainer: &Trainer) -> Vec<f32> {
        let grey = upload(vec![0.5; 3 * 16 * 16], 16, &Device::flex());
        trainer.untrained().encoder.forward(grey).into_data().try_into_vec().expect("single precision")
    }

    #[test]
    fn the_untrained_encoder_is_calibrated_on_the_whole_set() {
        // A folder of 256 dark pictures, then one of as many bright ones.
        let folders = |levels: [f32; 2]| -> Vec<f32> {
            let folder = |level: f32| (0..256 * 768).map(move |at| level + (at as f32 * 0.7).sin() * 0.1);
            levels.into_iter().flat_map(folder).collect()
        };
        let both = untrained(&trainer(small(), folders([0.2, 0.8])));
        let dark = untrained(&trainer(small(), folders([0.2, 0.2])));
        let differs = both.iter().zip(&dark).any(|(a, b)| (a - b).abs() > 0.1 * a.abs().max(b.abs()));
        assert!(differs, "the second folder has no part in it");
    }

    #[test]
    fn moments_of_unused_loss_parameters_are_dropped() {
        let learned = Settings { learned_temperature: true, ..small() };
        let mut trainer = trainer(learned, figures(8));
        trainer.step();
        let known = trainer.optimizer.known();
        for step in 1..6 {
            let loss = if step % 2 == 0 { LossKind::InfoNce } else { LossKind::Nce };
            trainer.configure(Settings { loss, temperature: 0.1 * step as f32, ..learned });
            trainer.step();
        }
        trainer.configure(learned);
        trainer.step();
        assert_eq!(trainer.optimizer.known(), known);
    }

    #[test]
    fn a_smaller_set_has_fewer_pairs() {
        let mut trainer = trainer(small(), figures(8));
        assert_eq!(trainer.step().rows.len(), 4);
        trainer.replace_pictures(upload(figures(2), 16, &Device::flex()));
        assert_eq!(trainer.step().similarities.dims(), [4, 4]);
        trainer.replace_pictures(upload(figures(8), 16, &Device::flex()));
        trainer.configure(Settings { batch: 3, ..small() });
        assert_eq!(trainer.step().similarities.dims(), [6, 6]);
    }
}
