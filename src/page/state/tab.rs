//! The tabs of the stage, and which one is in front.

use super::State;

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

impl State {
    /// Puts the tab in front that the user chose; it stays there for this run.
    pub fn choose_tab(&mut self, tab: Tab) {
        *self.tab = tab;
        self.tab_chosen = true;
    }

    /// The tab that the user put in front during this run.
    pub fn chosen_tab(&self) -> Option<Tab> {
        self.tab_chosen.then_some(*self.tab)
    }

    /// Puts a tab in front unless the user chose one.
    pub(in crate::page) fn suggest_tab(&mut self, tab: Tab) {
        if !self.tab_chosen {
            *self.tab = tab;
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
    fn the_tab_follows_the_run_until_the_user_chooses() {
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
