//! Where pictures go that are dropped or pasted: into the search or into the set.

use crate::{page::state::State, settings::Images};

/// What they are let go over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The area that takes a picture to search with.
    SearchArea,
    /// The panel of the tab in front, which a paste goes to as well.
    Panel,
    /// The rest of the page.
    Elsewhere,
}

/// What becomes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The set is searched with the first of them.
    Search,
    /// They join the set, or take the place of a built-in one.
    Set,
}

impl Destination {
    /// Where files go that are let go over `place`; `single` says that they are one picture.
    /// Several, or a folder, are a set wherever they are dropped but on the area.
    pub fn of(state: &State, place: Place, single: bool) -> Self {
        match place {
            Place::SearchArea => Self::Search,
            Place::Panel if single && state.panel_searches() => Self::Search,
            _ => Self::Set,
        }
    }

    /// What letting go will do.
    pub fn call(self, state: &State) -> String {
        match (self, state.settings.images) {
            (Self::Search, _) => "Let go to search with this picture".to_owned(),
            (Self::Set, Images::Own) => "Let go to add these pictures".to_owned(),
            (Self::Set, Images::Shapes) => "Let go to use these pictures instead of Shapes".to_owned(),
            (Self::Set, Images::Fashion) => "Let go to use these pictures instead of Fashion".to_owned(),
        }
    }

    /// What does not happen to them.
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
    fn one_picture_on_neighbours_searches_once_there_is_something_to_find() {
        let mut state = state();
        state.choose_tab(Tab::Neighbours);
        assert_eq!(Destination::of(&state, Place::Panel, true), Destination::Set);
        evaluate(&mut state);
        assert_eq!(Destination::of(&state, Place::Panel, true), Destination::Search);
        assert_eq!(Destination::of(&state, Place::Panel, false), Destination::Set, "several are a set");
        assert_eq!(Destination::of(&state, Place::Elsewhere, true), Destination::Set);
        state.choose_tab(Tab::Map);
        assert_eq!(Destination::of(&state, Place::Panel, true), Destination::Set);
        assert_eq!(Destination::of(&state, Place::SearchArea, false), Destination::Search);
    }

    #[test]
    fn what_will_happen_is_said_before() {
        let mut state = state();
        assert_eq!(Destination::Set.call(&state), "Let go to use these pictures instead of Shapes");
        assert_eq!(Destination::Search.call(&state), "Let go to search with this picture");
        state.clear(Images::Own);
        assert_eq!(Destination::Set.call(&state), "Let go to add these pictures");
    }
}
