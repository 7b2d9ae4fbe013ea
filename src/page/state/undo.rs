//! Taking back what removed pictures, for as long as a notice offers it.

use super::{Effect, Entry, Newcomer, Notice, State};
use crate::{
    page::{experiment::Experiment, words},
    protocol::{LabelId, PictureId},
    settings::Images,
};

/// Pictures that the user took out and may want back.
#[derive(Debug)]
pub(in crate::page) enum Removed {
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

impl Undo {
    /// Returns whether a notice offers it.
    pub(in crate::page) fn is_offered_by(&self, notice: u32) -> bool {
        self.notice == notice
    }
}

impl State {
    /// Takes the selected pictures out of the set, else the focused one, and offers them back.
    pub fn remove_chosen(&mut self) {
        self.remove_at_will(&self.chosen());
    }

    fn remove_at_will(&mut self, ids: &[PictureId]) {
        let typed = ids.iter().filter_map(|id| Some((*id, self.labels.typed(*id)?))).collect();
        let entries = self.remove(ids);
        let words = match entries.as_slice() {
            [] => return,
            [one] => format!("“{}” was removed.", one.name),
            several => format!("{} pictures were removed.", words::count(several.len())),
        };
        self.offer_undo(words, Removed::Some { entries, typed });
        self.settle();
    }

    /// Empties the set as the user asked, and offers it back with all that was learned.
    pub fn clear_all(&mut self) {
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

    /// Brings back what a notice offers; the notice goes.
    pub fn undo(&mut self, notice: u32) {
        let Some(undo) = self.undo.take_if(|undo| undo.is_offered_by(notice)) else { return };
        self.notices.retain(|shown| shown.id != notice);
        match undo.removed {
            Removed::Some { entries, typed } => self.bring_back(entries, &typed),
            Removed::All { experiment, pictures } => self.cause(Effect::PutBack(experiment, pictures)),
        }
    }

    /// Brings pictures back to where they were.
    fn bring_back(&mut self, entries: Vec<Entry>, typed: &[(PictureId, LabelId)]) {
        let ids: Vec<PictureId> = entries.iter().map(|entry| entry.id).collect();
        self.pictures.put(entries);
        self.send_pictures(&ids);
        if !typed.is_empty() {
            typed.iter().for_each(|(id, label)| self.put_label(*id, *label));
            self.labels_have_changed();
        }
        self.settle();
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
    use crate::{
        page::fixture::{commands, newcomer},
        protocol::Command,
        settings::Settings,
    };

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
        state.remove_at_will(&[1, 2, 77]);
        assert_eq!(names(&state), ["a", "d"]);
        let notice = state.notices[0].clone();
        assert!(notice.can_undo && notice.text == "2 pictures were removed.", "{notice:?}");
        state.take_effects();
        state.undo(notice.id);
        let commands = commands(&mut state);
        let [Command::Add(pictures), Command::Label(typed), Command::Settle] = commands.as_slice() else {
            panic!("the engine is told otherwise: {commands:?}")
        };
        assert_eq!(pictures.iter().map(|picture| picture.id).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(typed.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1]);
        assert_eq!(names(&state), ["a", "b", "c", "d"]);
        assert_eq!((state.label_of(1), state.pictures.row(2)), (Some("odd"), Some(2)));
        state.undo(notice.id);
        assert!(state.notices.is_empty() && state.take_effects().is_empty());
    }

    #[test]
    fn only_what_was_removed_last_is_offered_and_not_after_it_was_dismissed() {
        let mut state = state();
        state.remove_at_will(&[0]);
        let first = state.notices[0].id;
        state.remove_at_will(&[1]);
        assert_eq!(state.notices.len(), 1);
        let second = state.notices[0].id;
        state.undo(first);
        assert_eq!(names(&state), ["c", "d"]);
        state.dismiss(second);
        state.undo(second);
        state.remove_at_will(&[9]);
        assert_eq!(names(&state), ["c", "d"]);
        assert!(state.notices.is_empty(), "nothing was removed");
    }

    #[test]
    fn a_cleared_set_can_come_back_until_others_take_its_place() {
        let mut state = state();
        state.clear_all();
        assert!(state.pictures.is_empty());
        let notice = state.notices[0].id;
        state.take_effects();
        state.undo(notice);
        let effects = state.take_effects();
        let [Effect::PutBack(experiment, pictures)] = effects.as_slice() else { panic!("{effects:?}") };
        assert_eq!(pictures.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!(pictures[1].1, newcomer("b", "a"));
        assert_eq!(experiment.typed, [(1, "odd".to_owned())]);

        for other in [(|state: &mut State| state.add(vec![newcomer("e", "a")])) as fn(&mut State), |state| {
            state.clear(Images::Shapes);
        }] {
            state.clear_all();
            other(&mut state);
            assert!(state.notices.is_empty());
        }
    }
}
