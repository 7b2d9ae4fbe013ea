//! Fine-tuning: the encoder and a linear classifier on top learn the given labels together.
//!
//! It starts from a copy of an encoder, so that the original stays unchanged.

use burn::{
    module::{Module, Param},
    optim::GradientsParams,
    tensor::{Device, Tensor, TensorData, activation::log_softmax},
};
use rand::seq::SliceRandom;

use crate::{
    augment::View,
    encoder::Encoder,
    kernels::{matmul::matmul, views::render},
    random::{Purpose, generator},
    settings::Augmentations,
    train::{ADAMW, BATCH_NORM_MOMENTUM, optimizer::Optimizer, schedule, select},
};

/// Number of steps in a fine-tuning run.
pub const STEPS: u32 = 100;

/// Number of pictures per step; all given ones if there are fewer.
const BATCH: usize = 32;

/// Learning rate of the first step; it falls to 0 along a cosine.
const LEARNING_RATE: f32 = 2e-3;

/// Encoder with a classifier on its embeddings.
#[derive(Module, Debug)]
struct Tuned {
    encoder: Encoder,
    weight: Param<Tensor<2>>,
    bias: Param<Tensor<1>>,
}

impl Tuned {
    /// Returns every class's score, `[batch, classes]`.
    fn scores(&self, embeddings: Tensor<2>) -> Tensor<2> {
        matmul(embeddings, self.weight.val()) + self.bias.val().unsqueeze()
    }
}

/// Data and parameters of a fine-tuning run.
pub struct FineTuneTask {
    /// All pictures, `[pictures, 3, side, side]`, without autodiff.
    pub pictures: Tensor<4>,
    /// Rows whose labels are given.
    pub given: Vec<usize>,
    /// Classes of these rows, below `classes`.
    pub targets: Vec<usize>,
    /// Number of classes.
    pub classes: usize,
    /// Random changes to the pictures.
    pub augmentations: Augmentations,
    /// Seed of batches and random changes.
    pub seed: u32,
}

/// A fine-tuning run in progress.
pub struct FineTuner {
    task: FineTuneTask,
    network: Tuned,
    optimizer: Optimizer,
    step: u32,
}

impl FineTuner {
    /// Starts from an encoder with `dimensions` outputs and a classifier with zero weights.
    pub fn new(encoder: Encoder, dimensions: usize, task: FineTuneTask) -> Self {
        let device = task.pictures.device();
        let weight = Param::from_tensor(Tensor::zeros([dimensions, task.classes], &device));
        let bias = Param::from_tensor(Tensor::zeros([task.classes], &device));
        let network = Tuned { encoder, weight, bias }.train();
        Self { task, network, optimizer: Optimizer::new(ADAMW), step: 0 }
    }

    /// Returns the number of steps taken so far, [`STEPS`] at the end.
    pub fn steps_taken(&self) -> u32 {
        self.step
    }

    /// Takes one step and returns its mean cross-entropy in nats, `[1]`, not yet read back.
    pub fn step(&mut self) -> Tensor<1> {
        let (pictures, wanted) = self.batch();
        let (embeddings, statistics) = self.network.encoder.forward_batch(Tensor::from_inner(pictures), 1);
        let count = wanted.dims()[0] as f32;
        let chances = log_softmax(self.network.scores(embeddings), 1);
        let loss = (chances * wanted).sum().mul_scalar(-1.0 / count);
        let gradients = GradientsParams::from_grads(loss.backward(), &self.network);
        let rate = LEARNING_RATE * schedule::falling(self.step, STEPS);
        self.network = self.optimizer.step(f64::from(rate), self.network.clone(), gradients);
        self.network.encoder.update_running(statistics, BATCH_NORM_MOMENTUM);
        self.step += 1;
        loss.inner()
    }

    /// Returns augmented pictures, `[n, 3, side, side]`, and their one-hot classes, `[n, classes]`.
    fn batch(&self) -> (Tensor<4>, Tensor<2>) {
        let FineTuneTask { pictures, given, targets, classes, augmentations, seed } = &self.task;
        let mut rng = generator(*seed, Purpose::FineTuning, self.step);
        let mut places: Vec<usize> = (0..given.len()).collect();
        places.shuffle(&mut rng);
        places.truncate(BATCH);
        let rows: Vec<usize> = places.iter().map(|place| given[*place]).collect();
        let views: Vec<View> = rows.iter().map(|_| View::draw(augmentations, &mut rng)).collect();
        let count = rows.len();
        let mut wanted = vec![0.0; count * classes];
        places.iter().enumerate().for_each(|(row, place)| wanted[row * classes + targets[*place]] = 1.0);
        let wanted =
            Tensor::from_data(TensorData::new(wanted, [count, *classes]), &pictures.device().autodiff());
        (render(select(pictures, &rows), &views), wanted)
    }

    /// Returns the current encoder, without autodiff.
    pub fn encoder(&self) -> Encoder {
        self.network.valid().encoder
    }

    /// Returns log-probabilities of the classes for embeddings of [`Self::encoder`], `[rows, classes]` from
    /// `[rows, dimensions]`.
    pub fn classify(&self, embeddings: Vec<f32>, device: &Device) -> Tensor<2> {
        let network = self.network.valid();
        let dimensions = network.weight.val().dims()[0];
        let shape = [embeddings.len() / dimensions, dimensions];
        let embeddings = Tensor::from_data(TensorData::new(embeddings, shape), device);
        log_softmax(network.scores(embeddings), 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{encoder::EncoderConfig, train::upload};

    /// Returns a tuner on alternating dark and bright pictures.
    fn tuner(seed: u32) -> FineTuner {
        let device = Device::flex();
        let plane =
            |i: usize| vec![if i.is_multiple_of(2) { 0.2 } else { 0.8 } + i as f32 * 1e-3; 3 * 16 * 16];
        let pictures = upload((0..12).flat_map(plane).collect(), 16, &device);
        let config = EncoderConfig::new(4, 4);
        let network = config.init(&mut generator(1, Purpose::Weights, 0), &device);
        let task = FineTuneTask {
            pictures,
            given: vec![0, 1, 2, 3, 4, 5],
            targets: vec![0, 1, 0, 1, 0, 1],
            classes: 2,
            augmentations: Augmentations::NONE,
            seed,
        };
        FineTuner::new(network.encoder, config.outputs, task)
    }

    fn number(tensor: Tensor<1>) -> f32 {
        tensor.into_data().try_into_vec::<f32>().expect("single precision")[0]
    }

    #[test]
    fn fine_tuning_starts_at_chance_and_learns_the_labels() {
        let mut tuner = tuner(1);
        assert!((number(tuner.step()) - 2.0f32.ln()).abs() < 1e-5);
        let losses: Vec<f32> = (1..STEPS).map(|_| number(tuner.step())).collect();
        assert!(losses.last().expect("steps") < &0.2, "{losses:?}");
        assert_eq!(tuner.steps_taken(), STEPS);
        let embeddings = tuner.encoder().forward(tuner.task.pictures.clone());
        let embeddings = embeddings.into_data().try_into_vec::<f32>().expect("single precision");
        let chances = tuner.classify(embeddings, &Device::flex()).into_data();
        let chances = chances.try_into_vec::<f32>().expect("single precision");
        // The last six were held out.
        for (row, chances) in chances.chunks_exact(2).enumerate().skip(6) {
            assert!(chances[row % 2] > chances[1 - row % 2], "row {row}: {chances:?}");
        }
    }

    #[test]
    fn fine_tuning_is_reproducible() {
        let losses = |seed| {
            let mut tuner = tuner(seed);
            (0..5).map(|_| number(tuner.step()).to_bits()).collect::<Vec<_>>()
        };
        assert_eq!(losses(1), losses(1));
    }
}
