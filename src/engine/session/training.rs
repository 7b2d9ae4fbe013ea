//! A run: its steps, and what of them is reported.

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

/// How much training goes by before its steps are read back and reported together. Even the fastest
/// take some time for the [`HISTORY`] steps that can be.
const REPORT_EVERY: Duration = Duration::from_millis(80);

/// The most bytes that a step's first activations may take on the CPU: a browser's engine has
/// 4 GiB at the very most, and everything else has to find room beside them.
const STEP_BUDGET: u64 = 1 << 30;

/// What the user wants of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    Rest,
    OneStep,
    Finish,
}

/// Steps that were taken and not reported yet.
#[derive(Default)]
pub struct Unreported {
    /// Of those that no report is on its way about, how many they are and what the last of them left.
    count: usize,
    last: Option<StepOutcome>,
    /// How long they took to begin, whatever else was done in between.
    time: Duration,
    /// What is being read of those before them, while further steps are taken: the device never waits.
    report: Option<Report>,
    /// How long steps and reports have taken since the last report was read.
    since: Duration,
    /// How long a step of the last report took, the device's share of it included; `None` where the
    /// next may take any time.
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

    /// Whether a report was read that nobody has taken up yet.
    fn is_there(&mut self) -> bool {
        self.report.as_mut().is_some_and(Report::is_there)
    }

    /// Sets out to read what was taken.
    fn begin_report(&mut self, trainer: &Trainer) {
        if let Some(last) = self.last.take() {
            self.report = Some(Report::begin(trainer, self.count, last));
            (self.count, self.time) = (0, Duration::ZERO);
        }
    }
}

/// Whether so many steps are to be reported, that took this time to begin where each takes `each`
/// with the device's share. Steps wait on the device until they are read back: whoever presses
/// Pause waits for them, and a fast caller would queue them without end on a slow device.
fn is_due(count: usize, time: Duration, each: Option<Duration>) -> bool {
    let Some(each) = each else { return true };
    count >= HISTORY || time.max(each * count as u32) >= REPORT_EVERY
}

/// A run and what of it has not been reported yet.
pub struct Run {
    pub trainer: Trainer,
    pub pictures: Tensor<4>,
    /// Names of the rows of `pictures`: the set itself may have changed since.
    pub ids: Vec<PictureId>,
    pub unreported: Unreported,
    /// The batch reported last, unless the set has changed since.
    latest: Option<LatestBatch>,
    /// Steps after which the set was last embedded.
    pub evaluated: Option<u32>,
    /// How long that took, and how long training has gone on since.
    pub evaluation_time: Duration,
    pub training_time: Duration,
    pub snapshots: Snapshots,
    /// What whitens the map of the network at a stage, and the step that the network was taken after;
    /// `None` where all maps are alike.
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

    /// Goes on with another set, which no encoder has embedded yet.
    pub fn replace_pictures(&mut self, pictures: Tensor<4>, ids: Vec<PictureId>) {
        (self.pictures, self.ids, self.latest) = (pictures.clone(), ids, None);
        self.trainer.replace_pictures(pictures);
        self.unreported.each = None;
        self.evaluated = evaluated_at_first(&self.trainer);
    }

    /// Trains by other settings, with which a step may take any time.
    pub fn configure(&mut self, settings: Settings) {
        self.trainer.configure(settings);
        self.unreported.each = None;
    }

    /// The set has to be embedded anew, though nothing else has changed.
    pub fn embed_again(&mut self) {
        self.evaluated = evaluated_at_first(&self.trainer);
    }

    /// Notes that the encoder as it is now embeds the set.
    pub fn has_been_evaluated(&mut self, step: u32) {
        self.evaluated = Some(step);
        (self.evaluation_time, self.training_time) = (Duration::ZERO, Duration::ZERO);
    }
}

/// Steps after which a set that is new to a run counts as embedded: before the first step, the
/// untrained encoder is all there is.
fn evaluated_at_first(trainer: &Trainer) -> Option<u32> {
    (trainer.steps_taken() == 0).then_some(0)
}

impl<E: FnMut(Event)> Session<E> {
    pub(super) fn start_run(&mut self) {
        let pictures = self.pictures();
        let resumed = self.resumed.take();
        // The seed that drew the weights draws the patches too.
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
        // The page has to have it as soon as the engine does.
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

    /// Rests, and reports the steps that were taken since the last report.
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

    /// Takes one step, and reports when it is time to. A run that has taken all of its own, since
    /// it went on from a file or was shortened, takes none.
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
        // What a run begins with, its seed draws again; what it goes on from, nothing does.
        let goes_on = |run: &Run| run.trainer.steps_taken() > 0 && run.snapshots.is_empty();
        if self.run.as_ref().is_some_and(goes_on) {
            self.keep_snapshot().await?;
        }
        let started = Instant::now();
        let Some(run) = &mut self.run else { return Ok(()) };
        let outcome = run.trainer.step();
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
        // The numbers may have gone wrong, and the run with them.
        let Some(run) = &mut self.run else { return Ok(()) };
        run.training_time += started.elapsed();
        run.snapshots.trained(started.elapsed());
        if last {
            (self.emit)(Event::Finished);
        }
        Ok(())
    }

    /// Reads what is there, and sets out to read what was taken since once that is enough. By then
    /// what was on its way is waited for: steps are not to pile up on the device.
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

    /// Why the next step would not fit into the memory of the CPU's engine, in a sentence.
    fn too_large(&self) -> Option<Refusal> {
        let backend = self.opened.as_ref()?.environment.backend;
        let pairs = self.run.as_ref()?.trainer.pairs();
        (backend == Backend::Cpu).then(|| too_large(&self.settings, pairs)).flatten()
    }

    /// Reports all steps that were taken; at rest, their outcome is kept.
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

    /// Waits for the report that is on its way; of how many steps it is, if there is one.
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

    /// Shows the views of a row from now on, or of none.
    pub(super) async fn inspect(&mut self, anchor: Option<u32>) {
        self.inspected = anchor;
        if let Err(breakdown) = self.send_row().await {
            (self.emit)(Event::Failed(breakdown));
        }
    }

    /// Sends the views of the row that is looked into, if there is one.
    async fn send_row(&mut self) -> Result<(), Breakdown> {
        let (Some(anchor), Some(run)) = (self.inspected, &self.run) else { return Ok(()) };
        let Some(latest) = &run.latest else { return Ok(()) };
        if let Some(row) = latest.row(anchor, &run.trainer).await? {
            (self.emit)(Event::Row(row));
        }
        Ok(())
    }
}

/// Why a step of so many pairs needs more than [`STEP_BUDGET`], if it does.
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
    fn only_what_fits_is_trained_on_the_cpu() {
        let settings = Settings::recommended(Images::Shapes);
        let large = Settings { side: 64, width: 32, depth: 5, ..settings };
        assert_eq!((too_large(&settings, 512), too_large(&large, 32)), (None, None));
        let refused = too_large(&Settings { side: 96, width: 64, ..settings }, 512);
        let (bytes, limit) = (9 << 30, STEP_BUDGET);
        assert_eq!(refused, Some(Refusal::TooLarge { pairs: 512, side: 96, width: 64, bytes, limit }));
    }

    #[test]
    fn steps_are_reported_by_their_own_time_or_when_there_are_many() {
        // How long a step takes is not known yet.
        assert!(Unreported::default().is_empty() && Unreported::default().is_due());
        let is_due = |count, time, each| is_due(count, time, Some(each));
        let [none, short] = [Duration::ZERO, REPORT_EVERY / 4];
        assert!(is_due(1, REPORT_EVERY, none) && !is_due(1, short, none));
        assert!(is_due(HISTORY, none, none) && !is_due(HISTORY - 1, none, none));
        // A device that takes long is not given several steps at a time, however soon they are begun.
        assert!(is_due(1, short, REPORT_EVERY) && is_due(4, none, short) && !is_due(3, none, short));
    }

    /// Steps are read while others are taken: what is said of them is what a trainer alone does, in
    /// order, and a pause says all of it.
    #[test]
    #[cfg(feature = "webgpu")]
    fn on_webgpu_reports_keep_their_order_and_leave_out_nothing() {
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
        };
        let events = Rc::new(RefCell::new(Vec::new()));
        let heard = events.clone();
        let mut session = Session::new(settings, move |event| heard.borrow_mut().push(event));
        session.opened = Some(Opened { device: device.clone(), environment });
        let picture = |id: u32| Picture { id, label: None, rgb: shape(id as usize, 1).image.into_rgb() };
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
