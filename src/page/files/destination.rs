//! Destination of dropped or pasted pictures: the search or the set.

use crate::{page::state::State, settings::Images};

/// Place of a drop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The area that takes a picture to search with.
    SearchArea,
    /// The panel of the selected tab, which also receives pastes.
    Panel,
    /// The rest of the page.
    Elsewhere,
}

/// Destination of the pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A search of the set with the first of them.
    Search,
    /// The set, to which they are added, or a built-in one, which they replace.
    Set,
}

impl Destination {
    /// Returns the destination of files dropped over `place`; `single` says that they are one
    /// picture. Several files, or a folder, are a set except over the search area.
    pub fn of(state: &State, place: Place, single: bool) -> Self {
        match place {
            Place::SearchArea => Self::Search,
            Place::Panel if single && state.panel_searches() => Self::Search,
            _ => Self::Set,
        }
    }

    /// Describes what a drop will do.
    pub fn call(self, state: &State) -> String {
        match (self, state.settings.images) {
            (Self::Search, _) => "Let go to search with this picture".to_owned(),
            (Self::Set, Images::Own) => "Let go to add these pictures".to_owned(),
            (Self::Set, Images::Shapes) => "Let go to use these pictures instead of Shapes".to_owned(),
            (Self::Set, Images::Fashion) => "Let go to use these pictures instead of Fashion".to_owned(),
        }
    }

    /// Returns a sentence on the pictures' privacy.
    pub const fn promise(self) -> &'static str {
        match self {
            Self::Search => "It stays on this computer.",
            Self::Set => "They stay on this computer.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::state::Tab,
        protocol::{Evaluation, Event, Stage},
        settings::Settings,
    };

    fn state() -> State {
        State::new(Settings::recommended(Images::Shapes))
    }

    fn evaluate(state: &mut State) {
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Untrained, Vec::new())));
    }

    #[test]
    fn single_picture_dropped_on_neighbours_searches_if_possible() {
        let mut state = state();
        state.choose_tab(Tab::Explore);
        assert_eq!(Destination::of(&state, Place::Panel, true), Destination::Set);
        evaluate(&mut state);
        assert_eq!(Destination::of(&state, Place::Panel, true), Destination::Search);
        assert_eq!(Destination::of(&state, Place::Panel, false), Destination::Set, "several are a set");
        assert_eq!(Destination::of(&state, Place::Elsewhere, true), Destination::Set);
        state.choose_tab(Tab::Watch);
        assert_eq!(Destination::of(&state, Place::Panel, true), Destination::Set);
        assert_eq!(Destination::of(&state, Place::SearchArea, false), Destination::Search);
    }

    #[test]
    fn destination_is_described_before_the_drop() {
        let mut state = state();
        assert_eq!(Destination::Set.call(&state), "Let go to use these pictures instead of Shapes");
        assert_eq!(Destination::Search.call(&state), "Let go to search with this picture");
        state.clear(Images::Own);
        assert_eq!(Destination::Set.call(&state), "Let go to add these pictures");
    }
}
