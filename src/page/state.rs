//! Everything the page knows, as plain data.
//!
//! What the user does and what the engine says both end in a method of [`State`];
//! views only read it. The methods note which parts they touched, so that a change
//! draws anew no more than it must.

mod apply;
mod engine;
mod experiment;
mod intake;
mod notices;
mod parts;
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

pub use engine::Engine;
pub use intake::{Intake, IntakeKind, Refusal};
pub use notices::Notice;
pub use parts::{Part, Parts};
pub use pictures::{Entry, Newcomer, Pictures};
pub use results::{IndexedEvaluation, Neighbour, Results, SHOWN};
pub use resync::PORTION;
pub use run::Run;
pub use selection::{Selection, SelectionRange};
pub use snapshot::Snapshot;
pub use tab::Tab;
pub use undo::Removed;

use std::sync::Arc;

use self::{experiment::Awaited, undo::Undo};
use crate::{
    page::{
        autosave::state::{Autosave, Offer},
        views::{
            groups::state::Groups,
            invariance::state::Invariances,
            labels::state::Labels,
            map::state::Maps,
            neighbours::{explanation::WhyAlike, search::Search},
            runs::state::Runs,
        },
    },
    protocol::{PictureId, Views},
    settings::Settings,
};

/// Everything the page knows.
#[derive(Debug)]
pub struct State {
    /// What the user has set.
    pub settings: Settings,
    /// The set.
    pub pictures: Pictures,
    /// How often the set was emptied without the engine knowing yet: until then it speaks
    /// of pictures and steps that are gone.
    pub(in crate::page) clearing: u32,
    /// Files being read.
    pub intake: Intake,
    /// How far the engine is.
    pub engine: Engine,
    /// The run.
    pub run: Run,
    /// What another engine would go on from.
    pub snapshot: Option<Arc<Snapshot>>,
    /// The run that the engine was asked to go on with.
    pub(in crate::page) awaited: Option<Awaited>,
    /// Whether an engine that takes over is to train: what the one before was told to may be lost
    /// with it.
    pub(in crate::page) resuming: bool,
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
    pub notices: Vec<Notice>,
    pub(in crate::page) next_notice: u32,
    /// What the user removed last, while it is offered back.
    pub(in crate::page) undo: Option<Undo>,
    /// Whether this visit's work is kept.
    pub autosave: Autosave,
    /// Work of an earlier visit that can be continued.
    pub offer: Option<Offer>,
    /// Counts changes of what is kept between visits.
    pub(in crate::page) revision: u64,
    pub(in crate::page) touched: Parts,
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
            autosave: Autosave::default(),
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
}
