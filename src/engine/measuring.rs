//! Measures what an encoder overlooks, one operation after the other.

use burn::tensor::Tensor;
use web_time::{Duration, Instant};

use super::embedded::Embedded;
use crate::{
    augment::View,
    evaluate::{UnitRows, invariance},
    kernels::views::render,
    progress::Progress,
    protocol::{Breakdown, Floats, Invariance, Stage},
    random::{Purpose, generator},
    sampling::strided,
    settings::{Augmentations, Operation, Settings},
    train::select,
};

/// The most pictures that are changed: enough for means to within some hundredths.
const SAMPLE: usize = 64;

/// How often each is changed by each operation.
const DRAWS: usize = 2;

/// A measurement on its way.
pub struct Measuring {
    stage: Stage,
    embedded: Embedded,
    /// The sample, `[pictures, 3, side, side]`.
    pictures: Tensor<4>,
    /// For each operation, that one alone, in every view.
    alone: Vec<Augmentations>,
    seed: u32,
    /// The sample as it is embedded unchanged.
    unchanged: Option<UnitRows>,
    /// Mean cosines, [`DRAWS`] for each operation.
    cosines: Vec<f32>,
}

impl Measuring {
    /// Starts on a set, `[pictures, 3, side, side]`, of which a sample is taken at even distances.
    pub fn new(stage: Stage, embedded: Embedded, set: &Tensor<4>, settings: &Settings) -> Self {
        Self {
            stage,
            embedded,
            pictures: select(set, &strided(set.dims()[0], SAMPLE)),
            alone: each_alone(settings.augmentations),
            seed: settings.seed,
            unchanged: None,
            cosines: Vec::new(),
        }
    }

    /// Whose embeddings are measured.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Works for about as long as given.
    pub async fn advance(&mut self, time: Duration) -> Result<Progress, Breakdown> {
        let started = Instant::now();
        if self.unchanged.is_none() {
            self.unchanged = Some(self.embedded.embed_tensor(self.pictures.clone()).await?);
        }
        while self.cosines.len() < DRAWS * self.alone.len() {
            self.pass().await?;
            if started.elapsed() >= time {
                return Ok(Progress::More);
            }
        }
        Ok(Progress::Idle)
    }

    /// Changes the sample by one operation, once.
    async fn pass(&mut self) -> Result<(), Breakdown> {
        let Some(unchanged) = &self.unchanged else { return Ok(()) };
        let done = self.cosines.len();
        let mut rng = generator(self.seed, Purpose::Invariance, done as u32);
        let alone = &self.alone[done / DRAWS];
        let views: Vec<View> = (0..unchanged.len()).map(|_| View::draw(alone, &mut rng)).collect();
        let changed = self.embedded.embed_tensor(render(self.pictures.clone(), &views)).await?;
        self.cosines.push(invariance::mean_of_same(unchanged, &changed));
        Ok(())
    }

    /// What was found.
    pub fn finish(self) -> Invariance {
        let unchanged = self.unchanged.expect("a measurement has several passes");
        let mean = |draws: &[f32]| draws.iter().sum::<f32>() / DRAWS as f32;
        Invariance {
            stage: self.stage,
            step: self.embedded.step,
            pictures: unchanged.len() as u32,
            operations: Floats(self.cosines.chunks_exact(DRAWS).map(mean).collect()),
            others: invariance::mean_of_others(&unchanged),
        }
    }
}

/// For each operation, all others switched off and that one in every view, at its strength.
fn each_alone(set: Augmentations) -> Vec<Augmentations> {
    let strengths = set.each().map(|operation| operation.strength);
    let alone = strengths.into_iter().enumerate().map(|(place, strength)| {
        let mut alone = Augmentations::NONE;
        *alone.each_mut()[place] = Operation::new(strength, 1.0);
        alone
    });
    alone.collect()
}
