//! Everything the page knows, as plain data.
//!
//! User actions and events of the engine both end in a method of [`State`]; views only read it. Its
//! fields record who reads and who changes them ([`Tracked`]), so that a change redraws no more than
//! it must.

mod apply;
mod effects;
mod engine;
mod experiment;
mod intake;
mod notices;
mod origin;
mod pictures;
mod results;
mod resync;
mod run;
mod selection;
mod set;
mod shown;
mod snapshot;
mod tab;
mod training;
mod undo;

pub use effects::{Effect, PORTION};
pub use engine::Engine;
pub use intake::{Intake, IntakeKind, Refusal};
pub use notices::{Notice, NoticeOffer};
pub use origin::{Digest, Origin};
pub use pictures::{Entry, Newcomer, Pictures};
pub use results::{IndexedEvaluation, Neighbour, Results, SHOWN};
pub use run::Run;
pub use selection::{Selection, SelectionRange};
pub use snapshot::Snapshot;
pub use tab::{Extent, Lens, Tab};

use std::{rc::Rc, sync::Arc};

use self::{experiment::Awaited, undo::Undo};
use crate::{
    page::{
        answers::Answers,
        autosave::state::{AutosaveStatus, Offer},
        lazy::Arrival,
        picture_map::Ids,
        tracked::{AccessLog, Tracked},
        views::{
            explore::{map::state::Maps, neighbours::search::Search, replay::moments::Moments},
            hood::runs::state::Runs,
            label::state::Labels,
            reveal::model::Reveal,
            sort::state::Groups,
            watch::game::model::Game,
        },
    },
    protocol::{Pair, PictureId, Question, Stage, Views},
    settings::Settings,
};

/// The state of the page.
#[derive(Debug)]
pub struct State {
    /// Settings chosen by the user.
    pub settings: Tracked<Settings>,
    /// The set of pictures.
    pub pictures: Tracked<Pictures>,
    /// Number of times the set was emptied without the engine's confirmation; until then, the
    /// engine's events are about pictures and steps that are gone.
    pub(in crate::page) clearing: u32,
    /// Files being read.
    pub intake: Tracked<Intake>,
    /// Progress of the engine's start.
    pub engine: Tracked<Engine>,
    /// The present run.
    pub run: Tracked<Run>,
    /// Snapshot from which another engine would continue.
    pub snapshot: Tracked<Option<Arc<Snapshot>>>,
    /// The run that the engine was asked to continue.
    pub(in crate::page) awaited: Option<Awaited>,
    /// Whether the next engine is to train: the command to the previous one may be lost with it.
    pub(in crate::page) resuming: bool,
    /// Evaluations of the embeddings.
    pub results: Tracked<Results>,
    /// What the network made of the set at moments of the run.
    pub moments: Tracked<Moments>,
    /// Whether the results of a run that has ended are shown.
    pub reveal: Tracked<Reveal>,
    /// The game against the network, while it is played.
    pub game: Tracked<Option<Game>>,
    /// Choices for the map of the set.
    pub maps: Tracked<Maps>,
    /// Labels for classifiers, and the classifiers' results.
    pub labels: Tracked<Labels>,
    /// Runs that have ended.
    pub runs: Tracked<Runs>,
    /// Search with a picture outside the set.
    pub search: Tracked<Search>,
    /// The pair whose similarity is explained.
    pub explained: Tracked<Option<Pair>>,
    /// Choices for the tab Sort.
    pub groups: Tracked<Groups>,
    /// Questions to the engine and their answers.
    pub answers: Tracked<Answers>,
    /// The views in the preview.
    pub views: Tracked<Option<Views>>,
    /// The focused picture, whose neighbours are shown.
    pub selected: Tracked<Option<PictureId>>,
    /// Whether the focused picture is shown at full size.
    pub viewing: Tracked<bool>,
    /// The selected pictures.
    pub selection: Tracked<Selection>,
    /// The pictures that are shown alone, if not all are.
    pub narrowed: Tracked<Option<Ids>>,
    /// The selected tab.
    pub tab: Tracked<Tab>,
    /// Whether the user has selected the tab during this run.
    pub(in crate::page) tab_chosen: Tracked<bool>,
    /// What the tab Explore shows.
    pub lens: Tracked<Lens>,
    /// The stage that the user wants to see.
    pub(in crate::page) chosen_stage: Tracked<Option<Stage>>,
    /// Whether the user has decided what the network sees of pictures.
    is_framing_chosen: bool,
    /// How much of the page is displayed.
    pub extent: Tracked<Extent>,
    /// Address from which the pictures came, if not from this computer; encoded as in a link.
    pub remote: Tracked<Option<String>>,
    /// Whether the link that opened the page was made with pictures that it does not contain.
    pub is_guest: Tracked<bool>,
    /// Whether training starts once all incoming pictures have arrived.
    pub(in crate::page) postponed: Tracked<bool>,
    /// Messages to the user.
    pub notices: Tracked<Vec<Notice>>,
    pub(in crate::page) next_notice: u32,
    /// The last removal by the user, while it can be undone.
    pub(in crate::page) undo: Tracked<Option<Undo>>,
    /// Arrival of the code that is fetched when it is first needed.
    pub lazy: Tracked<Arrival>,
    /// Status of keeping this visit's work.
    pub autosave: Tracked<AutosaveStatus>,
    /// Work of an earlier visit that can be continued.
    pub offer: Tracked<Option<Offer>>,
    /// Whether the settings have changed since they were sent to the engine.
    unsent_settings: bool,
    /// Number that changes whenever incoming pictures are no longer wanted.
    intake_ticket: u32,
    effects: Vec<Effect>,
    log: Rc<AccessLog>,
}

impl State {
    /// Returns a state without pictures.
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
            moments: log.track(Moments::default()),
            reveal: log.track(Reveal::default()),
            game: log.track(None),
            maps: log.track(Maps::default()),
            labels: log.track(Labels::default()),
            runs: log.track(Runs::default()),
            search: log.track(Search::default()),
            explained: log.track(None),
            groups: log.track(Groups::default()),
            answers: log.track(Answers::default()),
            views: log.track(None),
            selected: log.track(None),
            viewing: log.track(false),
            selection: log.track(Selection::default()),
            narrowed: log.track(None),
            tab: log.track(Tab::Explore),
            tab_chosen: log.track(false),
            lens: log.track(Lens::default()),
            chosen_stage: log.track(None),
            is_framing_chosen: false,
            extent: log.track(Extent::Whole),
            remote: log.track(None),
            is_guest: log.track(false),
            postponed: log.track(false),
            notices: log.track(Vec::new()),
            next_notice: 0,
            undo: log.track(None),
            lazy: log.track(Arrival::default()),
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

    /// Returns a number that grows with every change to the data kept between visits. The present run
    /// counts as of its last snapshot.
    pub fn revision(&self) -> u64 {
        let kept =
            [self.settings.version(), self.pictures.version(), self.labels.version(), self.runs.version()];
        kept.iter().sum::<u64>() + self.snapshot.version()
    }

    /// Changes the settings, clamps every number to its limits and, if any differs then, schedules
    /// sending them to the engine.
    pub fn edit(&mut self, change: impl FnOnce(&mut Settings)) {
        let before = *self.settings;
        let mut settings = before;
        change(&mut settings);
        settings = settings.clamped();
        if settings == before {
            return;
        }
        *self.settings = settings;
        self.run.settings_since = self.run.step();
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
