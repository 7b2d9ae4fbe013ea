//! One user's session: commands in, events out.
//!
//! Commands only note what is wanted; [`Session::work`] does it, one short piece at a
//! time, so that whoever runs the session can hand it further commands in between.

mod keeping;

use std::{collections::HashMap, rc::Rc};

use burn::{module::Module, tensor::Tensor};
use web_time::{Duration, Instant};

use super::{
    backend::{self, Opened},
    classifier::{Classifier, Waiting},
    embedded::Embedded,
    embedder::{self, Embedder},
    explainer::Explainer,
    fine_tuning::FineTuning,
    held_out::HeldOut,
    latest_batch::LatestBatch,
    mapper::Mapper,
    measuring::Measuring,
    pictures::PictureSet,
    readback::{read, read_rgb},
    search::Search,
    snapshots::Snapshots,
    studies::{self, Studies},
};
use crate::{
    augment::View,
    checkpoint::Checkpoint,
    encoder::Encoder,
    evaluate::{order::order, set_matrix},
    image::Image,
    kernels::views::render,
    protocol::{
        Activity, Command, Event, Floats, Labelling, Map, MapMethod, Pair, PictureId, Query, SetMatrix,
        Stage, StepReport, Subject, Views,
    },
    random::{Purpose, generator},
    settings::{BackendChoice, MIN_PICTURES, Settings},
    train::{StepOutcome, Trainer, upload},
};

/// How long steps are collected before they are read back and reported together.
const REPORT_EVERY: Duration = Duration::from_millis(80);

/// The most steps that are collected: reading back is also what keeps a fast caller from
/// queueing work without end on a slow device.
const MAX_UNREPORTED: usize = 8;

/// While training, evaluation may take this share of the time.
const EVALUATION_SHARE: f64 = 0.05;

/// How long one piece of a classifier's work takes.
const SLICE: Duration = Duration::from_millis(40);

/// Whether a session has more to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Call [`Session::work`] again.
    More,
    /// Nothing is left to do until the next command.
    Idle,
}

/// What the user wants of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Rest,
    OneStep,
    Finish,
}

/// The set on its way through an encoder.
struct Evaluating {
    stage: Stage,
    /// The step after which the encoder was taken.
    step: u32,
    embedder: Embedder,
}

/// A run and what of it has not been reported yet.
struct Run {
    trainer: Trainer,
    pictures: Tensor<4>,
    /// Names of the rows of `pictures`: the set itself may have changed since.
    ids: Vec<PictureId>,
    unreported: Vec<StepOutcome>,
    /// The batch reported last, unless the set has changed since.
    latest: Option<LatestBatch>,
    reported: Instant,
    /// Steps after which the set was last embedded.
    evaluated: Option<u32>,
    /// How long that took, and how long training has gone on since.
    evaluation_time: Duration,
    training_time: Duration,
    snapshots: Snapshots,
}

/// A session on one device.
pub struct Session<E> {
    emit: E,
    settings: Settings,
    opened: Option<Opened>,
    set: PictureSet,
    /// Whether the set is complete for now and may be evaluated.
    settled: bool,
    pixels_due: bool,
    run: Option<Run>,
    /// What the next run goes on from.
    resumed: Option<Checkpoint>,
    goal: Goal,
    evaluating: Option<Evaluating>,
    embedded: HashMap<Stage, Embedded>,
    order: Vec<usize>,
    wanted_matrix: Option<Stage>,
    wanted_map: Option<(Stage, MapMethod)>,
    mapper: Option<Mapper>,
    /// The map shown last: the next one is turned like it.
    map: Option<Map>,
    /// Whether the map went on after the last step.
    map_had_its_turn: bool,
    /// The row of every batch whose views are to be shown.
    inspected: Option<u32>,
    search: Option<Search>,
    wanted_pair: Option<Pair>,
    explainer: Option<Explainer>,
    wanted_invariances: Vec<Stage>,
    measuring: Option<Measuring>,
    labellings: Waiting,
    classifier: Option<Classifier>,
    fine_tuning: Option<FineTuning>,
    studies: Studies,
    /// Whether the last piece of work was a study's: while training, every other one is.
    studied: bool,
    activity: Activity,
}

impl<E: FnMut(Event)> Session<E> {
    /// Starts a session that reports by calling `emit`.
    pub fn new(settings: Settings, emit: E) -> Self {
        Self {
            emit,
            settings: settings.clamped(),
            opened: None,
            set: PictureSet::default(),
            settled: false,
            pixels_due: false,
            run: None,
            resumed: None,
            goal: Goal::Rest,
            evaluating: None,
            embedded: HashMap::new(),
            order: Vec::new(),
            wanted_matrix: None,
            wanted_map: None,
            mapper: None,
            map: None,
            map_had_its_turn: false,
            inspected: None,
            search: None,
            wanted_pair: None,
            explainer: None,
            wanted_invariances: Vec::new(),
            measuring: None,
            labellings: Waiting::default(),
            classifier: None,
            fine_tuning: None,
            studies: Studies::default(),
            studied: false,
            activity: Activity::Idle,
        }
    }

    /// Takes a command.
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
                self.search = None;
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
            Command::Preview { pictures, views, draw } => self.preview(&pictures, views, draw).await,
            Command::Matrix { stage } => self.wanted_matrix = Some(stage),
            Command::Map { stage, method } => self.wanted_map = Some((stage, method)),
            Command::Inspect { anchor } => self.inspect(anchor).await,
            Command::Classify(labelling) => self.labellings.put(labelling),
            Command::FineTune(labelling) => self.start_fine_tuning(&labelling),
            Command::StopTuning => self.give_up_fine_tuning(),
            Command::Query(query) => self.start_search(query),
            Command::Explain(pair) => self.wanted_pair = Some(pair),
            Command::Study { study, stage } => self.studies.put(study, stage),
            Command::Invariance { stage } => self.want_invariance(stage),
            Command::SaveModel => self.save_model().await,
            Command::OpenModel { file } => self.open_model(&file),
            Command::Restore { file } => self.restore(&file),
            Command::Decode { request, bytes } => {
                let picture = Image::decode(&bytes).map(|image| image.into_rgb().into());
                (self.emit)(Event::Decoded { request, picture });
            }
        }
    }

    /// Does one short piece of what is left to do.
    pub async fn work(&mut self) -> Progress {
        let done = self.try_work().await;
        done.unwrap_or_else(|sentence| {
            self.goal = Goal::Rest;
            (self.emit)(Event::Failed(sentence));
            Progress::Idle
        })
    }

    async fn try_work(&mut self) -> Result<Progress, String> {
        if self.opened.is_none() {
            return Ok(self.open().await);
        } else if self.settled && self.pixels_due {
            self.evaluate_pixels();
        } else if self.settled && self.run.is_none() && self.set.len() > 0 {
            self.start_run();
        } else if self.evaluating.is_some() {
            self.embed().await?;
        } else if self.evaluation_due() {
            self.start_evaluation().await?;
        } else if self.search.as_ref().is_some_and(Search::is_due) {
            self.search().await?;
        } else if self.wanted_pair.is_some() || self.explainer.is_some() {
            self.explain().await?;
        } else if self.measuring.is_some() || !self.wanted_invariances.is_empty() {
            self.measure().await?;
        } else if let Some(stage) = self.wanted_matrix.take() {
            self.send_matrix(stage);
        } else if let Some(wanted) = self.wanted_map.take() {
            self.start_map(wanted);
        } else if self.mapper.is_some() && !self.map_had_its_turn {
            self.draw_map();
        } else if self.classifier.is_some() || !self.labellings.is_empty() {
            self.classify();
        } else if self.study_due() {
            self.study();
        } else if self.fine_tuning.is_some() {
            self.fine_tune().await?;
        } else if self.goal != Goal::Rest && self.run.is_some() {
            self.map_had_its_turn = false;
            self.train().await?;
        } else if self.mapper.is_some() {
            self.draw_map();
        } else {
            self.set_activity(Activity::Idle);
            return Ok(Progress::Idle);
        }
        Ok(Progress::More)
    }

    fn configure(&mut self, settings: Settings) {
        let old = std::mem::replace(&mut self.settings, settings);
        if old.backend != settings.backend {
            self.opened = None;
        }
        if old.side != settings.side {
            self.pixels_due = true;
        }
        let shapes_run = |s: &Settings| (s.images, s.seed, s.side, s.width, s.depth, s.backend);
        if shapes_run(&old) != shapes_run(&settings) {
            self.restart();
        } else if let Some(run) = &mut self.run {
            run.trainer.configure(settings);
        }
    }

    fn add(&mut self, pictures: Vec<crate::protocol::Picture>) {
        let left_out = self.set.add(pictures);
        if left_out > 0 {
            let sentence = format!("{left_out} pictures did not arrive whole and were left out.");
            (self.emit)(Event::Refused(sentence));
        }
        self.pictures_changed();
    }

    /// What was learned stays; what was measured on the old set does not.
    fn pictures_changed(&mut self) {
        self.settled = false;
        self.pixels_due = true;
        self.evaluating = None;
        self.mapper = None;
        self.embedded.clear();
        self.order.clear();
        self.explainer = None;
        self.measuring = None;
        self.studies = Studies::default();
        self.give_up_fine_tuning();
        let Some(run) = &mut self.run else { return };
        if run.trainer.steps_taken() == 0 || self.set.len() < MIN_PICTURES {
            self.restart();
        }
    }

    fn restart(&mut self) {
        self.run = None;
        self.resumed = None;
        self.explainer = None;
        self.measuring = None;
        self.evaluating = None;
        self.mapper = None;
        self.give_up_fine_tuning();
        self.goal = Goal::Rest;
        self.embedded.retain(|stage, _| *stage == Stage::Pixels);
    }

    fn set_goal(&mut self, goal: Goal) {
        let pictures = self.set.len();
        let finished = self.run.as_ref().is_some_and(|run| self.is_finished(run));
        if pictures < MIN_PICTURES {
            (self.emit)(Event::Refused(format!(
                "Training compares pictures with each other and needs at least {MIN_PICTURES}; there are {pictures}."
            )));
        } else if finished {
            (self.emit)(Event::Refused(
                "This run has taken all its steps. Raise the number of steps to go on, or Reset to start over."
                    .to_owned(),
            ));
        } else {
            self.settled = true;
            self.goal = goal;
        }
    }

    /// Rests, and reports the steps that were taken since the last report.
    async fn pause(&mut self) {
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
        if let Err(sentence) = done {
            (self.emit)(Event::Failed(sentence));
        }
    }

    fn is_finished(&self, run: &Run) -> bool {
        run.trainer.steps_taken() >= self.settings.steps
    }

    fn set_activity(&mut self, activity: Activity) {
        if std::mem::replace(&mut self.activity, activity) != activity {
            (self.emit)(Event::Activity(activity));
        }
    }

    /// Opens the device that the settings ask for, unless it takes another engine to do so:
    /// then this one waits for its end.
    async fn open(&mut self) -> Progress {
        if self.settings.backend != BackendChoice::Cpu {
            self.set_activity(Activity::Testing);
        }
        let Some(opened) = backend::open(self.settings.backend).await else {
            (self.emit)(Event::WebGpuNeeded);
            return Progress::Idle;
        };
        (self.emit)(Event::Ready(opened.environment.clone()));
        self.opened = Some(opened);
        Progress::More
    }

    fn evaluate_pixels(&mut self) {
        self.pixels_due = false;
        if self.set.len() == 0 {
            return;
        }
        self.set_activity(Activity::Evaluating);
        let planes = self.set.planes(self.settings.side as usize).concat();
        self.publish(Stage::Pixels, 0, planes, None);
    }

    fn start_run(&mut self) {
        let opened = self.opened.as_ref().expect("the device is open");
        let pictures = self.set.upload(self.settings.side as usize, &opened.device);
        let resumed = self.resumed.take();
        let trainer = match &resumed {
            Some(from) => Trainer::resume(self.settings, pictures.clone(), from),
            None => Trainer::new(self.settings, pictures.clone()),
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
        self.run = Some(Run {
            trainer,
            pictures,
            ids: self.set.ids(),
            unreported: Vec::new(),
            latest: None,
            reported: Instant::now(),
            evaluated: None,
            evaluation_time: Duration::ZERO,
            training_time: Duration::ZERO,
            snapshots: resumed
                .filter(|from| from.training.is_some())
                .map_or_else(Snapshots::default, Snapshots::starting_with),
        });
    }

    /// Whether the set should be embedded anew before anything else is done.
    fn evaluation_due(&self) -> bool {
        let Some(run) = self.run.as_ref().filter(|_| self.settled) else {
            return false;
        };
        if !self.embedded.contains_key(&Stage::Untrained) || run.evaluated.is_none() {
            return true;
        }
        if run.evaluated == Some(run.trainer.steps_taken()) {
            return false;
        }
        let share = run.evaluation_time.as_secs_f64() / EVALUATION_SHARE;
        self.goal == Goal::Rest || run.training_time.as_secs_f64() > share
    }

    /// Sets out to embed the set by the encoder as it is now; a set that is new, by the
    /// untrained one first.
    async fn start_evaluation(&mut self) -> Result<(), String> {
        self.set_activity(Activity::Evaluating);
        let run = self.run.as_mut().expect("a run is evaluated");
        let step = run.trainer.steps_taken();
        let rows = run.pictures.dims()[0];
        if rows == self.set.len() && self.embedded.contains_key(&Stage::Untrained) {
            let encoder = run.trainer.network().encoder;
            let embedder = Embedder::new(encoder, run.pictures.clone());
            self.evaluating = Some(Evaluating { stage: Stage::Trained, step, embedder });
            run.evaluated = Some(step);
            run.evaluation_time = Duration::ZERO;
            run.training_time = Duration::ZERO;
            return Ok(());
        }
        // The set has changed, or nothing is known of it yet. Steps taken on the old one
        // are reported while its rows can still be told apart.
        if !run.unreported.is_empty() {
            return self.report().await;
        }
        let opened = self.opened.as_ref().expect("the device is open");
        run.pictures = self.set.upload(self.settings.side as usize, &opened.device);
        run.ids = self.set.ids();
        run.latest = None;
        run.trainer.replace_pictures(run.pictures.clone());
        run.evaluated = (step == 0).then_some(0);
        let encoder = run.trainer.untrained().encoder.clone();
        let embedder = Embedder::new(encoder, run.pictures.clone());
        self.evaluating = Some(Evaluating { stage: Stage::Untrained, step: 0, embedder });
        Ok(())
    }

    /// Brings the evaluation in hand a chunk of pictures further.
    async fn embed(&mut self) -> Result<(), String> {
        let started = Instant::now();
        let evaluating = self.evaluating.as_mut().expect("an evaluation goes on");
        if !evaluating.embedder.advance().await?
            && let Some(done) = self.evaluating.take()
        {
            let (encoder, embeddings) = done.embedder.finish();
            self.publish(done.stage, done.step, embeddings, Some(encoder));
        }
        if let Some(run) = &mut self.run {
            run.evaluation_time += started.elapsed();
        }
        Ok(())
    }

    /// Scores embeddings, reports them and keeps them for what is asked about them.
    fn publish(&mut self, stage: Stage, step: u32, embeddings: Vec<f32>, encoder: Option<Encoder>) {
        let labels = self.set.labels();
        let (evaluation, rows) = embedder::evaluate(stage, step, self.set.ids(), &labels, embeddings);
        if stage != Stage::Pixels {
            self.order = order(&rows, &labels);
        }
        self.embedded.insert(stage, Embedded { step, rows: Rc::new(rows), encoder });
        if let Some(search) = &mut self.search {
            search.search_again(stage);
        }
        (self.emit)(Event::Evaluated(evaluation));
    }

    fn send_matrix(&mut self, stage: Stage) {
        let Some(embedded) = self.embedded.get(&stage) else {
            return;
        };
        let (side, cells) = set_matrix::set_matrix(&embedded.rows, &self.order, set_matrix::MAX_SIDE);
        (self.emit)(Event::Matrix(SetMatrix {
            stage,
            step: embedded.step,
            order: self.order.iter().map(|row| self.set.id(*row)).collect(),
            side: side as u32,
            cells: Floats(cells),
        }));
    }

    fn start_search(&mut self, query: Option<Query>) {
        self.search = query.and_then(|query| Search::new(query, self.embedded.keys().copied()));
    }

    /// Searches the next stage with the query.
    async fn search(&mut self) -> Result<(), String> {
        self.set_activity(Activity::Evaluating);
        let opened = self.opened.as_ref().expect("the device is open");
        let Some(search) = &mut self.search else { return Ok(()) };
        let Some(stage) = search.next() else { return Ok(()) };
        // Embeddings dropped meanwhile are taken anew, and searched then.
        let Some(embedded) = self.embedded.get(&stage) else { return Ok(()) };
        let (ids, side) = (self.set.ids(), self.settings.side as usize);
        if let Some(answer) = search.answer(stage, embedded, &ids, side, &opened.device).await? {
            (self.emit)(Event::Queried(answer));
        }
        Ok(())
    }

    /// Starts an explanation that was asked for, and brings it a slice further.
    async fn explain(&mut self) -> Result<(), String> {
        self.set_activity(Activity::Evaluating);
        if let Some(pair) = self.wanted_pair.take() {
            self.explainer = self.explainer_of(pair);
        }
        let opened = self.opened.as_ref().expect("the device is open");
        let Some(mut explainer) = self.explainer.take() else { return Ok(()) };
        if explainer.advance(SLICE, &opened.device).await? {
            self.explainer = Some(explainer);
        } else {
            (self.emit)(Event::Explained(explainer.finish()));
        }
        Ok(())
    }

    /// `None` where a picture is gone or the embeddings are: these are taken anew, and
    /// asked about anew.
    fn explainer_of(&self, pair: Pair) -> Option<Explainer> {
        let side = self.settings.side as usize;
        let find = |subject| match subject {
            Subject::Picture(id) => self.set.find(id),
            Subject::Query(number) => {
                let search = self.search.as_ref().filter(|search| search.number() == number)?;
                Some(search.image())
            }
        };
        let [a, b] = pair.subjects.map(|subject| find(subject).map(|image| image.planes(side)));
        let embedded = self.embedded.get(&pair.stage)?.clone();
        Some(Explainer::new(pair, [a?, b?], side, embedded))
    }

    fn want_invariance(&mut self, stage: Stage) {
        self.measuring.take_if(|measuring| measuring.stage() == stage);
        if !self.wanted_invariances.contains(&stage) {
            self.wanted_invariances.push(stage);
        }
    }

    /// Starts to measure an invariance that was asked for, or brings the one in hand a slice
    /// further. Embeddings dropped meanwhile are taken anew, and asked about anew.
    async fn measure(&mut self) -> Result<(), String> {
        self.set_activity(Activity::Evaluating);
        if self.measuring.is_none() && !self.wanted_invariances.is_empty() {
            let stage = self.wanted_invariances.remove(0);
            self.measuring = self.embedded.get(&stage).zip(self.run.as_ref()).map(|(embedded, run)| {
                Measuring::new(stage, embedded.clone(), &run.pictures, &self.settings)
            });
        }
        let Some(mut measuring) = self.measuring.take() else { return Ok(()) };
        if measuring.advance(SLICE).await? {
            self.measuring = Some(measuring);
        } else {
            (self.emit)(Event::Invariance(measuring.finish()));
        }
        Ok(())
    }

    /// Starts a map, unless its embeddings were dropped meanwhile.
    fn start_map(&mut self, (stage, method): (Stage, MapMethod)) {
        self.mapper = self.embedded.get(&stage).map(|embedded| {
            Mapper::new((stage, method), embedded.step, self.set.ids(), &embedded.rows, self.map.as_ref())
        });
    }

    /// Brings the map in hand a slice further.
    fn draw_map(&mut self) {
        self.map_had_its_turn = self.goal != Goal::Rest;
        if self.goal == Goal::Rest {
            self.set_activity(Activity::Evaluating);
        }
        let Some(mapper) = &mut self.mapper else { return };
        let (map, more) = mapper.advance(SLICE);
        if !more {
            self.mapper = None;
        }
        if let Some(map) = map {
            self.map = Some(map.clone());
            (self.emit)(Event::Mapped(map));
        }
    }

    /// Starts a classifier that was asked for, or brings the one in hand a slice further.
    fn classify(&mut self) {
        self.set_activity(Activity::Evaluating);
        if let Some(labelling) = self.labellings.next(self.classifier.as_ref()) {
            // Embeddings dropped meanwhile are taken anew, and asked about anew.
            self.classifier = self.embedded.get(&labelling.stage).map(|embedded| {
                let (ids, labels) = (self.set.ids(), self.set.labels());
                let held_out = HeldOut::new(&labelling, embedded.step, ids, labels);
                Classifier::new(held_out, embedded.rows.clone())
            });
        }
        if self.classifier.as_mut().is_some_and(|classifier| !classifier.advance(SLICE)) {
            let finished = self.classifier.take().expect("it has just advanced");
            (self.emit)(Event::Classified(finished.finish()));
        }
    }

    /// Whether a study goes on now: training takes turns with it.
    fn study_due(&mut self) -> bool {
        let training = self.goal != Goal::Rest && self.run.is_some();
        let had_its_turn = std::mem::take(&mut self.studied) && training;
        !self.studies.is_empty() && !had_its_turn
    }

    /// Brings the study in hand a slice further.
    fn study(&mut self) {
        self.studied = true;
        if self.goal == Goal::Rest {
            self.set_activity(Activity::Evaluating);
        }
        let (embedded, set, seed) = (&self.embedded, &self.set, self.settings.seed);
        let subject = |stage| {
            let Embedded { step, rows, .. } = embedded.get(&stage)?;
            Some(studies::Subject { step: *step, rows: rows.clone(), pictures: set.ids(), seed })
        };
        if let Some(event) = self.studies.advance(subject, SLICE) {
            (self.emit)(event);
        }
    }

    /// Starts on a copy of the encoder as it is now.
    fn start_fine_tuning(&mut self, labelling: &Labelling) {
        // The pictures of the run may not be those of the set until they are embedded anew.
        let run = self.run.as_ref().filter(|run| run.ids == self.set.ids());
        let Some(run) = run else { return (self.emit)(Event::Tuning { done: 0, total: 0 }) };
        let (ids, labels) = (self.set.ids(), self.set.labels());
        let held_out = HeldOut::new(labelling, run.trainer.steps_taken(), ids, labels);
        let encoder = run.trainer.network().encoder;
        self.fine_tuning = FineTuning::new(&self.settings, held_out, encoder, run.pictures.clone());
        if self.fine_tuning.is_none() {
            (self.emit)(Event::Tuning { done: 0, total: 0 });
        }
    }

    fn give_up_fine_tuning(&mut self) {
        if self.fine_tuning.take().is_some() {
            (self.emit)(Event::Tuning { done: 0, total: 0 });
        }
    }

    /// Takes one step of the fine-tuning in hand, and reports it.
    async fn fine_tune(&mut self) -> Result<(), String> {
        self.set_activity(Activity::Evaluating);
        let tuning = self.fine_tuning.as_mut().expect("a fine-tuning goes on");
        let more = tuning.step().await?;
        let (done, total) = tuning.progress();
        (self.emit)(Event::Tuning { done, total });
        if !more && let Some(tuning) = self.fine_tuning.take() {
            let found = tuning.finish().await?;
            (self.emit)(Event::Tuned(found));
        }
        Ok(())
    }

    async fn preview(&mut self, pictures: &[PictureId], views: u32, draw: u32) {
        let side = self.settings.side as usize;
        let Some(opened) = &self.opened else { return };
        let found: Vec<_> = pictures.iter().filter_map(|id| Some((*id, self.set.find(*id)?))).collect();
        if found.is_empty() || views == 0 {
            return;
        }
        let planes: Vec<_> = found
            .iter()
            .flat_map(|(_, image)| std::iter::repeat_n(image.planes(side), views as usize))
            .collect();
        let mut rng = generator(self.settings.seed, Purpose::Preview, draw);
        let changes: Vec<View> =
            planes.iter().map(|_| View::draw(&self.settings.augmentations, &mut rng)).collect();
        let batch = upload(&planes, side, &opened.device);
        let drawn = render(batch, &changes);
        let Ok(rgb) = read_rgb(drawn).await else { return };
        (self.emit)(Event::Views(Views {
            pictures: found.iter().map(|(id, _)| *id).collect(),
            views,
            side: side as u32,
            rgb,
        }));
    }

    /// Takes one step, and reports when it is time to.
    async fn train(&mut self) -> Result<(), String> {
        self.set_activity(Activity::Training);
        if self.run.as_ref().is_some_and(|run| run.snapshots.is_empty()) {
            self.keep_snapshot().await?;
        }
        let started = Instant::now();
        let Some(run) = &mut self.run else { return Ok(()) };
        if run.unreported.is_empty() {
            run.reported = started;
        }
        let outcome = run.trainer.step();
        run.unreported.push(outcome);
        let last = run.trainer.steps_taken() >= self.settings.steps;
        if last || self.goal == Goal::OneStep {
            self.goal = Goal::Rest;
        }
        let due = run.unreported.len() >= MAX_UNREPORTED || run.reported.elapsed() >= REPORT_EVERY;
        if due || self.goal == Goal::Rest {
            self.report().await?;
        }
        // The numbers may have gone wrong, and the run with them.
        let Some(run) = &mut self.run else { return Ok(()) };
        run.training_time += started.elapsed();
        run.snapshots.trained(started.elapsed());
        if last {
            (self.emit)(Event::Finished);
        }
        Ok(())
    }

    /// Reads back what the device has of the collected steps.
    async fn report(&mut self) -> Result<(), String> {
        let run = self.run.as_mut().expect("a run is reported");
        let mut outcomes = std::mem::take(&mut run.unreported);
        let first = run.trainer.steps_taken() + 1 - outcomes.len() as u32;
        let statistics = outcomes.iter().map(|outcome| outcome.statistics.clone()).collect();
        let statistics = read(Tensor::cat(statistics, 0)).await?;
        let milliseconds = run.reported.elapsed().as_secs_f32() * 1e3 / outcomes.len() as f32;
        let reports: Vec<StepReport> = (first..)
            .zip(statistics.chunks_exact(4))
            .map(|(step, numbers)| StepReport {
                step,
                loss: numbers[0],
                accuracy: numbers[1],
                alignment: numbers[2],
                uniformity: numbers[3],
                milliseconds,
            })
            .collect();
        let good = reports.iter().take_while(|report| report.loss.is_finite()).count();
        let (good, bad) = reports.split_at(good);
        if !good.is_empty() {
            (self.emit)(Event::Stepped(good.to_vec()));
        }
        if let Some(bad) = bad.first() {
            self.fall_back(&format!("At step {} the loss stopped being a number", bad.step));
            return Ok(());
        }
        let run = self.run.as_mut().expect("a run is reported");
        let latest = outcomes.pop().expect("some steps were collected");
        let (latest, matrix) = LatestBatch::read(run.trainer.steps_taken(), latest, &run.ids).await?;
        run.latest = Some(latest);
        (self.emit)(Event::Batch(matrix));
        self.send_row().await?;
        // The device has just been waited for, so that a snapshot costs least now.
        let Some(run) = &self.run else { return Ok(()) };
        let step = run.trainer.steps_taken();
        let at_rest = self.goal == Goal::Rest && !run.snapshots.has(step);
        if at_rest || run.snapshots.is_due(step, MAX_UNREPORTED as u32) {
            self.keep_snapshot().await?;
        }
        Ok(())
    }

    /// Shows the views of a row from now on, or of none.
    async fn inspect(&mut self, anchor: Option<u32>) {
        self.inspected = anchor;
        if let Err(sentence) = self.send_row().await {
            (self.emit)(Event::Failed(sentence));
        }
    }

    /// Sends the views of the row that is looked into, if there is one.
    async fn send_row(&mut self) -> Result<(), String> {
        let (Some(anchor), Some(run)) = (self.inspected, &self.run) else { return Ok(()) };
        let Some(latest) = &run.latest else { return Ok(()) };
        if let Some(row) = latest.row(anchor, &run.trainer).await? {
            (self.emit)(Event::Row(row));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Images;

    #[test]
    fn that_the_set_is_empty_is_confirmed() {
        let mut events = Vec::new();
        let mut session = Session::new(Settings::recommended(Images::Shapes), |event| events.push(event));
        session.activity = Activity::Training;
        pollster::block_on(session.handle(Command::Clear));
        drop(session);
        assert_eq!(events, [Event::Activity(Activity::Idle), Event::Cleared]);
    }
}
