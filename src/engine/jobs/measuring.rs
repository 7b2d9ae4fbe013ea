//! Measures what an encoder overlooks, one operation after the other.

use burn::tensor::Tensor;

use super::{Advance, Context, Job, Kind, Request};
use crate::{
    augment::View,
    engine::embedded::Embedded,
    evaluate::{UnitRows, invariance},
    kernels::views::render,
    progress::Progress,
    protocol::{Breakdown, Event, Floats, Invariance, Stage},
    random::{Purpose, generator},
    sampling::strided,
    settings::{Augmentations, Operation},
    train::select,
};

/// The most pictures that are changed: enough for means to within some hundredths.
const SAMPLE: usize = 64;

/// How often each is changed by each operation.
const DRAWS: usize = 2;

/// A measurement on its way.
struct Measuring {
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

/// Asks for the invariances of a stage, by the augmentations as they are when it is started.
pub fn request(stage: Stage) -> Request {
    Request::at(Kind::Measure, stage, move |context| Measuring::new(stage, context))
}

impl Job for Measuring {
    fn advance<'a>(&'a mut self, _: &'a mut Context<'_>) -> Advance<'a> {
        Box::pin(self.pass())
    }

    fn finish(self: Box<Self>) -> Option<Event> {
        Some(Event::Invariance(self.invariance()))
    }
}

impl Measuring {
    /// Takes a sample of the set at even distances.
    fn new(stage: Stage, context: &Context<'_>) -> Option<Self> {
        let set = &context.run?.pictures;
        Some(Self {
            stage,
            embedded: context.embeddings.get(stage)?.clone(),
            pictures: select(set, &strided(set.dims()[0], SAMPLE)),
            alone: each_alone(context.settings.augmentations),
            seed: context.settings.seed,
            unchanged: None,
            cosines: Vec::new(),
        })
    }

    /// Embeds the sample unchanged, or changes it by one operation, once.
    async fn pass(&mut self) -> Result<Progress, Breakdown> {
        let Some(unchanged) = &self.unchanged else {
            self.unchanged = Some(self.embedded.embed_tensor(self.pictures.clone()).await?);
            return Ok(Progress::More);
        };
        let done = self.cosines.len();
        let mut rng = generator(self.seed, Purpose::Invariance, done as u32);
        let alone = &self.alone[done / DRAWS];
        let views: Vec<View> = (0..unchanged.len()).map(|_| View::draw(alone, &mut rng)).collect();
        let changed = self.embedded.embed_tensor(render(self.pictures.clone(), &views)).await?;
        self.cosines.push(invariance::mean_of_same(unchanged, &changed));
        Ok(Progress::more_if(self.cosines.len() < DRAWS * self.alone.len()))
    }

    fn invariance(self) -> Invariance {
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
