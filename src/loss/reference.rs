//! Shared test helpers: the losses in plain loops and double precision.

use burn::{
    module::Module,
    tensor::{Device, Tensor, TensorData},
};
use rand::RngExt;

use super::{BatchLoss, LogitScale};
use crate::{
    random::{Purpose, generator},
    settings::{Images, LossKind, Settings, Similarity},
};

pub const PAIRS: usize = 5;
pub const VIEWS: usize = 2 * PAIRS;
pub const DIMENSIONS: usize = 7;

/// Step of finite differences: small, since the loops compute in double precision.
const NUDGE: f64 = 1e-6;

/// Returns random projections of a batch.
pub fn projections(index: u32) -> Vec<f32> {
    let mut rng = generator(1, Purpose::Preview, index);
    (0..VIEWS * DIMENSIONS).map(|_| rng.random_range(-1.0..1.0)).collect()
}

/// Returns a batch whose views all have the same projection.
pub fn collapsed() -> Vec<f32> {
    [0.3, -0.2, 0.9, 0.1, 0.0, 0.5, -0.7].repeat(VIEWS)
}

/// Returns projections as a tensor, `[2n, dimensions]`.
pub fn tensor(projections: &[f32]) -> Tensor<2> {
    on(projections, &Device::flex())
}

fn on(projections: &[f32], device: &Device) -> Tensor<2> {
    Tensor::from_data(TensorData::new(projections.to_vec(), [VIEWS, DIMENSIONS]), device)
}

/// Returns the initial temperature and bias, with the temperature learned.
pub fn scale(loss: LossKind, temperature: f32, device: &Device) -> LogitScale {
    let mut settings = Settings::recommended(Images::Shapes);
    (settings.loss, settings.temperature, settings.learned_temperature) = (loss, temperature, true);
    LogitScale::new(&settings, device)
}

/// Reads back loss, accuracy, alignment and uniformity.
pub fn statistics(batch: BatchLoss) -> Vec<f32> {
    batch.statistics.into_data().try_to_vec().expect("single precision")
}

/// A batch in double precision.
pub struct Reference(Vec<Vec<f64>>);

impl Reference {
    pub fn new(projections: &[f32]) -> Self {
        let row = |row: &[f32]| row.iter().map(|value| f64::from(*value)).collect();
        Self(projections.chunks_exact(DIMENSIONS).map(row).collect())
    }

    pub fn positive(i: usize) -> usize {
        (i + PAIRS) % VIEWS
    }

    pub fn others(i: usize) -> impl Iterator<Item = usize> {
        (0..VIEWS).filter(move |j| *j != i)
    }

    fn dot(&self, i: usize, j: usize) -> f64 {
        self.0[i].iter().zip(&self.0[j]).map(|(x, y)| x * y).sum()
    }

    pub fn similarity(&self, i: usize, j: usize, similarity: Similarity) -> f64 {
        match similarity {
            Similarity::Cosine => self.dot(i, j) / (self.dot(i, i) * self.dot(j, j)).sqrt(),
            Similarity::Dot => self.dot(i, j),
        }
    }

    /// Returns accuracy, alignment and uniformity.
    fn measures(&self) -> [f64; 3] {
        let cosine = |i, j| self.similarity(i, j, Similarity::Cosine);
        let (mut right, mut apart, mut potential) = (0.0, 0.0, 0.0);
        for i in 0..VIEWS {
            let nearest = Self::others(i).max_by(|a, b| cosine(i, *a).total_cmp(&cosine(i, *b)));
            right += f64::from(u8::from(nearest == Some(Self::positive(i))));
            let distance = |j| 2.0 - 2.0 * cosine(i, j);
            apart += distance(Self::positive(i));
            potential += Self::others(i).map(|j| (-2.0 * distance(j)).exp()).sum::<f64>();
        }
        let n = VIEWS as f64;
        [right / n, apart / n, (potential / (n * (n - 1.0))).ln()]
    }
}

/// Asserts a batch's loss, statistics, similarities and lengths.
pub fn assert_close(batch: BatchLoss, loss: f64, reference: &Reference) {
    let read = |tensor: Tensor<1>| tensor.into_data().try_to_vec::<f32>().expect("single precision");
    let cells = (0..VIEWS * VIEWS).map(|at| reference.similarity(at / VIEWS, at % VIEWS, Similarity::Cosine));
    let lengths = (0..VIEWS).map(|i| reference.dot(i, i).sqrt());
    let expected = [loss].into_iter().chain(reference.measures()).chain(cells).chain(lengths);
    let computed =
        [read(batch.statistics), read(batch.similarities.flatten(0, 1)), read(batch.lengths)].concat();
    for (computed, expected) in computed.into_iter().zip(expected) {
        let difference = (f64::from(computed) - expected).abs();
        assert!(difference < 2e-5 * expected.abs().max(1.0), "{computed} instead of {expected}");
    }
}

/// Returns the slope of a function by central differences.
pub fn slope(function: impl Fn(f64) -> f64, at: f64) -> f64 {
    (function(at + NUDGE) - function(at - NUDGE)) / (2.0 * NUDGE)
}

/// Asserts one component of a gradient.
pub fn assert_slope(computed: f32, expected: f64) {
    let difference = (f64::from(computed) - expected).abs();
    assert!(difference < 1e-4 * expected.abs().max(1.0), "{computed} instead of {expected}");
}

/// Asserts the gradient with respect to every component of the projections.
pub fn assert_gradient(forward: impl Fn(Tensor<2>) -> BatchLoss, by_loops: impl Fn(&Reference) -> f64) {
    let projections = projections(0);
    let tracked = on(&projections, &Device::flex().autodiff()).require_grad();
    let gradient = gradient(&tracked, forward(tracked.clone()));
    for (at, computed) in gradient.into_iter().enumerate() {
        let moved = |value: f64| {
            let mut reference = Reference::new(&projections);
            reference.0[at / DIMENSIONS][at % DIMENSIONS] = value;
            by_loops(&reference)
        };
        assert_slope(computed, slope(moved, f64::from(projections[at])));
    }
}

fn gradient(tracked: &Tensor<2>, batch: BatchLoss) -> Vec<f32> {
    let gradient = tracked.grad(&batch.loss.backward()).expect("the loss depends on the projections");
    gradient.into_data().try_to_vec().expect("single precision")
}

/// Returns the gradients of a batch's loss and the scale they belong to.
pub fn scale_gradients(
    loss: LossKind,
    temperature: f32,
    forward: impl Fn(Tensor<2>, &LogitScale) -> BatchLoss,
) -> (burn::tensor::Gradients, LogitScale) {
    let scale = scale(loss, temperature, &Device::flex()).train();
    let batch = forward(on(&projections(1), &Device::flex().autodiff()), &scale);
    (batch.loss.backward(), scale)
}

/// Asserts that statistics and gradients are finite where all views collapse into one point, where they have
/// no length, and for ordinary projections.
pub fn assert_finite_at_the_limits(forward: impl Fn(Tensor<2>) -> BatchLoss) {
    for projections in [collapsed(), vec![0.0; VIEWS * DIMENSIONS], projections(2)] {
        let tracked = on(&projections, &Device::flex().autodiff()).require_grad();
        let batch = forward(tracked.clone());
        let measured: Vec<f32> = batch.statistics.clone().into_data().try_to_vec().expect("single precision");
        assert!(measured.iter().all(|value| value.is_finite()), "{measured:?}");
        assert!(gradient(&tracked, batch).iter().all(|value| value.is_finite()));
    }
}
