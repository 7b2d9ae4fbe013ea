//! Fine-tunes a copy of the encoder on the given labels, a step at a time.

use burn::tensor::Tensor;

use super::{
    embedder::Embedder,
    held_out::{HeldOut, TopGuesses},
};
use crate::{
    encoder::Encoder,
    fine_tune::{FineTuneTask, FineTuner, STEPS},
    progress::Progress,
    protocol::{Breakdown, Classification},
    readback::read,
    settings::Settings,
};

/// A fine-tuning run on its way.
pub struct FineTuning {
    held_out: HeldOut,
    pictures: Tensor<4>,
    tuner: FineTuner,
    /// Present once all steps are taken.
    embedder: Option<Embedder>,
}

impl FineTuning {
    /// Starts from an encoder without autodiff; `None` when there are not two classes to
    /// tell apart. `pictures` are all of the set, `[pictures, 3, side, side]`.
    pub fn new(
        settings: &Settings,
        held_out: HeldOut,
        encoder: Encoder,
        pictures: Tensor<4>,
    ) -> Option<Self> {
        let split = &held_out.split;
        let lesson = FineTuneTask {
            pictures: pictures.clone(),
            given: split.given.clone(),
            targets: split.targets.clone(),
            classes: split.classes.len(),
            augmentations: settings.augmentations,
            seed: settings.seed,
        };
        let dimensions = encoder.dimensions();
        let enough = lesson.classes >= 2;
        enough.then(|| {
            let tuner = FineTuner::new(encoder, dimensions, lesson);
            Self { held_out, pictures, tuner, embedder: None }
        })
    }

    /// Steps taken, and steps in all.
    pub fn progress(&self) -> (u32, u32) {
        (self.tuner.steps_taken(), STEPS)
    }

    /// Takes a step and waits for it, or embeds some pictures once all are taken.
    pub async fn advance(&mut self) -> Result<Progress, Breakdown> {
        if self.tuner.steps_taken() < STEPS {
            read(self.tuner.step()).await?;
            return Ok(Progress::More);
        }
        let start = || {
            let encoder = self.tuner.encoder();
            let activation = encoder.activation(self.pictures.dims()[3]);
            Embedder::new(self.pictures.clone(), activation, move |chunk| encoder.forward(chunk))
        };
        self.embedder.get_or_insert_with(start).advance().await
    }

    /// Classifies the held-out pictures; the answer stands in the place of the probe's.
    pub async fn finish(self) -> Result<Classification, Breakdown> {
        let embeddings = self.embedder.expect("all pictures are embedded").take();
        let chances = read(self.tuner.classify(embeddings, &self.pictures.device()).exp()).await?;
        let mut guesses = TopGuesses::default();
        let classes = &self.held_out.split.classes;
        for row in &self.held_out.split.held_out {
            guesses.extend(&chances[row * classes.len()..][..classes.len()], classes);
        }
        Ok(self.held_out.classification(guesses, TopGuesses::default()))
    }
}
