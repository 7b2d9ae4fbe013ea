//! State that outlives a session: snapshots during training, model files on request.

use web_time::Instant;

use super::{Session, training::Run};
use crate::{
    checkpoint::Checkpoint,
    engine::{divergence::likely_cause, whitener::Whitener},
    progress::Progress,
    protocol::{Backend, Breakdown, Event, ModelFailure, ModelFormat, Refusal, Stage, Symptom},
    replicas::Replicas,
    settings::{Features, Settings},
};

/// Reads a snapshot that a run can resume from with these settings.
pub(super) fn read_snapshot(file: &[u8], settings: &Settings) -> Result<Checkpoint, ModelFailure> {
    let snapshot = Checkpoint::from_file(file)?;
    if snapshot.settings.network_shape() == settings.network_shape() {
        Ok(snapshot)
    } else {
        Err(ModelFailure::OtherNetwork)
    }
}

/// Returns the network and the whitening of its map: that of the latest evaluation, unless further steps
/// were taken since; `None` if it holds NaN or infinity.
async fn model(
    run: &Run,
    settings: &Settings,
    replicas: &mut Replicas,
) -> Result<Option<Checkpoint>, Breakdown> {
    let Some(model) = run.trainer.model().await? else { return Ok(None) };
    if settings.features == Features::Outputs {
        return Ok(Some(model));
    }
    let whitening = match run.whitenings.get(&Stage::Trained) {
        Some((step, whitening)) if *step == model.step => whitening.clone(),
        _ => {
            let mirrored = settings.augmentations.mirrors();
            let encoder = run.trainer.network().encoder;
            let mut whitener = Whitener::new(&encoder, &run.pictures, mirrored);
            while whitener.advance(replicas).await? == Progress::More {}
            whitener.finish()
        }
    };
    Ok(Some(model.with_whitening(whitening)))
}

impl<E: FnMut(Event)> Session<E> {
    /// Emits the current network as a model file.
    pub(super) async fn save_model(&mut self, format: ModelFormat) {
        let Self { run: Some(run), settings, replicas, .. } = self else {
            return (self.emit)(Event::Refused(Refusal::NoNetwork));
        };
        let event = match model(run, settings, replicas).await {
            Ok(Some(model)) => {
                let (step, model) = (model.step, model.with_check());
                let file = match format {
                    ModelFormat::Safetensors => model.to_file(),
                    ModelFormat::Onnx => model.to_onnx(),
                };
                Event::Model { step, format, file }
            }
            Ok(None) => Event::Refused(Refusal::NoNumbers),
            Err(breakdown) => Event::Failed(breakdown),
        };
        (self.emit)(event);
    }

    /// Opens a network from a file, with the settings that it was trained with.
    pub(super) fn open_model(&mut self, file: &[u8]) {
        let verified = |model: Checkpoint| model.verify().map(|()| model);
        match Checkpoint::from_file(file).and_then(verified) {
            Ok(model) => {
                let settings = self.settings.with_run_of(model.settings);
                (self.emit)(Event::Opened(settings));
                self.configure(settings);
                self.resume_from(model);
            }
            Err(failure) => (self.emit)(Event::NotOpened(failure)),
        }
    }

    /// Resumes the run of a snapshot.
    pub(super) fn restore(&mut self, file: &[u8]) {
        match read_snapshot(file, &self.settings) {
            Ok(snapshot) => self.resume_from(snapshot),
            Err(failure) => (self.emit)(Event::NotRestored(failure)),
        }
    }

    /// Makes the next run resume from a checkpoint.
    fn resume_from(&mut self, checkpoint: Checkpoint) {
        self.restart();
        self.resumed = Some(checkpoint);
    }

    /// Keeps the state of training, here and on the page, in case the next steps fail.
    pub(super) async fn keep_snapshot(&mut self) -> Result<(), Breakdown> {
        let started = Instant::now();
        let Some(run) = &mut self.run else { return Ok(()) };
        match run.trainer.snapshot().await? {
            Some(snapshot) => {
                let (step, file) = (snapshot.step, snapshot.to_file());
                run.snapshots.keep(snapshot, started.elapsed());
                (self.emit)(Event::Snapshot { step, file });
            }
            None => {
                let step = run.trainer.steps_taken();
                self.fall_back(step, Symptom::Weights);
            }
        }
        Ok(())
    }

    /// Stops and returns to before a step, where values were still finite: to the latest snapshot if it is
    /// earlier, otherwise to the start.
    pub(super) fn fall_back(&mut self, before: u32, symptom: Symptom) {
        let kept = self.run.take().and_then(|run| run.snapshots.into_latest());
        let kept = kept.filter(|kept| kept.step < before);
        let backend = self.opened.as_ref().map_or(Backend::Cpu, |opened| opened.environment.backend);
        let cause = likely_cause(&self.settings, backend);
        let back_to = kept.as_ref().map_or(0, |kept| kept.step);
        self.restart();
        self.resumed = kept;
        (self.emit)(Event::Refused(Refusal::Diverged { symptom, at: before, back_to, cause }));
    }
}
