//! Everything the page knows, as plain data.
//!
//! What the user does and what the engine says both end in a method of [`State`];
//! views only read it. Its fields record who reads and who changes them ([`Tracked`]), so that a
//! change draws anew no more than it must.

mod apply;
mod effects;
mod engine;
mod experiment;
mod intake;
mod notices;
mod pictures;
mod results;
mod resync;
mod run;
mod selection;
mod set;
mod snapshot;
mod tab;
mod training;
mod undo;

pub use effects::{Effect, PORTION};
pub use engine::Engine;
pub use intake::{Intake, IntakeKind, Refusal};
pub use notices::Notice;
pub use pictures::{Entry, Newcomer, Pictures};
pub use results::{IndexedEvaluation, Neighbour, Results, SHOWN};
pub use run::Run;
pub use selection::{Selection, SelectionRange};
pub use snapshot::Snapshot;
pub use tab::Tab;

use std::{rc::Rc, sync::Arc};

use self::{experiment::Awaited, undo::Undo};
use crate::{
    page::{
        answers::Answers,
        autosave::state::{AutosaveStatus, Offer},
        tracked::{AccessLog, Tracked},
        views::{
            groups::state::Groups, labels::state::Labels, map::state::Maps, neighbours::search::Search,
            runs::state::Runs,
        },
    },
    protocol::{Pair, PictureId, Question, Views},
    settings::Settings,
};

/// Everything the page knows.
#[derive(Debug)]
pub struct State {
    /// What the user has set.
    pub settings: Tracked<Settings>,
    /// The set.
    pub pictures: Tracked<Pictures>,
    /// How often the set was emptied without the engine knowing yet: until then it speaks
    /// of pictures and steps that are gone.
    pub(in crate::page) clearing: u32,
    /// Files being read.
    pub intake: Tracked<Intake>,
    /// How far the engine is.
    pub engine: Tracked<Engine>,
    /// The run.
    pub run: Tracked<Run>,
    /// What another engine would go on from.
    pub snapshot: Tracked<Option<Arc<Snapshot>>>,
    /// The run that the engine was asked to go on with.
    pub(in crate::page) awaited: Option<Awaited>,
    /// Whether an engine that takes over is to train: what the one before was told to may be lost
    /// with it.
    pub(in crate::page) resuming: bool,
    /// What the embeddings say.
    pub results: Tracked<Results>,
    /// The map of the set.
    pub maps: Tracked<Maps>,
    /// Labels for classifiers, and what these made of them.
    pub labels: Tracked<Labels>,
    /// The runs that ended.
    pub runs: Tracked<Runs>,
    /// The search with a picture that is not of the set.
    pub search: Tracked<Search>,
    /// The pair whose likeness is explained.
    pub explained: Tracked<Option<Pair>>,
    /// What was found out about the whole set.
    pub groups: Tracked<Groups>,
    /// Answers of the engine.
    pub answers: Tracked<Answers>,
    /// The views in the preview.
    pub views: Tracked<Option<Views>>,
    /// The focused picture, whose neighbours are shown.
    pub selected: Tracked<Option<PictureId>>,
    /// The selected pictures.
    pub selection: Tracked<Selection>,
    /// The tab in front.
    pub tab: Tracked<Tab>,
    /// Whether the user put it there during this run.
    pub(in crate::page) tab_chosen: bool,
    /// Whether the page shows itself small, within another.
    pub embed: bool,
    /// Where the pictures came from, if not from this computer; encoded as in an address.
    pub remote: Option<String>,
    /// Whether the link that opened the page was made with pictures that it does not carry.
    pub is_guest: bool,
    /// Whether training starts once the pictures on their way are there.
    pub(in crate::page) postponed: bool,
    /// Sentences for the user.
    pub notices: Tracked<Vec<Notice>>,
    pub(in crate::page) next_notice: u32,
    /// What the user removed last, while it is offered back.
    pub(in crate::page) undo: Tracked<Option<Undo>>,
    /// Whether this visit's work is kept.
    pub autosave: Tracked<AutosaveStatus>,
    /// Work of an earlier visit that can be continued.
    pub offer: Tracked<Option<Offer>>,
    /// Whether the settings have changed since the engine was told.
    unsent_settings: bool,
    /// Changes whenever pictures that are on their way are no longer wanted.
    intake_ticket: u32,
    effects: Vec<Effect>,
    log: Rc<AccessLog>,
}

impl State {
    /// A page without pictures.
    pub fn new(settings: Settings) -> Self {
        let log = Rc::new(AccessLog::default());
        Self {
            settings: log.track(settings),
            pictures: log.track(Pictures::default()),
            clearing: 0,
            intake: log.track(Intake::default()),
            engine: log.track(Engine::Loading { received: 0.0, total: None }),
            run: log.track(Run::default()),
            snapshot: log.track(None),
            awaited: None,
            resuming: false,
            results: log.track(Results::default()),
            maps: log.track(Maps::default()),
            labels: log.track(Labels::default()),
            runs: log.track(Runs::default()),
            search: log.track(Search::default()),
            explained: log.track(None),
            groups: log.track(Groups::default()),
            answers: log.track(Answers::default()),
            views: log.track(None),
            selected: log.track(None),
            selection: log.track(Selection::default()),
            tab: log.track(Tab::Similarity),
            tab_chosen: false,
            embed: false,
            remote: None,
            is_guest: false,
            postponed: false,
            notices: log.track(Vec::new()),
            next_notice: 0,
            undo: log.track(None),
            autosave: log.track(AutosaveStatus::default()),
            offer: log.track(None),
            unsent_settings: false,
            intake_ticket: 0,
            effects: Vec::new(),
            log,
        }
    }

    /// Returns the record of the fields that were read and changed.
    pub fn log(&self) -> &AccessLog {
        &self.log
    }

    /// Returns a number that grows with every change of what is kept between visits. The run itself
    /// is kept as of its last snapshot.
    pub fn revision(&self) -> u64 {
        let kept =
            [self.settings.version(), self.pictures.version(), self.labels.version(), self.runs.version()];
        kept.iter().sum::<u64>() + self.snapshot.version()
    }

    /// Changes the settings, and keeps every number within its limits. The engine is told shortly.
    pub fn edit(&mut self, change: impl FnOnce(&mut Settings)) {
        let before = *self.settings;
        change(&mut self.settings);
        *self.settings = self.settings.clamped();
        if *self.settings != before {
            self.run.settings_since = self.run.step();
        }
        if self.settings.augmentations != before.augmentations {
            self.answers.outdate(|question| matches!(question, Question::Invariance(_)));
        }
        if self.settings.seed != before.seed {
            self.outdate_labels();
        }
        if !std::mem::replace(&mut self.unsent_settings, true) {
            self.cause(Effect::SendSettingsSoon);
        }
    }
}
