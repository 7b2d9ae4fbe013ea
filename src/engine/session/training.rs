//! A run: its steps, and the reports on them.

use std::collections::HashMap;

use burn::{module::Module, tensor::Tensor};
use web_time::{Duration, Instant};

use super::Session;
use crate::{
    encoder::first_filters,
    engine::{
        latest_batch::LatestBatch,
        report::{Read, Report},
        snapshots::Snapshots,
    },
    evaluate::whitening::Whitening,
    protocol::{Activity, Backend, Breakdown, Event, PictureId, Refusal, Stage, StepReport, Symptom},
    settings::{MIN_PICTURES, Settings},
    train::{HISTORY, StepOutcome, Trainer},
};

/// Training time after which steps are read back and reported together. The page draws each report, on cores that
/// may be training. Even the fastest devices need a while for the [`HISTORY`] steps that a report can hold.
const REPORT_EVERY: Duration = Duration::from_millis(160);

/// Maximum size of a step's first activations on the CPU, in bytes: a browser's engine has at most 4 GiB, and
/// everything else has to fit beside them.
const STEP_BUDGET: u64 = 1 << 30;

/// The user's goal for the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    Rest,
    OneStep,
    Finish,
}

/// Steps that were taken but not reported yet.
#[derive(Default)]
pub struct Unreported {
    /// Number of steps that no pending report covers, and the outcome of the last.
    count: usize,
    last: Option<StepOutcome>,
    /// Time that it took to start those steps, excluding everything in between.
    time: Duration,
    /// Pending report on the steps before them, read while further steps are taken, so that the device never
    /// waits.
    report: Option<Report>,
    /// Time spent on steps and reports since the last report was read.
    since: Duration,
    /// Time per step of the last report, including the device's share; `None` if the next may take any time.
    each: Option<Duration>,
}

impl Unreported {
    pub fn is_empty(&self) -> bool {
        self.count == 0 && self.report.is_none()
    }

    fn is_due(&self) -> bool {
        is_due(self.count, self.time, self.each)
    }

    fn add(&mut self, outcome: StepOutcome, time: Duration) {
        self.last = Some(outcome);
        self.count += 1;
        self.time += time;
        self.since += time;
    }

    /// Returns whether a report has arrived that has not been processed yet.
    fn is_there(&mut self) -> bool {
        self.report.as_mut().is_some_and(Report::is_there)
    }

    /// Starts to read the steps taken.
    fn begin_report(&mut self, trainer: &Trainer) {
        if let Some(last) = self.last.take() {
            self.report = Some(Report::begin(trainer, self.count, last));
            (self.count, self.time) = (0, Duration::ZERO);
        }
    }
}

/// Returns whether `count` steps, which took `time` to start and take `each` with the device's share, are due
/// for a report. Steps wait on the device until they are read back: Pause would have to wait for them, and a
/// fast caller would queue them endlessly on a slow device.
fn is_due(count: usize, time: Duration, each: Option<Duration>) -> bool {
    let Some(each) = each else { return true };
    count >= HISTORY || time.max(each * count as u32) >= REPORT_EVERY
}

/// A run and its unreported steps.
pub struct Run {
    pub trainer: Trainer,
    pub pictures: Tensor<4>,
    /// Identifiers of the rows of `pictures`; the set itself may have changed since.
    pub ids: Vec<PictureId>,
    pub unreported: Unreported,
    /// Batch reported last, unless the set has changed since.
    latest: Option<LatestBatch>,
    /// Number of steps after which the set was last embedded.
    pub evaluated: Option<u32>,
    /// Time that evaluation took, and training time since.
    pub evaluation_time: Duration,
    pub training_time: Duration,
    pub snapshots: Snapshots,
    /// Whitening of the network's map at a stage, and the step after which the network was taken; `None` if
    /// all maps are alike.
    pub whitenings: HashMap<Stage, (u32, Option<Whitening>)>,
}

impl Run {
    fn new(trainer: Trainer, pictures: Tensor<4>, ids: Vec<PictureId>, snapshots: Snapshots) -> Self {
        Self {
            evaluated: evaluated_at_first(&trainer),
            trainer,
            pictures,
            ids,
            unreported: Unreported::default(),
            latest: None,
            evaluation_time: Duration::ZERO,
            training_time: Duration::ZERO,
            snapshots,
            whitenings: HashMap::new(),
        }
    }

    /// Continues with another set, which no encoder has embedded yet.
    pub fn replace_pictures(&mut self, pictures: Tensor<4>, ids: Vec<PictureId>) {
        (self.pictures, self.ids, self.latest) = (pictures.clone(), ids, None);
        self.trainer.replace_pictures(pictures);
        self.unreported.each = None;
        self.evaluated = evaluated_at_first(&self.trainer);
        // The trained network's is fitted again after further steps, and both are compared.
        self.whitenings.remove(&Stage::Untrained);
    }

    /// Changes the settings, after which a step may take any time.
    pub fn configure(&mut self, settings: Settings) {
        self.trainer.configure(settings);
        self.unreported.each = None;
    }

    /// Marks the set to be embedded again, although nothing else has changed.
    pub fn embed_again(&mut self) {
        self.evaluated = evaluated_at_first(&self.trainer);
    }

    /// Records that the set is embedded with the current encoder.
    pub fn has_been_evaluated(&mut self, step: u32) {
        self.evaluated = Some(step);
        (self.evaluation_time, self.training_time) = (Duration::ZERO, Duration::ZERO);
    }
}

/// Returns the number of steps after which a set new to the run counts as embedded: before the first step,
/// only the untrained encoder exists.
fn evaluated_at_first(trainer: &Trainer) -> Option<u32> {
    (trainer.steps_taken() == 0).then_some(0)
}

impl<E: FnMut(Event)> Session<E> {
    pub(super) fn start_run(&mut self) {
        let pictures = self.pictures();
        let resumed = self.resumed.take();
        // The seed that generated the weights also generates the patches.
        let seed = resumed.as_ref().map_or(self.settings.seed, |from| from.settings.seed);
        let filters = first_filters(&Settings { seed, ..self.settings }, &self.set.planes());
        let trainer = match &resumed {
            Some(from) => Trainer::resume(self.settings, pictures.clone(), &filters, from),
            None => Trainer::new(self.settings, pictures.clone(), &filters),
        };
        let parameters = trainer.network().num_params() as u32;
        (self.emit)(match &resumed {
            Some(from) => Event::Restored { step: from.step, parameters },
            None => Event::Restarted { parameters },
        });
        // The page needs the snapshot as soon as the engine has it.
        if let Some(from) = &resumed {
            (self.emit)(Event::Snapshot { step: from.step, file: from.to_file() });
        }
        let whitening = resumed.as_ref().and_then(|from| Some((from.step, from.whitening.clone()?)));
        let snapshots = resumed
            .filter(|from| from.training.is_some())
            .map_or_else(Snapshots::default, Snapshots::starting_with);
        let mut run = Run::new(trainer, pictures, self.set.ids(), snapshots);
        let of_file = whitening.map(|(step, whitening)| (Stage::Trained, (step, Some(whitening))));
        run.whitenings.extend(of_file);
        self.run = Some(run);
    }

    pub(super) fn set_goal(&mut self, goal: Goal) {
        self.settled = true;
        let pictures = self.set.len();
        let finished = self.run.as_ref().is_some_and(|run| run.trainer.steps_taken() >= self.settings.steps);
        if pictures < MIN_PICTURES {
            (self.emit)(Event::Refused(Refusal::TooFewPictures(pictures)));
        } else if finished {
            (self.emit)(Event::Refused(Refusal::RunComplete));
        } else {
            self.goal = goal;
        }
    }

    /// Pauses, and reports the steps taken since the last report.
    pub(super) async fn pause(&mut self) {
        self.goal = Goal::Rest;
        let Some(run) = &self.run else { return };
        let step = run.trainer.steps_taken();
        let done = if !run.unreported.is_empty() {
            self.report().await
        } else if step > 0 && !run.snapshots.has(step) {
            self.keep_snapshot().await
        } else {
            Ok(())
        };
        if let Err(breakdown) = done {
            (self.emit)(Event::Failed(breakdown));
        }
    }

    /// Takes one step, and reports if due. A run that has already completed its steps, because it was resumed
    /// from a file or shortened, takes none.
    pub(super) async fn train(&mut self) -> Result<(), Breakdown> {
        if self.run.as_ref().is_some_and(|run| run.trainer.steps_taken() >= self.settings.steps) {
            self.pause().await;
            (self.emit)(Event::Finished);
            return Ok(());
        }
        if let Some(refusal) = self.too_large() {
            self.goal = Goal::Rest;
            (self.emit)(Event::Refused(refusal));
            return Ok(());
        }
        self.set_activity(Activity::Training);
        // The seed restores the start of a run, but not a state that it was resumed from.
        let goes_on = |run: &Run| run.trainer.steps_taken() > 0 && run.snapshots.is_empty();
        if self.run.as_ref().is_some_and(goes_on) {
            self.keep_snapshot().await?;
        }
        let started = Instant::now();
        let Some(run) = &mut self.run else { return Ok(()) };
        let outcome = run.trainer.step_with(&mut self.replicas).await;
        run.unreported.add(outcome, started.elapsed());
        let last = run.trainer.steps_taken() >= self.settings.steps;
        if let (Some(_), Some(opened)) = (run.trainer.take_refusal(), &mut self.opened) {
            opened.environment.is_unrecorded = true;
            (self.emit)(Event::Ready(opened.environment.clone()));
        }
        if last || self.goal == Goal::OneStep {
            self.goal = Goal::Rest;
        }
        self.report_as_due().await?;
        // The run is gone if it diverged.
        let Some(run) = &mut self.run else { return Ok(()) };
        run.training_time += started.elapsed();
        run.snapshots.trained(started.elapsed());
        if last {
            (self.emit)(Event::Finished);
        }
        Ok(())
    }

    /// Reads a report that has arrived, and starts the next once enough steps were taken. The pending one is
    /// then awaited, so that steps do not pile up on the device.
    async fn report_as_due(&mut self) -> Result<(), Breakdown> {
        if self.goal == Goal::Rest {
            return self.report().await;
        }
        let Some(Run { unreported, .. }) = &mut self.run else { return Ok(()) };
        let due = unreported.is_due();
        let mut read = 0;
        if due || unreported.is_there() {
            read += self.read_report().await?;
        }
        let Some(Run { unreported, trainer, .. }) = &mut self.run else { return Ok(()) };
        if due {
            unreported.begin_report(trainer);
        }
        if unreported.is_there() {
            read += self.read_report().await?;
        }
        let Some(Run { trainer, snapshots, .. }) = &self.run else { return Ok(()) };
        if read > 0 && snapshots.is_due(trainer.steps_taken(), read) {
            self.report().await?;
            self.keep_snapshot().await?;
        }
        Ok(())
    }

    /// Returns the reason why the next step would not fit into the memory of the CPU engine, if so.
    fn too_large(&self) -> Option<Refusal> {
        let backend = self.opened.as_ref()?.environment.backend;
        let pairs = self.run.as_ref()?.trainer.pairs();
        (backend == Backend::Cpu).then(|| too_large(&self.settings, pairs)).flatten()
    }

    /// Reports all steps taken; at rest, also keeps a snapshot.
    pub(super) async fn report(&mut self) -> Result<(), Breakdown> {
        self.read_report().await?;
        if let Some(Run { unreported, trainer, .. }) = &mut self.run {
            unreported.begin_report(trainer);
        }
        self.read_report().await?;
        let Some(run) = &self.run else { return Ok(()) };
        if self.goal == Goal::Rest && !run.snapshots.has(run.trainer.steps_taken()) {
            self.keep_snapshot().await?;
        }
        Ok(())
    }

    /// Waits for the pending report, if any, and returns its number of steps.
    async fn read_report(&mut self) -> Result<u32, Breakdown> {
        let Some(run) = &mut self.run else { return Ok(0) };
        let Some(report) = run.unreported.report.take() else { return Ok(0) };
        let (count, started) = (report.count(), Instant::now());
        let Read { mut steps, batch, matrix } = report.read(&run.ids).await?;
        let time = std::mem::take(&mut run.unreported.since) + started.elapsed();
        let each = time / count as u32;
        run.unreported.each = Some(each);
        steps.iter_mut().for_each(|step| step.milliseconds = each.as_secs_f32() * 1e3);
        let good = steps.iter().take_while(|report| report.loss.is_finite()).count();
        let (good, bad) = steps.split_at(good);
        if !good.is_empty() {
            (self.emit)(Event::Stepped(good.to_vec()));
        }
        if let Some(StepReport { step, .. }) = bad.first() {
            self.fall_back(*step, Symptom::Loss);
            return Ok(0);
        }
        run.latest = Some(batch);
        (self.emit)(Event::Batch(matrix));
        self.send_row().await?;
        Ok(count as u32)
    }

    /// Starts to send the views of a row, or stops for `None`.
    pub(super) async fn inspect(&mut self, anchor: Option<u32>) {
        self.inspected = anchor;
        if let Err(breakdown) = self.send_row().await {
            (self.emit)(Event::Failed(breakdown));
        }
    }

    /// Sends the views of the inspected row, if any.
    async fn send_row(&mut self) -> Result<(), Breakdown> {
        let (Some(anchor), Some(run)) = (self.inspected, &self.run) else { return Ok(()) };
        let Some(latest) = &run.latest else { return Ok(()) };
        if let Some(row) = latest.row(anchor, &run.trainer).await? {
            (self.emit)(Event::Row(row));
        }
        Ok(())
    }
}

/// Returns the reason why a step of so many pairs needs more than [`STEP_BUDGET`], if it does.
fn too_large(settings: &Settings, pairs: usize) -> Option<Refusal> {
    let bytes = settings.activation_bytes(pairs);
    let Settings { side, width, .. } = *settings;
    (bytes > STEP_BUDGET).then_some(Refusal::TooLarge { pairs, side, width, bytes, limit: STEP_BUDGET })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Images;

    #[test]
    fn steps_too_large_for_the_cpu_are_refused() {
        let settings = Settings::recommended(Images::Shapes);
        let large = Settings { side: 64, width: 32, depth: 5, ..settings };
        assert_eq!((too_large(&settings, 512), too_large(&large, 32)), (None, None));
        let refused = too_large(&Settings { side: 96, width: 64, ..settings }, 512);
        let (bytes, limit) = (9 << 30, STEP_BUDGET);
        assert_eq!(refused, Some(Refusal::TooLarge { pairs: 512, side: 96, width: 64, bytes, limit }));
    }

    #[test]
    fn reports_are_due_by_time_or_number_of_steps() {
        // The time of a step is not known yet.
        assert!(Unreported::default().is_empty() && Unreported::default().is_due());
        let is_due = |count, time, each| is_due(count, time, Some(each));
        let [none, short] = [Duration::ZERO, REPORT_EVERY / 4];
        assert!(is_due(1, REPORT_EVERY, none) && !is_due(1, short, none));
        assert!(is_due(HISTORY, none, none) && !is_due(HISTORY - 1, none, none));
        // A slow device is not given several steps at once, however quickly they start.
        assert!(is_due(1, short, REPORT_EVERY) && is_due(4, none, short) && !is_due(3, none, short));
    }

    /// Steps are read while others are taken: the reports match those of a trainer alone, in order, and are
    /// complete after a pause.
    #[test]
    #[cfg(feature = "webgpu")]
    fn reports_on_webgpu_are_ordered_and_complete() {
        use std::{cell::RefCell, rc::Rc};

        use burn::tensor::{Device, DeviceKind};

        use crate::{
            engine::{Progress, backend::Opened},
            protocol::{BackendReason, Command, Environment, Picture},
            samples::shape,
            train::upload,
        };

        let recommended = Settings::recommended(Images::Shapes);
        let settings = Settings { side: 16, width: 4, depth: 3, batch: 4, steps: 150, ..recommended };
        let device = Device::wgpu(DeviceKind::DefaultDevice);
        let environment = Environment {
            backend: Backend::WebGpu,
            adapter: String::new(),
            reason: BackendReason::WebGpuAsked,
            self_test: None,
            is_unrecorded: false,
            cores: 1,
        };
        let events = Rc::new(RefCell::new(Vec::new()));
        let heard = events.clone();
        let mut session = Session::new(settings, move |event| heard.borrow_mut().push(event));
        session.opened = Some(Opened { device: device.clone(), environment });
        let picture = |id: u32| Picture::square(id, None, shape(id as usize, 1).image.into_rgb());
        let mut send = |command| pollster::block_on(session.handle(command));
        send(Command::Add((0..10).map(picture).collect()));
        send(Command::Train);
        let reported = || {
            let events = events.borrow();
            let steps = events.iter().filter_map(|event| match event {
                Event::Stepped(steps) => Some(steps.clone()),
                _ => None,
            });
            steps.flatten().collect::<Vec<_>>()
        };
        while reported().len() < 20 {
            assert_eq!(pollster::block_on(session.work()), Progress::More);
        }
        pollster::block_on(session.handle(Command::Pause));
        let run = session.run.as_ref().expect("there is a run");
        assert!(run.unreported.is_empty());
        assert_eq!(reported().last().map(|step| step.step), Some(run.trainer.steps_taken()));
        pollster::block_on(session.handle(Command::Train));
        while !events.borrow().contains(&Event::Finished) {
            assert_eq!(pollster::block_on(session.work()), Progress::More);
        }
        assert!(session.run.as_ref().is_some_and(|run| run.trainer.is_recorded()));

        let planes = session.set.planes();
        let filters = first_filters(&settings, &planes);
        let mut alone = Trainer::new(settings, upload(planes, 16, &device), &filters);
        let reported = reported();
        assert_eq!(reported.len(), 150);
        for (number, step) in (1..).zip(&reported) {
            let loss = alone.step().statistics.narrow(0, 0, 1).into_scalar::<f32>();
            assert_eq!((step.step, step.loss.to_bits()), (number, loss.to_bits()));
        }
        let mut latest = 0;
        for event in events.borrow().iter() {
            match event {
                Event::Stepped(steps) => latest = steps.last().expect("some steps").step,
                Event::Batch(batch) => assert_eq!(batch.step, latest),
                Event::Snapshot { step, .. } => assert_eq!(*step, latest),
                _ => {}
            }
        }
    }
}
