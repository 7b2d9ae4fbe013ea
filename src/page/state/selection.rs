//! The pictures that are selected, everywhere the same: gallery, neighbours, matrix, groups.
//!
//! Beside them stands the focused picture, [`State::selected`]: the one whose neighbours
//! are shown. As in a file manager, a plain click moves both.

use super::{Part, State};
use crate::{page::by_id::Ids, protocol::PictureId};

/// How far a click or a key reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This picture in the place of all others.
    One,
    /// This picture joins the selection, or leaves it.
    Toggle,
    /// Everything from the picture where the last reach began up to this one.
    Range,
}

impl Reach {
    /// The reach of a click with these keys held.
    pub fn with_keys(shift: bool, control: bool) -> Self {
        match (shift, control) {
            (true, _) => Self::Range,
            (_, true) => Self::Toggle,
            _ => Self::One,
        }
    }
}

/// Selected pictures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Ids grow as pictures come, so that their order is that of the set.
    ids: Ids,
    /// Where a range begins.
    anchor: Option<PictureId>,
    /// Whether a plain click adds to it, as where there are no keys to hold.
    adding: bool,
}

impl Selection {
    /// How many pictures are selected.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether a picture is selected.
    pub fn contains(&self, id: PictureId) -> bool {
        self.ids.contains(&id)
    }

    /// The selected pictures in the order of the set.
    pub fn iter(&self) -> impl Iterator<Item = PictureId> + '_ {
        self.ids.iter().copied()
    }

    /// Whether a plain click adds to the selection.
    pub fn is_adding(&self) -> bool {
        self.adding
    }

    pub(super) fn forget(&mut self, gone: &Ids) {
        self.ids = self.ids.without(gone);
        self.anchor = self.anchor.filter(|id| !gone.contains(id));
    }
}

impl State {
    /// Selects one picture, and focuses it: its neighbours are shown, not a query's.
    pub fn select(&mut self, id: PictureId) {
        self.select_all([id]);
        self.focus(id);
        self.touch(Part::Search);
        self.search.put_behind();
        self.stop_asking_why();
    }

    /// Focuses a picture; the selection stays.
    pub fn focus(&mut self, id: PictureId) {
        self.touch(Part::Selection);
        self.selected = Some(id);
    }

    /// Selects these pictures in the place of all others; the focus stays.
    pub fn select_all(&mut self, ids: impl IntoIterator<Item = PictureId>) {
        self.touch(Part::Selection);
        let ids: Vec<_> = ids.into_iter().filter(|id| self.pictures.get(*id).is_some()).collect();
        self.selection.anchor = ids.first().copied();
        self.selection.ids = ids.into_iter().collect();
    }

    /// Sets whether a plain click adds to the selection.
    pub fn set_adding(&mut self, adding: bool) {
        self.touch(Part::Selection);
        self.selection.adding = adding;
    }

    /// How far a click or a key reaches now.
    pub fn reach(&self, reach: Reach) -> Reach {
        if reach == Reach::One && self.selection.adding { Reach::Toggle } else { reach }
    }

    /// Changes the selection by a click on a picture of a list in this order. Only a
    /// plain click moves the focus.
    pub fn choose(&mut self, reach: Reach, id: PictureId, order: &[PictureId]) {
        match self.reach(reach) {
            Reach::One => self.select(id),
            Reach::Toggle => self.toggle(id),
            Reach::Range => self.select_range(id, order),
        }
    }

    /// Selects nothing; the focus stays.
    pub fn clear_selection(&mut self) {
        self.select_all([]);
    }

    /// What an action applies to: the selected pictures, else the focused one.
    pub fn chosen(&self) -> Vec<PictureId> {
        if !self.selection.is_empty() {
            return self.selection.iter().collect();
        }
        self.selected.filter(|id| self.pictures.get(*id).is_some()).into_iter().collect()
    }

    /// The pictures in the order of the gallery.
    pub fn order(&self) -> Vec<PictureId> {
        self.pictures.entries().iter().map(|entry| entry.id).collect()
    }

    fn toggle(&mut self, id: PictureId) {
        self.touch(Part::Selection);
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
        self.select_all(order[begin.min(end)..=begin.max(end)].iter().copied());
        self.selection.anchor = Some(anchor);
    }
}
