//! Fine-tunes a copy of the encoder on the given labels, a step at a time.

use burn::tensor::Tensor;

use super::{
    Advance, Context, Job, Kind, Request,
    held_out::{HeldOut, TopGuesses},
};
use crate::{
    engine::embedder::Embedder,
    fine_tune::{FineTuneTask, FineTuner, STEPS},
    progress::Progress,
    protocol::{Breakdown, Classification, ClassifierRequest, Event, Stage},
    readback::read,
};

/// A fine-tuning run on its way.
struct FineTuning {
    held_out: HeldOut,
    pictures: Tensor<4>,
    tuner: FineTuner,
    /// Present once all steps are taken.
    embedder: Option<Embedder>,
    /// The probability of every class for each picture, once all are embedded.
    chances: Vec<f32>,
}

/// Asks for what labels are worth to a copy of the encoder as it is when that is started.
pub fn request(request: ClassifierRequest) -> Request {
    Request::only(Kind::FineTune, Some(Stage::Trained), move |context| FineTuning::new(&request, context))
        .or_say(Event::Tuning { done: 0, total: 0 })
}

impl Job for FineTuning {
    fn advance<'a>(&'a mut self, context: &'a mut Context<'_>) -> Advance<'a> {
        Box::pin(async move {
            if self.tuner.steps_taken() == STEPS {
                return self.embed().await;
            }
            read(self.tuner.step()).await?;
            context.emit(Event::Tuning { done: self.tuner.steps_taken(), total: STEPS });
            Ok(Progress::More)
        })
    }

    fn finish(self: Box<Self>) -> Option<Event> {
        Some(Event::Tuned(self.classification()))
    }
}

impl FineTuning {
    /// Returns `None` where there is no encoder for the set as it is, or not two classes.
    fn new(request: &ClassifierRequest, context: &Context<'_>) -> Option<Self> {
        let (ids, labels) = (context.set.ids(), context.set.labels());
        // The pictures of the run may not be those of the set until they are embedded anew.
        let run = context.run.filter(|run| run.ids == ids)?;
        let held_out = HeldOut::new(request, run.trainer.steps_taken(), ids, labels);
        let split = &held_out.split;
        let task = FineTuneTask {
            pictures: run.pictures.clone(),
            given: split.given.clone(),
            targets: split.targets.clone(),
            classes: split.classes.len(),
            augmentations: context.settings.augmentations,
            seed: context.settings.seed,
        };
        (task.classes >= 2).then(|| {
            let encoder = run.trainer.network().encoder;
            let dimensions = encoder.dimensions();
            let tuner = FineTuner::new(encoder, dimensions, task);
            Self { held_out, pictures: run.pictures.clone(), tuner, embedder: None, chances: Vec::new() }
        })
    }

    /// Embeds some pictures; classifies all once they are embedded.
    async fn embed(&mut self) -> Result<Progress, Breakdown> {
        let start = || {
            let encoder = self.tuner.encoder();
            let activation = encoder.activation(self.pictures.dims()[3]);
            Embedder::new(self.pictures.clone(), activation, move |chunk| encoder.forward(chunk))
        };
        let embedder = self.embedder.get_or_insert_with(start);
        let progress = embedder.advance().await?;
        if progress == Progress::Idle {
            let chances = self.tuner.classify(embedder.take(), &self.pictures.device()).exp();
            self.chances = read(chances).await?;
        }
        Ok(progress)
    }

    /// Returns the guesses for the held-out pictures in the place of the probe's.
    fn classification(self) -> Classification {
        let mut guesses = TopGuesses::default();
        let classes = &self.held_out.split.classes;
        for row in &self.held_out.split.held_out {
            guesses.extend(&self.chances[row * classes.len()..][..classes.len()], classes);
        }
        self.held_out.classification(guesses, TopGuesses::default())
    }
}
