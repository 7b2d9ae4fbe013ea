//! The tabs of the stage, and the selected one.

use strum::{EnumString, IntoStaticStr, VariantArray};

use super::State;

/// The tabs of the stage, in their order; a link names them in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Tab {
    /// The similarity matrix of the whole set.
    Similarity,
    /// The nearest neighbours of one picture.
    Neighbours,
    /// The map of all pictures.
    Map,
    /// Groups, near-duplicates and outliers.
    Groups,
    /// The changes that the encoder ignores.
    Invariance,
    /// Classification by a few labels.
    Labels,
    /// Loss curves and batch matrix.
    Loss,
}

impl Tab {
    /// Returns the tab's key in links and ids.
    pub fn key(self) -> &'static str {
        self.into()
    }

    /// Returns the tab's name.
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

impl State {
    /// Selects a tab for the user; it stays selected during this run.
    pub fn choose_tab(&mut self, tab: Tab) {
        self.tab.set(tab);
        self.tab_chosen.set(true);
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{report, state},
        protocol::Event,
    };

    #[test]
    fn tab_follows_the_run_until_the_user_selects_one() {
        let mut state = state(4);
        state.start_running();
        assert_eq!(*state.tab, Tab::Loss);
        state.apply(Event::Finished);
        assert_eq!(*state.tab, Tab::Neighbours);
        state.choose_tab(Tab::Similarity);
        state.start_running();
        assert_eq!(*state.tab, Tab::Similarity);
        state.apply(Event::Stepped(vec![report(1)]));
        state.apply(Event::Restarted { parameters: 9 });
        state.start_running();
        assert_eq!(*state.tab, Tab::Loss);
    }
}
