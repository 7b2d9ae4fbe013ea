//! The pictures that the gallery and the map show: all, or some to which the user has narrowed them. Training and
//! measurements are about all pictures regardless.

use std::ops::Range;

use super::State;
use crate::{page::picture_map::Ids, protocol::PictureId};

impl State {
    /// Shows these pictures alone; all if none of them is in the set.
    pub fn show_only(&mut self, ids: &[PictureId]) {
        let ids: Ids = ids.iter().copied().filter(|id| self.pictures.get(*id).is_some()).collect();
        self.narrowed.set(Some(ids).filter(|ids| !ids.is_empty()));
    }

    /// Shows all pictures.
    pub fn show_all(&mut self) {
        self.narrowed.set(None);
    }

    /// Returns whether a picture is shown.
    pub fn shows(&self, id: PictureId) -> bool {
        self.narrowed.as_ref().is_none_or(|ids| ids.contains(&id))
    }

    /// Returns the number of shown pictures.
    pub fn count_shown(&self) -> usize {
        self.narrowed.as_ref().map_or(self.pictures.len(), Ids::len)
    }

    /// Returns the shown pictures at these places of the gallery.
    pub fn shown(&self, places: Range<usize>) -> Vec<PictureId> {
        let taken = places.len();
        match &*self.narrowed {
            Some(ids) => ids.iter().skip(places.start).take(taken).copied().collect(),
            None => {
                self.pictures.entries().iter().skip(places.start).take(taken).map(|entry| entry.id).collect()
            }
        }
    }

    /// Returns all shown pictures in the order of the gallery.
    pub fn all_shown(&self) -> Vec<PictureId> {
        self.shown(0..self.count_shown())
    }

    /// Returns the place of a picture in the gallery, if it is shown.
    pub fn place(&self, id: PictureId) -> Option<usize> {
        match &*self.narrowed {
            Some(ids) => ids.iter().position(|other| *other == id),
            None => self.pictures.row(id),
        }
    }

    /// Forgets shown pictures that are gone.
    pub(super) fn forget_shown(&mut self, gone: &Ids) {
        if let Some(ids) = self.narrowed.as_ref().map(|ids| ids.without(gone)) {
            self.narrowed.set(Some(ids).filter(|ids| !ids.is_empty()));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        page::fixture::{newcomer, state},
        settings::Images,
    };

    #[test]
    fn focus_stays_among_the_shown_pictures_and_removed_ones_come_back() {
        let mut state = state(6);
        state.show_only(&[1, 3, 4]);
        state.focus(1);
        state.focus_beside(true);
        assert_eq!(*state.selected, Some(3));
        state.remove_at_will(&[3]);
        assert_eq!(*state.selected, Some(4));
        state.focus_beside(false);
        assert_eq!(*state.selected, Some(1));
        state.focus_beside(false);
        assert_eq!(*state.selected, Some(1));
        let notice = state.notices.last().expect("an offer").id;
        state.undo(notice);
        assert!(state.shows(3));
    }

    #[test]
    fn some_pictures_are_shown_alone_until_others_come() {
        let mut state = state(6);
        assert_eq!((state.shown(1..3), state.count_shown(), state.place(4)), (vec![1, 2], 6, Some(4)));
        state.show_only(&[4, 1, 5, 99]);
        assert_eq!((state.shown(0..9), state.count_shown()), (vec![1, 4, 5], 3));
        assert_eq!(
            ([0, 1, 4].map(|id| state.place(id)), state.shown(1..2)),
            ([None, Some(0), Some(1)], vec![4])
        );
        assert!(state.shows(5) && !state.shows(0));
        state.remove(&[4]);
        assert_eq!(state.shown(0..9), [1, 5]);
        state.remove(&[1, 5]);
        assert_eq!(state.shown(0..9), [0, 2, 3], "all that remain");
        state.show_only(&[2]);
        state.add(vec![newcomer("new", None)]);
        assert_eq!(state.count_shown(), 4);
        state.show_only(&[2]);
        state.clear(Images::Own);
        assert_eq!(state.count_shown(), 0);
    }
}
