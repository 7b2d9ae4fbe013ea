//! Taking back what removed pictures, for as long as a notice offers it.

use super::{Entry, Newcomer, Notice, State};
use crate::{
    page::{experiment::Experiment, words},
    protocol::{LabelId, PictureId},
    settings::Images,
};

/// Pictures that the user took out and may want back.
#[derive(Debug)]
pub enum Removed {
    /// Some of the set, which is otherwise still there.
    Some {
        /// The pictures.
        entries: Vec<Entry>,
        /// Labels that the user typed for them.
        typed: Vec<(PictureId, LabelId)>,
    },
    /// The whole set.
    All {
        /// What was learned about it.
        experiment: Box<Experiment>,
        /// Those of the user's own, by their places; a built-in set draws itself anew.
        pictures: Vec<(u32, Newcomer)>,
    },
}

/// What was removed last, and the notice that offers it back.
#[derive(Debug)]
pub(in crate::page) struct Undo {
    notice: u32,
    removed: Removed,
}

impl State {
    /// Takes pictures out as the user asked, and offers them back; how many were there.
    pub fn remove_at_will(&mut self, ids: &[PictureId]) -> usize {
        let typed = ids.iter().filter_map(|id| Some((*id, self.labels.typed(*id)?))).collect();
        let entries = self.take_out(ids);
        let words = match entries.as_slice() {
            [] => return 0,
            [one] => format!("“{}” was removed.", one.name),
            several => format!("{} pictures were removed.", words::count(several.len())),
        };
        let count = entries.len();
        self.offer_undo(words, Removed::Some { entries, typed });
        count
    }

    /// Empties the set as the user asked, and offers it back with all that was learned.
    pub fn clear_at_will(&mut self) {
        let own = self.settings.images == Images::Own;
        let entries = self.pictures.entries().iter().filter(|_| own);
        let pictures = entries.map(|entry| (self.pictures.place(entry.id), self.newcomer(entry))).collect();
        let experiment = Box::new(self.experiment());
        self.clear(Images::Own);
        self.offer_undo("All pictures were removed.".to_owned(), Removed::All { experiment, pictures });
    }

    fn newcomer(&self, entry: &Entry) -> Newcomer {
        let label = entry.label.and_then(|label| self.pictures.label_name(label));
        Newcomer { name: entry.name.clone(), label: label.map(str::to_owned), image: entry.image.clone() }
    }

    fn offer_undo(&mut self, text: String, removed: Removed) {
        self.withdraw_undo();
        let notice = self.next_notice;
        self.next_notice += 1;
        self.notices.push(Notice { id: notice, text, details: None, can_undo: true });
        *self.undo = Some(Undo { notice, removed });
    }

    /// What a notice offers back; the notice goes.
    pub fn take_undo(&mut self, notice: u32) -> Option<Removed> {
        let undo = self.undo.take_if(|undo| undo.notice == notice)?;
        self.notices.retain(|shown| shown.id != notice);
        Some(undo.removed)
    }

    /// Brings pictures back to where they were; their ids, for the engine.
    pub fn bring_back(&mut self, entries: Vec<Entry>, typed: &[(PictureId, LabelId)]) -> Vec<PictureId> {
        let ids = entries.iter().map(|entry| entry.id).collect();
        self.pictures.put(entries);
        typed.iter().for_each(|(id, label)| self.give_label(*id, *label));
        ids
    }

    /// Offers nothing back any more.
    pub(in crate::page) fn withdraw_undo(&mut self) {
        if let Some(Undo { notice, .. }) = *self.undo {
            self.dismiss(notice);
        }
    }

    /// Offers a whole set back no more: there are other pictures by now, which it would replace.
    pub(in crate::page) fn withdraw_undo_of_all(&mut self) {
        if matches!(*self.undo, Some(Undo { removed: Removed::All { .. }, .. })) {
            self.withdraw_undo();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{page::fixture::newcomer, settings::Settings};

    fn state() -> State {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.add(["a", "b", "c", "d"].map(|name| newcomer(name, "a")).into());
        state.type_label(1, "odd");
        state
    }

    fn names(state: &State) -> Vec<&str> {
        state.pictures.entries().iter().map(|entry| entry.name.as_str()).collect()
    }

    #[test]
    fn removed_pictures_come_back_to_their_places_with_their_labels() {
        let mut state = state();
        assert_eq!((state.remove_at_will(&[1, 2, 77]), names(&state)), (2, vec!["a", "d"]));
        let notice = state.notices[0].clone();
        assert!(notice.can_undo && notice.text == "2 pictures were removed.", "{notice:?}");
        let Some(Removed::Some { entries, typed }) = state.take_undo(notice.id) else { panic!("an offer") };
        assert_eq!(state.bring_back(entries, &typed), [1, 2]);
        assert_eq!(names(&state), ["a", "b", "c", "d"]);
        assert_eq!((state.label_of(1), state.pictures.row(2)), (Some("odd"), Some(2)));
        assert!(state.notices.is_empty() && state.take_undo(notice.id).is_none());
    }

    #[test]
    fn only_what_was_removed_last_is_offered_and_not_after_it_was_dismissed() {
        let mut state = state();
        state.remove_at_will(&[0]);
        let first = state.notices[0].id;
        state.remove_at_will(&[1]);
        assert_eq!(state.notices.len(), 1);
        let second = state.notices[0].id;
        assert!(state.take_undo(first).is_none());
        state.dismiss(second);
        assert!(state.take_undo(second).is_none());
        assert_eq!(state.remove_at_will(&[9]), 0);
        assert!(state.notices.is_empty(), "nothing was removed");
    }

    #[test]
    fn a_cleared_set_can_come_back_until_others_take_its_place() {
        let mut state = state();
        state.clear_at_will();
        assert!(state.pictures.is_empty());
        let notice = state.notices[0].id;
        let Some(Removed::All { experiment, pictures }) = state.take_undo(notice) else { panic!("an offer") };
        assert_eq!(pictures.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!(pictures[1].1, newcomer("b", "a"));
        assert_eq!(experiment.typed, [(1, "odd".to_owned())]);

        for other in
            [(|state: &mut State| drop(state.add(vec![newcomer("e", "a")]))) as fn(&mut State), |state| {
                state.clear(Images::Shapes);
            }]
        {
            state.clear_at_will();
            other(&mut state);
            assert!(state.notices.is_empty());
        }
    }
}
