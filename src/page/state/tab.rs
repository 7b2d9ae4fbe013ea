//! The tabs of the stage, the selected one, and what it shows.

use strum::{EnumString, IntoStaticStr, VariantArray};

use super::State;
use crate::{page::views::sort::state::Finding, protocol::Stage};

/// The tabs of the stage, one per question of a visitor, in their order. A link names them in lower
/// case; the further names are those of earlier builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
pub enum Tab {
    /// What the network does: the current batch, and one picture's nearest.
    #[strum(to_string = "watch")]
    Watch,
    /// Which pictures are near each other: map, matrix and neighbours.
    #[strum(to_string = "explore", serialize = "similarity", serialize = "neighbours", serialize = "map")]
    Explore,
    /// What to do with the pictures: groups, duplicates, odd ones out.
    #[strum(to_string = "sort", serialize = "groups")]
    Sort,
    /// Whether the network guesses labels.
    #[strum(to_string = "label", serialize = "labels")]
    Label,
    /// How it works: curves, the batch with its loss, invariance, runs.
    #[strum(to_string = "hood", serialize = "loss", serialize = "invariance")]
    Hood,
}

/// What the tab Explore shows beside the neighbours; a link names it in lower case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Lens {
    /// The map of the set.
    #[default]
    Map,
    /// The similarity matrix of the set; earlier builds had a tab for it.
    #[strum(to_string = "matrix", serialize = "similarity")]
    Matrix,
}

/// How much of the page is displayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    #[default]
    Whole,
    /// The pictures, one panel and the training bar, for a frame in another page (`embed=1`).
    Embedded,
    /// The map alone (`view=map`).
    Map,
}

impl Extent {
    /// Returns the entry of a link that opens the page so; empty for the whole page.
    pub const fn link_entry(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Embedded => "&embed=1",
            Self::Map => "&view=map",
        }
    }

    /// Returns whether this is a part of the page, for a frame in another.
    pub fn is_part(self) -> bool {
        self != Self::Whole
    }
}

impl Tab {
    /// Returns the tab's key in links and ids.
    pub fn key(self) -> &'static str {
        self.into()
    }

    /// Returns the tab's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Watch => "Watch",
            Self::Explore => "Explore",
            Self::Sort => "Sort",
            Self::Label => "Label",
            Self::Hood => "Under the hood",
        }
    }
}

impl State {
    /// Selects a tab for the user; it stays selected during this run.
    pub fn choose_tab(&mut self, tab: Tab) {
        self.tab.set(tab);
        self.tab_chosen.set(true);
        self.fold_reveal();
    }

    /// Returns the tab that the user selected during this run.
    pub fn chosen_tab(&self) -> Option<Tab> {
        self.tab_chosen.then_some(*self.tab)
    }

    /// Selects a tab unless the user has selected one.
    pub(in crate::page) fn suggest_tab(&mut self, tab: Tab) {
        if !*self.tab_chosen {
            self.tab.set(tab);
        }
    }

    /// Returns the stage that all tabs show: the user's choice if it is known, else the trained
    /// network's, and before training the pixels'.
    pub fn shown_stage(&self) -> Stage {
        let trained = self.results.scored(Stage::Trained).is_some();
        match *self.chosen_stage {
            Some(stage) if trained || stage != Stage::Trained => stage,
            _ if trained => Stage::Trained,
            _ => Stage::Pixels,
        }
    }

    /// Returns the stage that the selected tab shows: duplicates may be searched for in pixels.
    pub fn displayed_stage(&self) -> Stage {
        let sorts = *self.tab == Tab::Sort && self.depends_on_stage();
        if sorts { self.stage_to_sort() } else { self.shown_stage() }
    }

    /// Returns whether what the selected tab shows depends on the stage; copies are found without one.
    pub fn depends_on_stage(&self) -> bool {
        *self.tab != Tab::Sort || self.groups.finding() != Finding::Copies
    }

    /// Selects the stage that all tabs show.
    pub fn show_stage(&mut self, stage: Stage) {
        self.chosen_stage.set(Some(stage));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{report, state},
        protocol::{Evaluation, Event},
    };

    #[test]
    fn tab_follows_the_run_until_the_user_selects_one() {
        let mut state = state(4);
        assert_eq!(*state.tab, Tab::Explore);
        state.start_running();
        assert_eq!(*state.tab, Tab::Watch);
        state.apply(Event::Finished);
        assert_eq!(*state.tab, Tab::Explore);
        state.choose_tab(Tab::Sort);
        state.start_running();
        assert_eq!(*state.tab, Tab::Sort);
        state.apply(Event::Stepped(vec![report(1)]));
        state.apply(Event::Restarted { parameters: 9 });
        state.start_running();
        assert_eq!(*state.tab, Tab::Watch);
    }

    #[test]
    fn tabs_of_earlier_builds_are_known() {
        let tab = |word: &str| word.parse::<Tab>().ok();
        assert_eq!(
            ["similarity", "neighbours", "map", "groups", "invariance", "labels", "loss"].map(tab),
            [Tab::Explore, Tab::Explore, Tab::Explore, Tab::Sort, Tab::Hood, Tab::Label, Tab::Hood].map(Some)
        );
        for known in Tab::VARIANTS {
            assert_eq!(tab(known.key()), Some(*known));
        }
        assert_eq!(tab("Watch"), None);
    }

    #[test]
    fn pixels_are_shown_before_training_and_the_network_after_it() {
        let mut state = state(4);
        let evaluated = |stage| Event::Evaluated(Evaluation::bare(stage, vec![0, 1, 2, 3]));
        state.apply(evaluated(Stage::Untrained));
        assert_eq!(state.shown_stage(), Stage::Pixels);
        state.show_stage(Stage::Trained);
        assert_eq!(state.shown_stage(), Stage::Pixels, "there is no trained network");
        state.apply(evaluated(Stage::Trained));
        assert_eq!(state.shown_stage(), Stage::Trained);
        state.show_stage(Stage::Untrained);
        assert_eq!(state.shown_stage(), Stage::Untrained);
    }
}
