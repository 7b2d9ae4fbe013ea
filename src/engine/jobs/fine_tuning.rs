//! Fine-tuning of a copy of the encoder on the given labels.

use std::rc::Rc;

use burn::tensor::Tensor;

use super::{
    Context, Kind, Request, Slice,
    held_out::{HeldOut, TopGuesses},
};
use crate::{
    embedding::Embedding,
    encoder::Encoder,
    engine::embedder::Embedder,
    fine_tune::{FineTuneTask, FineTuner, STEPS},
    progress::Progress,
    protocol::{Breakdown, ClassifierRequest, Event, Stage},
    readback::read,
    replicas::Replicas,
};

/// Returns a request to fine-tune a copy of the encoder in its state when the job starts. The job cannot
/// start without an encoder for the current set, nor without two classes.
pub fn request(number: u32, request: ClassifierRequest) -> Request {
    let start = move |context: &Context<'_>| {
        let (ids, labels) = (context.set.ids(), context.set.labels());
        // The run's pictures may differ from the set until they are embedded again.
        let run = context.run.filter(|run| run.ids == ids)?;
        let held_out = HeldOut::new(&request, run.trainer.steps_taken(), ids, labels);
        let split = &held_out.split;
        let task = FineTuneTask {
            pictures: run.pictures.clone(),
            given: split.given.clone(),
            targets: split.targets.clone(),
            classes: split.classes.len(),
            augmentations: context.settings.augmentations,
            seed: context.settings.seed,
        };
        let (encoder, pictures) = (run.trainer.network().encoder, run.pictures.clone());
        (task.classes >= 2)
            .then(|| fine_tune(number, held_out, pictures, encoder, task, context.slice.clone()))
    };
    Request::new(Kind::FineTune, Some(Stage::Trained), start).or_say(Event::Tuning { done: 0, total: 0 })
}

/// Fine-tunes the encoder and guesses the held-out pictures, in place of the probe's guesses.
async fn fine_tune(
    number: u32,
    held_out: HeldOut,
    pictures: Tensor<4>,
    encoder: Encoder,
    task: FineTuneTask,
    slice: Slice,
) -> Result<Event, Breakdown> {
    let dimensions = encoder.dimensions();
    let mut tuner = FineTuner::new(encoder, dimensions, task);
    for done in 1..=STEPS {
        read(tuner.step()).await?;
        slice.emit(Event::Tuning { done, total: STEPS });
        slice.pause().await;
    }
    let encoder = tuner.encoder();
    let mut embedder = Embedder::new(pictures.clone(), Rc::new(Embedding::outputs(encoder)));
    while embedder.advance(&mut Replicas::none()).await? == Progress::More {
        slice.pause().await;
    }
    let chances = read(tuner.classify(embedder.take(), &pictures.device()).exp()).await?;
    let mut guesses = TopGuesses::default();
    let classes = &held_out.split.classes;
    for row in &held_out.split.held_out {
        guesses.extend(&chances[row * classes.len()..][..classes.len()], classes);
    }
    let classification = held_out.classification(guesses, TopGuesses::default());
    Ok(Event::Tuned { number, classification })
}
