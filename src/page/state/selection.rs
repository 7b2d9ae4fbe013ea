//! The selected pictures, the same everywhere: gallery, neighbours, matrix, groups.
//!
//! The focused picture, [`State::selected`], is separate: its neighbours are shown. As in a file
//! manager, a plain click moves both.

use super::{State, Tab};
use crate::{page::picture_map::Ids, protocol::PictureId};

/// Extent of a selection by click or key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectionRange {
    /// This picture alone.
    One,
    /// This picture, added to the selection or removed from it.
    Toggle,
    /// All pictures from the anchor up to this one.
    Range,
}

impl SelectionRange {
    /// Returns the extent for a click with these keys held.
    pub fn with_keys(shift: bool, control: bool) -> Self {
        match (shift, control) {
            (true, _) => Self::Range,
            (_, true) => Self::Toggle,
            _ => Self::One,
        }
    }
}

/// The selected pictures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Selected ids, in the order of the set, since ids grow as pictures come.
    ids: Ids,
    /// Start of a range.
    anchor: Option<PictureId>,
    /// Whether a plain click adds to the selection, for devices without keys to hold.
    adding: bool,
}

impl Selection {
    /// Returns the number of selected pictures.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Returns whether no picture is selected.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Returns whether a picture is selected.
    pub fn contains(&self, id: PictureId) -> bool {
        self.ids.contains(&id)
    }

    /// Returns the selected pictures in the order of the set.
    pub fn iter(&self) -> impl Iterator<Item = PictureId> + '_ {
        self.ids.iter().copied()
    }

    /// Returns whether a plain click adds to the selection.
    pub fn is_adding(&self) -> bool {
        self.adding
    }

    pub(in crate::page) fn forget(&mut self, gone: &Ids) {
        self.ids = self.ids.without(gone);
        self.anchor = self.anchor.filter(|id| !gone.contains(id));
    }
}

impl State {
    /// Selects one picture and focuses it; its neighbours replace those of a query.
    pub fn select(&mut self, id: PictureId) {
        self.select_all([id]);
        self.show_nearest(id);
    }

    /// Focuses a picture, whose neighbours replace those of a query.
    fn show_nearest(&mut self, id: PictureId) {
        self.focus(id);
        self.search.put_behind();
        self.end_altered();
        self.stop_explaining();
    }

    /// Focuses a picture; the selection is unchanged.
    pub fn focus(&mut self, id: PictureId) {
        *self.selected = Some(id);
    }

    /// Shows a picture at full size.
    pub fn view(&mut self, id: PictureId) {
        self.focus(id);
        self.viewing.set(true);
    }

    /// Focuses the next or the previous picture of the gallery, if there is one.
    pub fn focus_beside(&mut self, forwards: bool) {
        let Some(place) = self.selected.and_then(|id| self.place(id)) else { return };
        let beside = if forwards { place.checked_add(1) } else { place.checked_sub(1) };
        if let Some(id) = beside.and_then(|place| self.shown(place..place + 1).first().copied()) {
            self.focus(id);
        }
    }

    /// Selects these pictures alone; the focus is unchanged.
    pub fn select_all(&mut self, ids: impl IntoIterator<Item = PictureId>) {
        let ids: Vec<_> = ids.into_iter().filter(|id| self.pictures.get(*id).is_some()).collect();
        self.selection.anchor = ids.first().copied();
        self.selection.ids = ids.into_iter().collect();
    }

    /// Sets whether a plain click adds to the selection.
    pub fn set_adding(&mut self, adding: bool) {
        self.selection.adding = adding;
    }

    /// Returns the extent of a click or a key in the present mode.
    pub fn selection_range(&self, range: SelectionRange) -> SelectionRange {
        if range == SelectionRange::One && self.selection.adding { SelectionRange::Toggle } else { range }
    }

    /// Changes the selection by a click on a picture in a list of this order. Only a plain click
    /// moves the focus.
    pub fn choose(&mut self, range: SelectionRange, id: PictureId, order: &[PictureId]) {
        match self.selection_range(range) {
            SelectionRange::One => self.select(id),
            SelectionRange::Toggle => self.toggle(id),
            SelectionRange::Range => self.select_range(id, order),
        }
    }

    /// Clears the selection; the focus is unchanged.
    pub fn clear_selection(&mut self) {
        self.select_all([]);
    }

    /// Returns the pictures that an action applies to: the selected ones, else the focused one.
    pub fn chosen(&self) -> Vec<PictureId> {
        if !self.selection.is_empty() {
            return self.selection.iter().collect();
        }
        self.selected.filter(|id| self.pictures.get(*id).is_some()).into_iter().collect()
    }

    /// Shows what is nearest to the selected picture, or searches by several selected ones.
    pub fn find_similar(&mut self) {
        match self.chosen().as_slice() {
            [] => {}
            [id] => {
                self.show_nearest(*id);
                self.choose_tab(Tab::Explore);
            }
            ids => self.search_by_examples(ids),
        }
    }

    /// Returns all pictures in the order of the set.
    pub fn order(&self) -> Vec<PictureId> {
        self.pictures.entries().iter().map(|entry| entry.id).collect()
    }

    /// Adds a picture to the selection, or removes it.
    pub fn toggle(&mut self, id: PictureId) {
        if !self.selection.ids.remove(&id) && self.pictures.get(id).is_some() {
            self.selection.ids.insert(id);
        }
        self.selection.anchor = Some(id);
    }

    fn select_range(&mut self, to: PictureId, order: &[PictureId]) {
        let place = |id: PictureId| order.iter().position(|other| *other == id);
        let Some(end) = place(to) else { return };
        let begin = self.selection.anchor.and_then(place).or(self.selected.and_then(place)).unwrap_or(0);
        let anchor = order[begin];
        // A range replaces the selection, unless clicks add to it.
        let kept = if self.selection.adding { self.selection.ids.clone() } else { Ids::default() };
        let range = order[begin.min(end)..=begin.max(end)].iter().copied();
        self.select_all(kept.iter().copied().chain(range));
        self.selection.anchor = Some(anchor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{fixture::state, views::sort::examples::Opinion},
        protocol::{Evaluation, Event, Stage},
        settings::Images,
    };

    #[test]
    fn focus_goes_beside_and_stops_at_the_ends() {
        let mut state = state(3);
        let order = state.order();
        state.view(order[1]);
        assert!(*state.viewing);
        for (forwards, expected) in [(true, 2), (true, 2), (false, 1), (false, 0), (false, 0)] {
            state.focus_beside(forwards);
            assert_eq!(*state.selected, Some(order[expected]));
        }
        assert!(state.selection.is_empty(), "the selection is unchanged");
    }

    #[test]
    fn plain_clicks_extend_the_selection_while_adding() {
        let mut state = state(8);
        let order = state.order();
        let selected = |state: &State| state.selection.iter().collect::<Vec<_>>();
        state.choose(SelectionRange::One, 2, &order);
        state.set_adding(true);
        state.choose(SelectionRange::One, 5, &order);
        state.choose(SelectionRange::One, 3, &order);
        state.choose(SelectionRange::One, 2, &order);
        assert_eq!(
            (selected(&state), state.selection_range(SelectionRange::One)),
            (vec![3, 5], SelectionRange::Toggle)
        );
        state.clear_selection();
        assert!(state.selection.is_empty() && state.selection.is_adding());
        state.set_adding(false);
        state.choose(SelectionRange::One, 1, &order);
        assert_eq!(
            (selected(&state), state.selection_range(SelectionRange::One)),
            (vec![1], SelectionRange::One)
        );
    }

    #[test]
    fn ranges_extend_the_selection_while_adding() {
        let mut state = state(9);
        let order = state.order();
        state.set_adding(true);
        state.choose(SelectionRange::One, 0, &order);
        state.choose(SelectionRange::One, 4, &order);
        state.choose(SelectionRange::Range, 6, &order);
        assert_eq!(state.selection.iter().collect::<Vec<_>>(), [0, 4, 5, 6]);
        state.choose(SelectionRange::Range, 3, &order);
        assert_eq!(state.selection.iter().collect::<Vec<_>>(), [0, 3, 4, 5, 6]);
    }

    #[test]
    fn clicks_select_as_in_a_file_manager() {
        let mut state = state(8);
        let order = state.order();
        let selected = |state: &State| state.selection.iter().collect::<Vec<_>>();
        state.choose(SelectionRange::One, 2, &order);
        assert_eq!((selected(&state), *state.selected), (vec![2], Some(2)));
        state.choose(SelectionRange::Toggle, 6, &order);
        state.choose(SelectionRange::Toggle, 4, &order);
        state.choose(SelectionRange::Toggle, 6, &order);
        assert_eq!((selected(&state), *state.selected), (vec![2, 4], Some(2)));
        // A range runs from the anchor, either way, in the order of its list.
        state.choose(SelectionRange::Range, 7, &order);
        assert_eq!(selected(&state), [6, 7]);
        state.choose(SelectionRange::Range, 5, &order);
        assert_eq!(selected(&state), [5, 6]);
        state.choose(SelectionRange::Range, 1, &[3, 6, 0, 1, 2]);
        assert_eq!(selected(&state), [0, 1, 6]);
        state.choose(SelectionRange::One, 3, &order);
        assert_eq!((selected(&state), *state.selected), (vec![3], Some(3)));
    }

    #[test]
    fn range_without_an_anchor_starts_at_the_focus() {
        let mut state = state(6);
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Pixels, (0..6).collect())));
        assert_eq!((*state.selected, state.selection.len()), (Some(0), 0));
        state.focus(4);
        let order = state.order();
        state.choose(SelectionRange::Range, 2, &order);
        assert_eq!(state.selection.iter().collect::<Vec<_>>(), [2, 3, 4]);
    }

    #[test]
    fn removed_pictures_leave_the_selection() {
        let mut state = state(6);
        state.select(3);
        state.select_all([1, 3, 5, 99]);
        assert_eq!(state.chosen(), [1, 3, 5]);
        assert_eq!(state.remove(&[3, 4, 5, 77]).len(), 3);
        assert_eq!((state.chosen(), *state.selected), (vec![1], Some(2)));
        state.clear_selection();
        assert_eq!(state.chosen(), [2]);
        state.clear(Images::Own);
        assert!(state.chosen().is_empty());
    }

    #[test]
    fn nearest_of_a_selected_picture_are_shown_and_several_are_examples() {
        let mut state = state(5);
        state.select(0);
        state.select_all([2]);
        state.choose_tab(Tab::Sort);
        state.find_similar();
        assert_eq!((*state.selected, *state.tab), (Some(2), Tab::Explore));
        state.select_all([4, 2]);
        state.find_similar();
        assert_eq!((state.examples(Opinion::Wanted), *state.tab), (vec![2, 4], Tab::Sort));
        assert_eq!(state.selection.iter().collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn label_applies_to_every_selected_picture() {
        let mut state = state(5);
        state.select(0);
        state.select_all([1, 2, 4]);
        state.label_chosen("zebra");
        let zebras: Vec<_> = (0..5).filter(|id| state.label_of(*id) == Some("zebra")).collect();
        assert_eq!(zebras, [1, 2, 4]);
        state.clear_selection();
        state.label_chosen("horse");
        assert_eq!((state.label_of(0), state.labels.typed_count()), (Some("horse"), 4));
    }
}
