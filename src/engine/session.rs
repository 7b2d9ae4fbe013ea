//! A user's session: commands in, events out.
//!
//! Commands change the set and the settings at once, and register longer work; [`Session::work`] does it, one
//! short piece at a time, so that the caller can pass further commands in between.
//! - [`schedule`]: order of the pieces of work
//! - [`training`]: steps and their reports
//! - [`evaluating`]: embedding and comparison of the set
//! - [`super::jobs`]: pending requests
//! - [`saving`]: snapshots and model files

mod evaluating;
mod saving;
mod schedule;
mod training;

use std::{cell::RefCell, rc::Rc};
use strum::VariantArray;

use burn::tensor::Tensor;
use web_time::{Duration, Instant};

use self::{
    evaluating::Evaluating,
    schedule::{Task, Turns},
    training::Goal,
};
use super::{
    backend::{self, Opened},
    embedded::Embeddings,
    jobs::{
        self, Context, Kind, Queue, Request, fine_tuning, preview,
        search::{self, QueryPicture},
    },
    pictures::PictureSet,
};
use crate::{
    checkpoint::Checkpoint,
    progress::Progress,
    protocol::{Activity, Backend, Breakdown, Command, Event, Map, Picture, Query, Refusal, Stage},
    replicas::Replicas,
    settings::{BackendChoice, Features, MIN_PICTURES, Settings},
};

pub use self::training::Run;

/// Returns the baselines, in the order of comparison.
fn baselines() -> Vec<Stage> {
    Stage::VARIANTS.iter().copied().filter(|stage| stage.is_baseline()).collect()
}

/// Duration of a piece of work that can be divided arbitrarily.
const SLICE: Duration = Duration::from_millis(40);

/// A session on one device.
pub struct Session<E> {
    emit: E,
    settings: Settings,
    opened: Option<Opened>,
    set: PictureSet,
    /// Whether the set is complete for now and may be evaluated.
    settled: bool,
    /// Set on the device at the current side, once needed.
    pictures: Option<Tensor<4>>,
    /// Baselines still to be compared.
    baselines_due: Vec<Stage>,
    run: Option<Run>,
    /// Checkpoint that the next run resumes from.
    resumed: Option<Checkpoint>,
    goal: Goal,
    evaluating: Option<Evaluating>,
    /// Whether the untrained network's latest embeddings held NaN or infinity.
    untrained_failed: bool,
    embeddings: Embeddings,
    jobs: Queue,
    query: Option<Rc<QueryPicture>>,
    /// Map shown last.
    last_map: Rc<RefCell<Option<Map>>>,
    /// Row of every batch whose views are to be shown.
    inspected: Option<u32>,
    turns: Turns,
    activity: Activity,
    replicas: Replicas,
}

impl<E: FnMut(Event)> Session<E> {
    /// Starts a session that reports by calling `emit`.
    pub fn new(settings: Settings, emit: E) -> Self {
        let settings = settings.clamped();
        Self {
            emit,
            settings,
            opened: None,
            set: PictureSet::new(settings.side as usize),
            settled: false,
            pictures: None,
            baselines_due: Vec::new(),
            run: None,
            resumed: None,
            goal: Goal::Rest,
            evaluating: None,
            untrained_failed: false,
            embeddings: Embeddings::default(),
            jobs: Queue::default(),
            query: None,
            last_map: Rc::default(),
            inspected: None,
            turns: Turns::default(),
            activity: Activity::Idle,
            replicas: Replicas::none(),
        }
    }

    /// Handles a command.
    pub async fn handle(&mut self, command: Command) {
        match command {
            Command::Configure(settings) => self.configure(settings.clamped()),
            Command::Add(pictures) => self.add(pictures),
            Command::Remove(ids) => {
                self.set.remove(&ids);
                self.pictures_changed();
            }
            Command::Clear => {
                self.set.clear();
                self.query = None;
                self.pictures_changed();
                self.restart();
                self.set_activity(Activity::Idle);
                (self.emit)(Event::Cleared);
            }
            Command::Settle => self.settled = true,
            Command::Train => self.set_goal(Goal::Finish),
            Command::Step => self.set_goal(Goal::OneStep),
            Command::Pause => self.pause().await,
            Command::Reset => self.restart(),
            Command::Preview { pictures, views, draw } => {
                self.jobs.put(preview::request(pictures, views, draw));
            }
            Command::Inspect { anchor } => self.inspect(anchor).await,
            Command::Label(typed) => self.label(typed),
            Command::Ask(question) => self.jobs.put(jobs::request(question)),
            Command::Withdraw(question) => self.give_up(|request| request.is_for(&question)),
            Command::FineTune { number, request } => self.jobs.put(fine_tuning::request(number, request)),
            Command::StopTuning => self.give_up(|request| request.kind == Kind::FineTune),
            Command::Query(query) => self.set_query(query),
            Command::SaveModel(format) => self.save_model(format).await,
            Command::OpenModel { file } => self.open_model(&file),
            Command::Restore { file } => self.restore(&file),
            Command::Validate { request, settings, file } => {
                let verdict = saving::read_snapshot(&file, &settings.clamped()).map(drop);
                (self.emit)(Event::Validated { request, verdict });
            }
        }
    }

    /// Does one short piece of the remaining work.
    pub async fn work(&mut self) -> Progress {
        let done = self.try_work().await;
        done.unwrap_or_else(|breakdown| {
            self.goal = Goal::Rest;
            (self.emit)(Event::Failed(breakdown));
            Progress::Idle
        })
    }

    async fn try_work(&mut self) -> Result<Progress, Breakdown> {
        let next = self.turns.next(self.is_first_step_awaited(), |task| self.is_due(task));
        let Some(place) = next else {
            self.set_activity(Activity::Idle);
            return Ok(Progress::Idle);
        };
        if place.is_shown(self.is_training()) {
            self.set_activity(Activity::Evaluating);
        }
        let started = Instant::now();
        self.replicas.replace();
        match place.task {
            Task::Open => return Ok(self.open().await),
            Task::Evaluate => self.evaluate().await?,
            Task::StartBaseline => self.start_baseline(),
            Task::StartRun => self.start_run(),
            Task::StartEvaluation => self.start_evaluation().await?,
            Task::Train => self.train().await?,
            Task::Job(kind) => self.advance(kind).await?,
        }
        self.turns.took(place, started.elapsed());
        self.tell_workers();
        Ok(Progress::More)
    }

    fn is_due(&self, task: Task) -> bool {
        match task {
            Task::Open => self.opened.is_none(),
            Task::Evaluate => self.evaluating.is_some(),
            Task::StartBaseline => self.settled && !self.baselines_due.is_empty(),
            Task::StartRun => self.settled && self.run.is_none() && self.set.len() > 0,
            Task::StartEvaluation => self.evaluation_due(),
            Task::Train => self.is_training(),
            Task::Job(kind) => self.jobs.has(kind),
        }
    }

    /// Advances the first job of a kind.
    async fn advance(&mut self, kind: Kind) -> Result<(), Breakdown> {
        let opened = self.opened.as_ref().expect("the device is open");
        let context = Context {
            device: &opened.device,
            settings: &self.settings,
            set: &self.set,
            embeddings: &self.embeddings,
            run: self.run.as_ref(),
            query: self.query.as_ref(),
            last_map: &self.last_map,
            slice: self.jobs.slice.clone(),
        };
        self.jobs.advance(kind, &context, SLICE, &mut self.emit).await
    }

    /// Replaces the query to search with, or ends the search.
    fn set_query(&mut self, query: Option<Query>) {
        self.give_up(|request| request.kind == Kind::Search);
        self.query = query.and_then(QueryPicture::new).map(Rc::new);
        self.embeddings.stages().into_iter().for_each(|stage| self.search(stage));
    }

    /// Searches a stage with the query, if there is one.
    fn search(&mut self, stage: Stage) {
        if let Some(query) = &self.query {
            self.jobs.put(search::request(query.clone(), stage));
        }
    }

    fn give_up(&mut self, which: impl Fn(&Request) -> bool) {
        self.jobs.give_up(which, &mut self.emit);
    }

    /// Returns whether the user is waiting for a run to begin.
    fn is_first_step_awaited(&self) -> bool {
        let at_start = self.run.as_ref().is_none_or(|run| run.trainer.steps_taken() == 0);
        self.goal != Goal::Rest && at_start
    }

    fn is_training(&self) -> bool {
        self.goal != Goal::Rest && self.run.is_some()
    }

    fn configure(&mut self, settings: Settings) {
        let old = std::mem::replace(&mut self.settings, settings);
        if old.backend != settings.backend {
            (self.opened, self.pictures, self.untrained_failed) = (None, None, false);
            self.replicas = Replicas::none();
        }
        if old.side != settings.side {
            self.baselines_due = baselines();
            (self.pictures, self.evaluating) = (None, None);
            self.set.set_side(settings.side as usize);
        }
        // The map is averaged over mirror images where views are mirrored.
        let map_changes = old.augmentations.mirrors() != settings.augmentations.mirrors();
        if let Some(run) = self.run.as_mut().filter(|_| map_changes) {
            run.whitenings.clear();
        }
        if settings.need_new_run_after(&old) {
            self.restart();
        } else if old.features != settings.features || map_changes && settings.features == Features::Map {
            self.forget(|stage| !stage.is_baseline());
            self.run.iter_mut().for_each(Run::embed_again);
        }
        if let Some(run) = &mut self.run {
            run.configure(settings);
        }
        self.share_among_workers();
    }

    /// Starts or ends replicas, as the settings demand.
    fn share_among_workers(&mut self) {
        let is_cpu = |opened: &Opened| opened.environment.backend == Backend::Cpu;
        if self.opened.as_ref().is_some_and(is_cpu) {
            self.replicas.set_workers(self.settings.cores as usize);
        }
    }

    /// Reports the number of workers if it has changed.
    fn tell_workers(&mut self) {
        let cores = self.replicas.workers() as u32;
        let changed = |opened: &&mut Opened| opened.environment.cores != cores;
        if let Some(opened) = self.opened.as_mut().filter(changed) {
            opened.environment.cores = cores;
            (self.emit)(Event::Ready(opened.environment.clone()));
        }
    }

    fn add(&mut self, pictures: Vec<Picture>) {
        let left_out = self.set.add(pictures);
        if left_out > 0 {
            (self.emit)(Event::Refused(Refusal::Pictures(left_out)));
        }
        self.pictures_changed();
    }

    /// Discards what was measured on the old set and keeps what was learned.
    fn pictures_changed(&mut self) {
        self.settled = false;
        self.baselines_due = baselines();
        self.pictures = None;
        self.forget(|_| true);
        let (enough, goal) = (self.set.len() >= MIN_PICTURES, self.goal);
        if self.run.as_ref().is_some_and(|run| run.trainer.steps_taken() == 0 || !enough) {
            self.restart();
        }
        // A run that has not begun can begin with other pictures as well.
        self.goal = if enough { goal } else { Goal::Rest };
    }

    /// Discards what was learned, and all results about it; the pictures stay.
    fn restart(&mut self) {
        self.run = None;
        self.resumed = None;
        self.goal = Goal::Rest;
        self.forget(|stage| !stage.is_baseline());
    }

    /// Drops the embeddings of some stages, and pending work on them.
    fn forget(&mut self, which: impl Fn(Stage) -> bool) {
        self.evaluating.take_if(|evaluating| which(evaluating.stage));
        self.embeddings.forget(&which);
        self.give_up(|request| request.stage.is_some_and(&which));
    }

    fn set_activity(&mut self, activity: Activity) {
        if std::mem::replace(&mut self.activity, activity) != activity {
            (self.emit)(Event::Activity(activity));
        }
    }

    /// Opens the device that the settings select, unless that takes another engine: this one then awaits its
    /// end.
    async fn open(&mut self) -> Progress {
        if self.settings.backend != BackendChoice::Cpu {
            self.set_activity(Activity::Testing);
        }
        let Some(opened) = backend::open(&self.settings).await else {
            (self.emit)(Event::WebGpuNeeded);
            return Progress::Idle;
        };
        (self.emit)(Event::Ready(opened.environment.clone()));
        self.opened = Some(opened);
        self.share_among_workers();
        Progress::More
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Images;

    #[test]
    fn a_device_that_yields_nan_fails() {
        let mut events = Vec::new();
        let settings = Settings {
            side: 16,
            width: 4,
            backend: BackendChoice::Cpu,
            ..Settings::recommended(Images::Shapes)
        };
        let mut session = Session::new(settings, |event| events.push(event));
        let rgb = vec![9; crate::image::SIDE * crate::image::SIDE * 3];
        let pictures = (0..4).map(|id| Picture::square(id, None, rgb.clone())).collect();
        pollster::block_on(async {
            session.handle(Command::Add(pictures)).await;
            session.work().await;
            let device = &session.opened.as_ref().expect("the device is open").device;
            session.pictures = Some(Tensor::full([4, 3, 16, 16], f32::NAN, device));
            session.handle(Command::Train).await;
            let mut pieces = 0;
            while session.work().await == Progress::More {
                pieces += 1;
                assert!(pieces < 200, "it goes on without end");
            }
        });
        assert_eq!(session.goal, Goal::Rest);
        drop(session);
        assert_eq!(events.last(), Some(&Event::Failed(Breakdown::ComputesWrongly)));
    }

    #[test]
    fn clearing_is_confirmed() {
        let mut events = Vec::new();
        let mut session = Session::new(Settings::recommended(Images::Shapes), |event| events.push(event));
        session.activity = Activity::Training;
        pollster::block_on(session.handle(Command::Clear));
        drop(session);
        assert_eq!(events, [Event::Activity(Activity::Idle), Event::Cleared]);
    }
}
