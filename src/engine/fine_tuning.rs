//! Fine-tunes a copy of the encoder on the given labels, a step at a time.

use burn::tensor::Tensor;

use super::{
    embedder::Embedder,
    held_out::{Best, HeldOut},
};
use crate::{
    encoder::{Encoder, EncoderConfig},
    fine_tune::{FineTuner, Lesson, STEPS},
    protocol::Classification,
    settings::Settings,
};

/// A fine-tuning on its way.
pub struct FineTuning {
    held_out: HeldOut,
    pictures: Tensor<4>,
    tuner: FineTuner,
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
        let lesson = Lesson {
            pictures: pictures.clone(),
            given: split.given.clone(),
            targets: split.targets.clone(),
            classes: split.classes.len(),
            augmentations: settings.augmentations,
            seed: settings.seed,
        };
        let dimensions = EncoderConfig::of(settings).dimensions();
        let enough = lesson.classes >= 2;
        enough.then(|| Self { held_out, pictures, tuner: FineTuner::new(encoder, dimensions, lesson) })
    }

    /// Steps taken, and steps in all.
    pub fn progress(&self) -> (u32, u32) {
        (self.tuner.steps_taken(), STEPS)
    }

    /// Takes a step and waits for it; false when it was the last.
    pub async fn step(&mut self) -> Result<bool, String> {
        let loss = self.tuner.step();
        loss.into_data_async().await.map_err(|error| error.to_string())?;
        Ok(self.tuner.steps_taken() < STEPS)
    }

    /// Classifies the held-out pictures; the answer stands in the place of the probe's.
    pub async fn finish(self) -> Result<Classification, String> {
        let mut embedder = Embedder::new(self.tuner.encoder(), self.pictures.clone());
        while embedder.advance().await? {}
        let (_, embeddings) = embedder.finish();
        let chances = self.tuner.classify(embeddings, &self.pictures.device()).exp();
        let data = chances.into_data_async().await.map_err(|error| error.to_string())?;
        let chances = data.try_to_vec::<f32>().map_err(|error| format!("{error:?}"))?;
        let mut best = Best::default();
        let classes = &self.held_out.split.classes;
        for row in &self.held_out.split.held_out {
            best.extend(&chances[row * classes.len()..][..classes.len()], classes);
        }
        Ok(self.held_out.classification(best, Best::default()))
    }
}
