//! Evaluation: the set's way through an encoder and the comparison that follows.

use std::rc::Rc;

use burn::tensor::Tensor;
use web_time::Instant;

use super::{Goal, SLICE, Session, training::Run};
use crate::{
    embedding::Embedding,
    engine::{
        baseline::Describing, comparing::Comparing, embedded::Source, embedder::Embedder, jobs::score,
        whitener::Whitener,
    },
    progress::Progress,
    protocol::{Activity, Breakdown, Event, LabelId, PictureId, Stage, Symptom},
    settings::{Features, Settings},
};

/// Largest fraction of training time spent on evaluation.
const EVALUATION_SHARE: f64 = 0.08;

/// The same before a run's first evaluation, which shows that it learns.
const FIRST_EVALUATION_SHARE: f64 = 0.4;

/// An evaluation in progress.
pub(super) struct Evaluating {
    pub stage: Stage,
    /// Step after which the encoder was taken.
    step: u32,
    work: Work,
}

enum Work {
    Describing(Describing),
    Whitening(Box<Whitener>),
    Embedding(Rc<Embedding>, Embedder),
    Comparing(Comparing),
}

impl Work {
    /// Starts to embed pictures, `[pictures, 3, side, side]`.
    fn embedding(embedding: Embedding, pictures: &Tensor<4>) -> Self {
        let embedding = Rc::new(embedding);
        Self::Embedding(embedding.clone(), Embedder::new(pictures.clone(), embedding))
    }
}

impl Run {
    /// Starts to embed the run's pictures with its network at a stage. The whitening of the map belongs to
    /// the network: it is fitted to the set once, and again after further steps.
    fn embed(&self, stage: Stage, settings: &Settings) -> Work {
        let (encoder, step) = match stage {
            Stage::Untrained => (self.trainer.untrained().encoder.clone(), 0),
            _ => (self.trainer.network().encoder, self.trainer.steps_taken()),
        };
        let mirrored = settings.augmentations.mirrors();
        match (settings.features, self.whitenings.get(&stage)) {
            (Features::Outputs, _) => Work::embedding(Embedding::outputs(encoder), &self.pictures),
            (Features::Map, Some((of, whitening))) if *of == step => {
                let device = self.pictures.device();
                let embedding = Embedding::map(encoder, whitening.as_ref(), mirrored, &device);
                Work::embedding(embedding, &self.pictures)
            }
            (Features::Map, _) => {
                Work::Whitening(Box::new(Whitener::new(&encoder, &self.pictures, mirrored)))
            }
        }
    }
}

impl<E: FnMut(Event)> Session<E> {
    /// Returns the set on the device, `[pictures, 3, side, side]`.
    pub(super) fn pictures(&mut self) -> Tensor<4> {
        let (set, side) = (&self.set, self.settings.side as usize);
        let opened = self.opened.as_ref().expect("the device is open");
        self.pictures.get_or_insert_with(|| crate::train::upload(set.planes(), side, &opened.device)).clone()
    }

    /// Starts to compare the pictures with the next baseline.
    pub(super) fn start_baseline(&mut self) {
        let stage = self.baselines_due.remove(0);
        if self.set.len() == 0 {
            return;
        }
        self.set_activity(Activity::Evaluating);
        let side = self.settings.side as usize;
        let work = Work::Describing(Describing::new(stage, self.set.planes(), side));
        self.evaluating = Some(Evaluating { stage, step: 0, work });
    }

    /// Returns whether the set should be embedded again before anything else.
    pub(super) fn evaluation_due(&self) -> bool {
        let Some(run) = self.run.as_ref().filter(|_| self.settled) else {
            return false;
        };
        if self.embeddings.get(Stage::Untrained).is_none() || run.evaluated.is_none() {
            return true;
        }
        if run.evaluated == Some(run.trainer.steps_taken()) {
            return false;
        }
        let share = if run.evaluated == Some(0) { FIRST_EVALUATION_SHARE } else { EVALUATION_SHARE };
        self.goal == Goal::Rest || run.training_time > run.evaluation_time.div_f64(share)
    }

    /// Starts to embed the set with the current encoder, or a new set with the untrained one first.
    pub(super) async fn start_evaluation(&mut self) -> Result<(), Breakdown> {
        self.set_activity(Activity::Evaluating);
        let run = self.run.as_mut().expect("a run is evaluated");
        // If values have diverged, their report tells at which step. Also, once the set has changed, its rows
        // can no longer be identified.
        if !run.unreported.is_empty() {
            return self.report().await;
        }
        let step = run.trainer.steps_taken();
        let is_same_set = run.ids == self.set.ids();
        if is_same_set && self.embeddings.get(Stage::Untrained).is_some() {
            let work = run.embed(Stage::Trained, &self.settings);
            self.evaluating = Some(Evaluating { stage: Stage::Trained, step, work });
            run.has_been_evaluated(step);
            return Ok(());
        }
        // The set has changed, or is not evaluated yet.
        let pictures = self.pictures();
        let run = self.run.as_mut().expect("a run is evaluated");
        if !is_same_set {
            run.replace_pictures(pictures, self.set.ids());
        }
        let work = run.embed(Stage::Untrained, &self.settings);
        self.evaluating = Some(Evaluating { stage: Stage::Untrained, step: 0, work });
        Ok(())
    }

    /// Advances the current evaluation by one piece.
    pub(super) async fn evaluate(&mut self) -> Result<(), Breakdown> {
        let started = Instant::now();
        let Some(evaluating) = &mut self.evaluating else { return Ok(()) };
        // Baselines are compared once, independently of the run.
        let is_of_run = !evaluating.stage.is_baseline();
        let progress = match &mut evaluating.work {
            Work::Describing(describing) => describing.advance(SLICE),
            Work::Whitening(whitener) => whitener.advance(&mut self.replicas).await?,
            Work::Embedding(_, embedder) => embedder.advance(&mut self.replicas).await?,
            Work::Comparing(comparing) => comparing.advance(SLICE, &self.set),
        };
        if progress == Progress::Idle
            && let Some(done) = self.evaluating.take()
        {
            self.go_on_with(done)?;
        }
        if let Some(run) = self.run.as_mut().filter(|_| is_of_run) {
            run.evaluation_time += started.elapsed();
        }
        Ok(())
    }

    /// Starts the next phase: embedding after whitening, comparison after embedding, report after comparison.
    fn go_on_with(&mut self, Evaluating { stage, step, work }: Evaluating) -> Result<(), Breakdown> {
        match work {
            Work::Describing(describing) => {
                let (features, source) = describing.finish();
                let work = Work::Comparing(Comparing::new(stage, features, self.set.ids(), source));
                self.evaluating = Some(Evaluating { stage, step, work });
            }
            Work::Whitening(whitener) => {
                if let Some(run) = &mut self.run {
                    run.whitenings.insert(stage, (step, whitener.finish()));
                    let work = run.embed(stage, &self.settings);
                    self.evaluating = Some(Evaluating { stage, step, work });
                }
            }
            Work::Embedding(embedding, mut embedder) => {
                let embeddings = embedder.take();
                if embeddings.iter().any(|value| !value.is_finite()) {
                    return self.cannot_compare(stage, step);
                }
                if stage == Stage::Untrained {
                    self.untrained_failed = false;
                }
                let source = Source::Network(embedding);
                // After whitening, all directions count alike.
                let whitened = self.run.as_ref().and_then(|run| run.whitenings.get(&stage));
                let of_map = whitened.filter(|_| self.settings.features == Features::Map);
                let rank =
                    of_map.map(|(_, whitening)| whitening.as_ref().map_or(0.0, |it| it.effective_rank));
                let comparing = Comparing::new(stage, embeddings, self.set.ids(), source).ranked(rank);
                self.evaluating = Some(Evaluating { stage, step, work: Work::Comparing(comparing) });
            }
            Work::Comparing(comparing) => self.publish(stage, step, comparing),
        }
        Ok(())
    }

    /// Returns to where the embeddings were finite. Initial weights yield finite embeddings; if they do not,
    /// the device computes wrongly.
    fn cannot_compare(&mut self, stage: Stage, step: u32) -> Result<(), Breakdown> {
        if stage == Stage::Untrained && std::mem::replace(&mut self.untrained_failed, true) {
            return Err(Breakdown::ComputesWrongly);
        }
        self.fall_back(step, Symptom::Embeddings);
        Ok(())
    }

    /// Reports the evaluation of embeddings, and keeps them for requests about them.
    fn publish(&mut self, stage: Stage, step: u32, comparing: Comparing) {
        let (evaluation, embedded) = comparing.finish(step);
        // Pending scores and questions refer to the previous embeddings.
        self.give_up(|request| request.is_of_evaluation() && request.stage == Some(stage));
        self.embeddings.insert(stage, embedded);
        self.search(stage);
        (self.emit)(Event::Evaluated(evaluation));
    }

    /// Replaces the typed labels, under which every existing evaluation has to be scored again.
    pub(super) fn label(&mut self, typed: Vec<(PictureId, LabelId)>) {
        self.set.label(typed);
        self.embeddings.stages().into_iter().for_each(|stage| self.jobs.put(score::request(stage)));
        if let Some(Evaluating { work: Work::Comparing(comparing), .. }) = &mut self.evaluating {
            comparing.relabel(&self.set.labels_now());
        }
    }
}
