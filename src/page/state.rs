//! Everything the page knows, as plain data.
//!
//! What the user does and what the engine says both end in a method of [`State`];
//! views only read it. The methods note which parts they touched, so that a change
//! draws anew no more than it must.

mod experiment;
mod groups;
mod invariances;
mod keeping;
mod labels;
mod maps;
mod parts;
mod pictures;
mod results;
mod run;
mod runs;
mod search;
mod selection;
mod snapshot;
mod undo;
mod why_alike;

pub use groups::{Finding, Groups, HIGHEST_THRESHOLD};
pub use invariances::Invariances;
pub use keeping::{Keeping, Offer, Patience};
pub use labels::{Labels, MAX_LENGTH, MAX_PER_CLASS};
pub use maps::{Colouring, Maps};
pub use parts::{Part, Parts};
pub use pictures::{Entry, Newcomer, Pictures};
pub use results::{Neighbour, Results, Scored};
pub use run::Run;
pub use runs::{MAX_KEPT, Notes, Record, Runs};
pub use search::{Search, Sought};
pub use selection::{Reach, Selection};
pub use snapshot::Snapshot;
pub use undo::Removed;
pub use why_alike::WhyAlike;

use std::sync::Arc;

use experiment::Awaited;
use undo::Undo;

use crate::{
    page::{by_id::Ids, words},
    protocol::{Activity, Backend, Command, Environment, Event, MapMethod, PictureId, Stage, Views},
    settings::{BackendChoice, Images, MIN_PICTURES, Settings},
};

/// How far the engine is.
#[derive(Clone, Debug, PartialEq)]
pub enum Engine {
    /// Its code is on the way.
    Loading {
        /// Bytes that have arrived.
        received: f64,
        /// Bytes in all, where the server said so.
        total: Option<f64>,
    },
    /// It looks for a device.
    Starting,
    /// It takes commands.
    Ready(Environment),
    /// It cannot be had; why.
    Stopped(String),
}

impl Engine {
    /// What it computes on, once it is ready.
    pub fn environment(&self) -> Option<&Environment> {
        match self {
            Self::Ready(environment) => Some(environment),
            _ => None,
        }
    }
}

/// Files being read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Intake {
    /// What is being done to them: decoding, drawing.
    pub verb: &'static str,
    /// How many there are.
    pub total: usize,
    /// How many were read or given up.
    pub done: usize,
    /// Files left out without a word because they never are pictures.
    pub skipped: usize,
    /// Files that could not be read.
    pub failures: Vec<Failure>,
}

impl Intake {
    /// Whether pictures are still on their way.
    pub fn is_active(&self) -> bool {
        self.done < self.total
    }
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Failure {
    /// Its name.
    pub name: String,
    /// Why, in a sentence.
    pub reason: String,
}

/// The tabs of the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// The similarity matrix of the whole set.
    Similarity,
    /// The nearest others of one picture.
    Neighbours,
    /// All pictures in the plane.
    Map,
    /// Groups, near-duplicates and odd ones out.
    Groups,
    /// What the encoder overlooks.
    Invariance,
    /// What a few labels are worth.
    Labels,
    /// Curves and batch matrix.
    Loss,
}

impl Tab {
    /// The tabs in their order.
    pub const ALL: [Self; 7] = [
        Self::Similarity,
        Self::Neighbours,
        Self::Map,
        Self::Groups,
        Self::Invariance,
        Self::Labels,
        Self::Loss,
    ];

    /// The tab's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Similarity => "Similarity",
            Self::Neighbours => "Neighbours",
            Self::Map => "Map",
            Self::Groups => "Groups",
            Self::Invariance => "Invariance",
            Self::Labels => "Labels",
            Self::Loss => "Loss",
        }
    }
}

/// A sentence for the user, shown until it is dismissed.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Names it.
    pub id: u32,
    /// The sentence.
    pub text: String,
    /// Whether it offers to take back what it speaks of.
    pub can_undo: bool,
}

/// Everything the page knows.
#[derive(Debug)]
pub struct State {
    /// What the user has set.
    pub settings: Settings,
    /// The set.
    pub pictures: Pictures,
    /// How often the set was emptied without the engine knowing yet: until then it speaks
    /// of pictures and steps that are gone.
    clearing: u32,
    /// Files being read.
    pub intake: Intake,
    /// How far the engine is.
    pub engine: Engine,
    /// The run.
    pub run: Run,
    /// What another engine would go on from.
    pub snapshot: Option<Arc<Snapshot>>,
    /// The run that the engine was asked to go on with.
    awaited: Option<Awaited>,
    /// Whether the engine that takes over is to go on training.
    resuming: bool,
    /// What the embeddings say.
    pub results: Results,
    /// The map of the set.
    pub maps: Maps,
    /// Labels for classifiers, and what these made of them.
    pub labels: Labels,
    /// The runs that ended.
    pub runs: Runs,
    /// The search with a picture that is not of the set.
    pub search: Search,
    /// The pair whose likeness is explained.
    pub why_alike: WhyAlike,
    /// What was found out about the whole set.
    pub groups: Groups,
    /// What the encoder overlooks.
    pub invariances: Invariances,
    /// The views in the preview.
    pub views: Option<Views>,
    /// The focused picture, whose neighbours are shown.
    pub selected: Option<PictureId>,
    /// The selected pictures.
    pub selection: Selection,
    /// The tab in front.
    pub tab: Tab,
    /// Whether the user put it there during this run.
    tab_chosen: bool,
    /// Whether the page shows itself small, within another.
    pub embed: bool,
    /// Where the pictures came from, if not from this computer; encoded as in an address.
    pub remote: Option<String>,
    /// Whether the link that opened the page was made with pictures that it does not carry.
    pub is_guest: bool,
    /// Whether training starts once the pictures on their way are there.
    postponed: bool,
    /// Sentences for the user.
    pub notices: Vec<Notice>,
    next_notice: u32,
    /// What the user removed last, while it is offered back.
    undo: Option<Undo>,
    /// Whether this visit's work is kept.
    pub keeping: Keeping,
    /// Work of an earlier visit that can be continued.
    pub offer: Option<Offer>,
    /// Counts changes of what is kept between visits.
    revision: u64,
    touched: Parts,
}

impl State {
    /// A page without pictures.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            pictures: Pictures::default(),
            clearing: 0,
            intake: Intake::default(),
            engine: Engine::Loading { received: 0.0, total: None },
            run: Run::default(),
            snapshot: None,
            awaited: None,
            resuming: false,
            results: Results::default(),
            maps: Maps::default(),
            labels: Labels::default(),
            runs: Runs::default(),
            search: Search::default(),
            why_alike: WhyAlike::default(),
            groups: Groups::default(),
            invariances: Invariances::default(),
            views: None,
            selected: None,
            selection: Selection::default(),
            tab: Tab::Similarity,
            tab_chosen: false,
            embed: false,
            remote: None,
            is_guest: false,
            postponed: false,
            notices: Vec::new(),
            next_notice: 0,
            undo: None,
            keeping: Keeping::default(),
            offer: None,
            revision: 0,
            touched: Parts::default(),
        }
    }

    /// The parts touched since the last call.
    pub fn take_touched(&mut self) -> Parts {
        std::mem::take(&mut self.touched)
    }

    /// Marks a part as touched.
    pub fn touch(&mut self, part: Part) {
        self.touched.insert(part);
        // The run itself is kept as of its last snapshot.
        if matches!(part, Part::Settings | Part::Pictures | Part::Labels | Part::Runs) {
            self.revision += 1;
        }
    }

    /// Another number says that something changed that is kept between visits.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Takes in what the engine says.
    pub fn apply(&mut self, event: Event) {
        if self.clearing > 0 && !concerns_any_set(&event) {
            return;
        }
        match event {
            Event::Ready(environment) => self.engine_is_ready(environment),
            Event::WebGpuNeeded => self.engine_is_exchanged(),
            Event::Cleared => self.clearing = self.clearing.saturating_sub(1),
            Event::Activity(activity) => self.engine_does(activity),
            Event::Restarted { parameters } => self.restarted(parameters),
            Event::Restored { step, parameters } => self.restored(step, parameters),
            Event::Snapshot { step, file } => {
                self.revision += 1;
                self.snapshot = Some(Arc::new(Snapshot { step, file }));
            }
            Event::Opened(settings) => self.model_opened(settings),
            Event::Stepped(reports) => {
                self.touch(Part::Run);
                let before = self.run.step();
                self.run.notes.steps_taken(&self.settings, self.pictures.len(), before);
                self.run.steps.extend(reports);
            }
            Event::Batch(batch) => {
                self.touch(Part::Run);
                self.run.notes.batch(&batch);
                self.run.batch = Some(batch);
            }
            Event::Row(views) => {
                self.touch(Part::Run);
                self.run.row_views = Some(views);
            }
            Event::Evaluated(evaluation) => {
                self.touch(Part::Results);
                if evaluation.stage == Stage::Trained {
                    self.run.notes.evaluated(evaluation.step, evaluation.knn, evaluation.effective_rank);
                }
                self.labels.ask_again_of(evaluation.stage);
                self.explain_again_after(&evaluation);
                self.maps.ask_again_of(evaluation.stage);
                self.groups.ask_again_of(evaluation.stage);
                self.invariances.ask_again_of(evaluation.stage);
                self.results.keep_evaluation(evaluation);
                self.focus_something();
            }
            Event::Scored { stage, shared_labels, knn } => self.scored(stage, shared_labels, knn),
            Event::Matrix(matrix) => {
                self.touch(Part::Results);
                self.results.keep_matrix(matrix);
            }
            Event::Mapped(map) => {
                self.touch(Part::Map);
                self.maps.keep(map);
            }
            Event::Classified(classification) => {
                self.touch(Part::Labels);
                self.labels.keep(classification);
            }
            Event::Tuning { done, total } => {
                self.touch(Part::Labels);
                self.labels.advance_tuning(done, total);
            }
            Event::Tuned(classification) => {
                self.touch(Part::Labels);
                self.labels.keep_tuned(classification);
            }
            Event::Queried(answer) => {
                self.touch(Part::Search);
                self.search.keep(answer);
            }
            Event::Explained(explanation) => {
                self.touch(Part::WhyAlike);
                self.why_alike.keep(explanation);
            }
            Event::Invariance(invariance) => {
                self.touch(Part::Invariance);
                self.invariances.keep(invariance);
            }
            Event::Clustered(clustering) => {
                self.touch(Part::Groups);
                self.groups.keep_clustering(clustering);
            }
            Event::Surveyed(survey) => {
                self.touch(Part::Groups);
                self.groups.keep_survey(survey);
            }
            Event::Views(views) => {
                self.touch(Part::Views);
                self.views = Some(views);
            }
            Event::Finished => self.finished(),
            Event::Refused(sentence) => self.refused(sentence),
            // Whoever asked waits for these.
            Event::Decoded { .. } | Event::Model { .. } | Event::Vetted { .. } => {}
            Event::Failed(reason) => self.engine_failed(&reason),
        }
    }

    /// Notes what the engine is doing. What it does for a set that is gone says nothing of
    /// what the user wants, and neither does its rest while training waits for pictures.
    fn engine_does(&mut self, activity: Activity) {
        self.touch(Part::Run);
        if self.clearing > 0 {
            return self.run.set_activity_aside(activity);
        }
        self.run.set_activity(activity);
        self.run.running |= self.postponed;
    }

    fn scored(&mut self, stage: Stage, shared_labels: Option<f32>, knn: Option<f32>) {
        self.touch(Part::Results);
        self.results.keep_scores(stage, shared_labels, knn);
        if let Some(scored) = self.results.scored(stage).filter(|_| stage == Stage::Trained) {
            self.run.notes.scored(scored.evaluation.step, knn);
        }
    }

    fn refused(&mut self, sentence: String) {
        if self.clearing == 0 {
            self.touch(Part::Run);
            self.run.refused();
            self.awaited = None;
        }
        self.notify(sentence);
    }

    /// Changes the settings, and keeps every number within its limits.
    pub fn edit(&mut self, change: impl FnOnce(&mut Settings)) {
        self.touch(Part::Settings);
        let before = self.settings;
        change(&mut self.settings);
        self.settings = self.settings.clamped();
        if self.settings != before {
            self.run.settings_since = self.run.step();
        }
        if self.settings.augmentations != before.augmentations {
            self.invariances.ask_again();
        }
        if self.settings.seed != before.seed {
            self.touch(Part::Labels);
            self.labels.ask_again();
        }
    }

    /// Chooses how the map is drawn.
    pub fn choose_map_method(&mut self, method: MapMethod) {
        self.touch(Part::Map);
        self.maps.method = method;
    }

    /// The stage whose map should be asked for, and how; once for each evaluation of it.
    pub fn wants_map(&mut self, stage: Stage) -> Option<MapMethod> {
        self.results.scored(stage)?;
        self.maps.wants(stage)
    }

    /// Notes how much of the engine's code has arrived, while it is waited for: a download
    /// may go on for a while after the engine was given up.
    pub fn engine_is_loading(&mut self, received: f64, total: Option<f64>) {
        if matches!(self.engine, Engine::Loading { .. }) {
            self.touch(Part::Engine);
            self.engine = Engine::Loading { received, total };
        }
    }

    /// Notes that the engine's code is there, while it is waited for.
    pub fn engine_is_starting(&mut self) {
        if matches!(self.engine, Engine::Loading { .. }) {
            self.touch(Part::Engine);
            self.engine = Engine::Starting;
        }
    }

    /// Notes that another engine hears from now on: it knows of no set before this one.
    pub fn engine_is_another(&mut self) {
        self.clearing = 0;
    }

    /// Notes that there will be no engine, and says why.
    pub fn engine_is_stopped(&mut self, sentence: String) {
        self.touch(Part::Engine);
        self.engine = Engine::Stopped(sentence.clone());
        self.stop_running();
        self.stop_tuning();
        self.notify(sentence);
    }

    fn engine_is_ready(&mut self, environment: Environment) {
        self.touch(Part::Engine);
        let wanted_gpu = self.settings.backend == BackendChoice::WebGpu;
        if wanted_gpu && environment.backend == Backend::Cpu {
            self.notify(environment.reason.clone());
        }
        self.engine = Engine::Ready(environment);
    }

    /// Notes that the engine broke down; pictures, settings and the run as far as it was
    /// kept stay.
    fn engine_failed(&mut self, reason: &str) {
        let what_follows = self.expect_another_engine();
        self.touch(Part::Engine);
        self.engine = Engine::Starting;
        self.forget_what_the_engine_said();
        self.notify(format!("The engine stopped: {} {what_follows}", with_full_stop(reason)));
    }

    /// Notes that an engine with WebGPU takes the place of the one without, as the settings
    /// ask for; a run that had begun starts over, as with every change of the backend.
    fn engine_is_exchanged(&mut self) {
        let waiting = self.run.running && self.run.step() == 0;
        self.snapshot = None;
        self.expect_another_engine();
        (self.run.running, self.resuming) = (waiting, waiting && !self.postponed);
        self.touch(Part::Engine);
        self.engine = Engine::Loading { received: 0.0, total: None };
        self.forget_what_the_engine_said();
    }

    /// Forgets what can be asked of an engine only as long as it has the embeddings.
    fn forget_what_the_engine_said(&mut self) {
        self.touch(Part::Results);
        self.touch(Part::Labels);
        self.labels.end_tuning();
        for stage in Stage::ALL {
            self.results.drop_stage(stage);
            self.search.forget(stage);
            self.stop_explaining(stage);
        }
        self.touch(Part::Search);
        self.touch(Part::Map);
        self.maps.clear();
    }

    fn restarted(&mut self, parameters: u32) {
        // A tab that was chosen before the first step was chosen for this run.
        self.tab_chosen &= self.run.step() == 0;
        self.keep_run();
        self.snapshot = None;
        self.resuming = false;
        self.touch(Part::Run);
        self.run.restart(Some(parameters));
        self.forget_trained();
    }

    /// Forgets what the trained encoder said: there is another.
    fn forget_trained(&mut self) {
        self.touch(Part::Results);
        self.touch(Part::Labels);
        self.labels.end_tuning();
        self.results.drop_stage(Stage::Trained);
        self.touch(Part::Search);
        self.search.forget(Stage::Trained);
        self.stop_explaining(Stage::Trained);
    }

    /// Notes that the user wants training to go on; whether it can at once, or has to
    /// wait for pictures on their way.
    pub fn start_running(&mut self) -> bool {
        self.touch(Part::Run);
        self.run.running = true;
        self.postponed = self.intake.is_active();
        self.suggest_tab(Tab::Loss);
        !self.postponed
    }

    /// Notes that the pictures are there; whether training waited for them.
    pub fn settled(&mut self) -> bool {
        std::mem::take(&mut self.postponed)
    }

    /// Notes that no more steps are wanted.
    pub fn stop_running(&mut self) {
        self.touch(Part::Run);
        self.run.running = false;
        self.postponed = false;
        self.resuming = false;
    }

    /// Notes that the user wants a single step.
    pub fn take_step(&mut self) {
        self.suggest_tab(Tab::Loss);
    }

    fn finished(&mut self) {
        self.stop_running();
        self.suggest_tab(Tab::Neighbours);
    }

    /// Adds pictures to the set; returns the ids that they were given.
    pub fn add(&mut self, newcomers: Vec<Newcomer>) -> Vec<PictureId> {
        self.touch(Part::Pictures);
        self.is_guest = false;
        self.withdraw_undo_of_all();
        newcomers.into_iter().map(|newcomer| self.pictures.add(newcomer)).collect()
    }

    /// Takes pictures out; how many of them were there. The focus moves to what stands
    /// beside the one that had it.
    pub fn remove(&mut self, ids: &[PictureId]) -> usize {
        self.take_out(ids).len()
    }

    fn take_out(&mut self, ids: &[PictureId]) -> Vec<Entry> {
        self.touch(Part::Pictures);
        self.touch(Part::Selection);
        self.touch(Part::Labels);
        let gone: Ids = ids.iter().copied().collect();
        if let Some(row) = self.selected.filter(|id| gone.contains(id)).and_then(|id| self.pictures.row(id)) {
            let (before, after) = self.pictures.entries().split_at(row);
            let mut others = after.iter().chain(before.iter().rev()).map(|entry| entry.id);
            self.selected = others.find(|id| !gone.contains(id));
        }
        self.selection.forget(&gone);
        gone.iter().for_each(|id| self.labels.forget(*id));
        gone.iter().for_each(|id| self.stop_explaining_picture(*id));
        self.pictures.remove(&gone)
    }

    /// Empties a built-in set for pictures of the user's own, which go on coming in, and
    /// training goes on waiting for them.
    pub fn make_room(&mut self) {
        let (intake, postponed) = (self.intake.clone(), self.postponed);
        self.clear(Images::Own);
        self.intake = intake;
        if postponed {
            (self.run.running, self.postponed) = (true, true);
        }
    }

    /// Takes every picture out, and forgets what was learned about them. The engine, which
    /// has to be told, confirms it by [`Event::Cleared`].
    pub fn clear(&mut self, images: Images) {
        self.clearing += 1;
        self.withdraw_undo();
        for part in [Part::Pictures, Part::Intake, Part::Results, Part::Views, Part::Selection, Part::Run] {
            self.touch(part);
        }
        self.keep_run();
        self.edit(|settings| *settings = settings_for(*settings, images));
        self.pictures.clear();
        self.is_guest = false;
        self.intake = Intake::default();
        self.remote = None;
        self.results = Results::default();
        self.touch(Part::Map);
        self.maps.clear();
        self.touch(Part::Labels);
        self.labels.clear();
        self.end_search();
        self.touch(Part::Groups);
        self.groups.clear();
        self.touch(Part::Invariance);
        self.invariances.clear();
        self.snapshot = None;
        self.awaited = None;
        self.run.go_back(0);
        self.run.notes = Notes::default();
        self.stop_running();
        self.views = None;
        self.selected = None;
        self.selection = Selection::default();
        self.tab_chosen = false;
        self.tab = Tab::Similarity;
        self.touch(Part::Tab);
    }

    /// Notes that pictures are on their way, after those that already are.
    pub fn begin_intake(&mut self, verb: &'static str, total: usize, skipped: usize) {
        self.touch(Part::Intake);
        if !self.intake.is_active() {
            self.intake = Intake::default();
        }
        self.intake.verb = verb;
        self.intake.total += total;
        self.intake.skipped += skipped;
    }

    /// Notes that some came or failed; whether none are left.
    pub fn advance_intake(&mut self, done: usize, failures: Vec<Failure>) -> bool {
        self.touch(Part::Intake);
        self.intake.done += done;
        self.intake.failures.extend(failures);
        !self.intake.is_active()
    }

    /// Notes that no more will come.
    pub fn end_intake(&mut self) {
        self.touch(Part::Intake);
        self.intake.total = self.intake.done;
    }

    /// Takes the list of files that could not be read away.
    pub fn dismiss_failures(&mut self) {
        self.touch(Part::Intake);
        self.intake.failures.clear();
        self.intake.skipped = 0;
    }

    /// Looks inside one row of the batch matrix, which keeps its tab in front, or inside none.
    pub fn inspect(&mut self, anchor: Option<u32>) {
        self.touch(Part::Run);
        self.run.inspected = anchor;
        self.run.row_views = None;
        if anchor.is_some() {
            self.choose_tab(Tab::Loss);
        }
    }

    /// Focuses the first picture if none is.
    fn focus_something(&mut self) {
        if self.selected.is_none_or(|id| self.pictures.get(id).is_none())
            && let Some(first) = self.pictures.entries().first()
        {
            self.focus(first.id);
        }
    }

    /// Puts the tab in front that the user chose; it stays there for this run.
    pub fn choose_tab(&mut self, tab: Tab) {
        self.touch(Part::Tab);
        self.tab = tab;
        self.tab_chosen = true;
    }

    /// The tab that the user put in front during this run.
    pub fn chosen_tab(&self) -> Option<Tab> {
        self.tab_chosen.then_some(self.tab)
    }

    /// Puts a tab in front unless the user chose one.
    fn suggest_tab(&mut self, tab: Tab) {
        if !self.tab_chosen {
            self.touch(Part::Tab);
            self.tab = tab;
        }
    }

    /// Shows a sentence until it is dismissed; one that is already there is not repeated.
    pub fn notify(&mut self, text: impl Into<String>) {
        let text = text.into();
        if self.notices.iter().any(|notice| notice.text == text) {
            return;
        }
        self.touch(Part::Notices);
        self.notices.push(Notice { id: self.next_notice, text, can_undo: false });
        self.next_notice += 1;
    }

    /// Takes a sentence away.
    pub fn dismiss(&mut self, id: u32) {
        self.touch(Part::Notices);
        self.notices.retain(|notice| notice.id != id);
        self.take_undo(id);
    }

    /// Whether there are labels worth scoring by: with a single kind, every neighbour is right.
    pub fn has_labels(&self) -> bool {
        self.pictures.kinds() >= 2
    }

    /// Pairs in a step: as many as set, at most one a picture.
    pub fn pairs(&self) -> usize {
        (self.settings.batch as usize).min(self.pictures.len())
    }

    /// Why training cannot start or go on now, in a sentence; `None` when it can.
    pub fn training_obstacle(&self) -> Option<String> {
        let pictures = self.pictures.len();
        if let Engine::Stopped(sentence) = &self.engine {
            return Some(sentence.clone());
        }
        if pictures < MIN_PICTURES {
            return Some(format!("Add at least {MIN_PICTURES} pictures to train."));
        }
        let at_most = Settings::STEPS.max;
        (self.run.step() >= at_most).then(|| {
            format!("{} steps are the most. Press Reset to start over.", words::count(at_most as usize))
        })
    }

    /// Why no single step can be taken now; unlike training, it does not lengthen the run.
    pub fn step_obstacle(&self) -> Option<String> {
        let complete = || {
            let complete = self.run.is_complete(&self.settings);
            complete.then(|| "The run is complete. Train lengthens it; Reset starts over.".to_owned())
        };
        self.training_obstacle().or_else(complete)
    }

    /// Steps that training adds to a run that has taken all of its own: as many again.
    /// `None` while there are some left.
    pub fn steps_to_add(&self) -> Option<u32> {
        let (steps, step) = (self.settings.steps, self.run.step());
        let length = steps.checked_sub(self.run.lengthened_at).filter(|length| *length > 0).unwrap_or(steps);
        let most = Settings::STEPS.max.saturating_sub(step);
        (step > 0 && self.run.is_complete(&self.settings)).then_some(length.min(most))
    }

    /// Lengthens a run that has taken all of its steps.
    pub fn lengthen_run(&mut self) {
        if let Some(more) = self.steps_to_add() {
            let step = self.run.step();
            self.edit(|settings| settings.steps = step + more);
            self.run.lengthened_at = step;
        }
    }

    /// The messages that bring a new engine to where the page is, pictures in portions.
    pub fn introduction(&self) -> impl Iterator<Item = Command> + '_ {
        let portions = self.pictures.entries().chunks(PORTION);
        let add = portions.map(|portion| Command::Add(portion.iter().map(Entry::message).collect()));
        // The run begins as soon as there are pictures: what it goes on from comes first.
        std::iter::once(Command::Configure(self.settings))
            .chain(self.known_snapshot().map(Snapshot::message))
            .chain(add)
            .chain([Command::Settle])
            .chain(self.labels.message())
            .chain(self.search.message())
            .chain(self.resuming.then_some(Command::Train))
    }
}

/// Whether an event says something even when the set that the engine has is gone.
fn concerns_any_set(event: &Event) -> bool {
    use Event::{Activity, Cleared, Decoded, Failed, Model, Ready, Refused, Vetted, WebGpuNeeded};
    matches!(
        event,
        Activity(_)
            | Cleared
            | Decoded { .. }
            | Failed(_)
            | Model { .. }
            | Ready(_)
            | Refused(_)
            | Vetted { .. }
            | WebGpuNeeded
    )
}

/// The settings for other pictures: what was left as recommended becomes what is
/// recommended there, what the user changed stays.
fn settings_for(mut settings: Settings, images: Images) -> Settings {
    let (before, after) = (Settings::recommended(settings.images), Settings::recommended(images));
    fn follow<T: PartialEq>(value: &mut T, before: T, after: T) {
        if *value == before {
            *value = after;
        }
    }
    follow(&mut settings.steps, before.steps, after.steps);
    follow(&mut settings.batch, before.batch, after.batch);
    follow(&mut settings.side, before.side, after.side);
    follow(&mut settings.width, before.width, after.width);
    follow(&mut settings.depth, before.depth, after.depth);
    follow(&mut settings.temperature, before.temperature, after.temperature);
    follow(&mut settings.learning_rate, before.learning_rate, after.learning_rate);
    let (mut before, mut after) = (before.augmentations, after.augmentations);
    let recommended = before.each_mut().into_iter().zip(after.each_mut());
    for (operation, (before, after)) in settings.augmentations.each_mut().into_iter().zip(recommended) {
        follow(operation, *before, *after);
    }
    settings.images = images;
    settings
}

/// Pictures in one message to the engine.
pub const PORTION: usize = 64;

/// The sentence, ended.
fn with_full_stop(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests;
