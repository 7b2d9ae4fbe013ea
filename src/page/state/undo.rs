//! Undoing the removal of pictures and the labelling of many, for as long as a notice offers it.

use super::{Effect, Entry, Newcomer, NoticeOffer, State};
use crate::{
    page::{experiment::Experiment, words},
    protocol::{LabelId, PictureId},
    settings::{Framing, Images, Settings},
};

/// What the user removed or replaced, which can be restored.
#[derive(Debug)]
pub(in crate::page) enum Removed {
    /// Typed labels, if any, that others have replaced.
    Labels(Vec<(PictureId, Option<LabelId>)>),
    /// The name of a label.
    Name(LabelId, String),
    /// Some pictures of a set that otherwise still exists.
    Some {
        /// The pictures.
        entries: Vec<Entry>,
        /// Labels typed for them.
        typed: Vec<(PictureId, LabelId)>,
    },
    /// The whole set.
    All {
        /// The experiment without its pictures.
        experiment: Box<Experiment>,
        /// The user's own pictures, by their places; a built-in set is drawn again.
        pictures: Vec<(u32, Newcomer)>,
        /// Id of the set.
        set: PictureId,
    },
}

/// The last removal, and the notice that offers to undo it.
#[derive(Debug)]
pub(in crate::page) struct Undo {
    notice: u32,
    removed: Removed,
}

impl Undo {
    /// Returns whether a notice offers this undo.
    pub(in crate::page) fn is_offered_by(&self, notice: u32) -> bool {
        self.notice == notice
    }
}

impl State {
    /// Removes the selected pictures, else the focused one, and offers to undo it.
    pub fn remove_chosen(&mut self) {
        self.remove_at_will(&self.chosen());
    }

    /// Removes pictures and offers to undo it.
    pub fn remove_at_will(&mut self, ids: &[PictureId]) {
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

    /// Empties the set, and offers to restore it with everything that was learned.
    pub fn clear_all(&mut self) {
        let pictures = self.own_pictures();
        let (experiment, set) = (Box::new(self.experiment()), self.pictures.first());
        self.clear(Images::Own);
        self.offer_undo("All pictures were removed.".to_owned(), Removed::All { experiment, pictures, set });
    }

    /// Returns whether the network can be shown another part of each picture: all have arrived, and nothing that was
    /// learned would be lost.
    pub fn can_be_framed(&self) -> bool {
        !self.intake.is_active() && self.run.step() == 0 && !self.run.running && self.awaited.is_none()
    }

    /// Shows the network another part of each picture, for which the set is taken anew.
    pub fn frame(&mut self, framing: Framing) {
        if framing == self.settings.framing || !self.can_be_framed() {
            return;
        }
        self.is_framing_chosen = true;
        if self.settings.images != Images::Own || self.pictures.is_empty() {
            return self.edit(|settings| settings.framing = framing);
        }
        let pictures = self.own_pictures();
        let (typed, set, remote) = (self.experiment().typed, self.pictures.first(), self.remote.clone());
        self.clear(Images::Own);
        self.remote.set(remote);
        let settings = Settings { framing, ..*self.settings };
        let experiment = Experiment { typed, settings, ..self.experiment() };
        self.cause(Effect::PutBack(Box::new(experiment), pictures, set));
    }

    /// Returns the user's own pictures, by their places.
    fn own_pictures(&self) -> Vec<(u32, Newcomer)> {
        let own = self.settings.images == Images::Own;
        let entries = self.pictures.entries().iter().filter(|_| own);
        entries.map(|entry| (self.pictures.place(entry.id), self.newcomer(entry))).collect()
    }

    /// Gives pictures labels as one step, and offers to undo it; `how` ends a sentence.
    pub(in crate::page) fn relabel(&mut self, given: &[(PictureId, String)], how: &str) {
        let before: Vec<_> = given.iter().map(|(id, _)| (*id, self.labels.typed(*id))).collect();
        self.change_labels(|state| given.iter().for_each(|(id, name)| state.put_name(*id, name)));
        if !given.is_empty() {
            self.offer_undo(labelled(given.len(), how), Removed::Labels(before));
        }
    }

    /// Gives a label of this many pictures a name that no other has, and offers to undo it.
    pub(in crate::page) fn rename(&mut self, label: LabelId, new: String, count: usize, how: &str) {
        let before = self.pictures.label_name(label).unwrap_or_default().to_owned();
        self.pictures.rename(label, new);
        self.offer_undo(labelled(count, how), Removed::Name(label, before));
    }

    fn newcomer(&self, entry: &Entry) -> Newcomer {
        let label = entry.label.and_then(|label| self.pictures.label_name(label));
        Newcomer {
            name: entry.name.clone(),
            label: label.map(str::to_owned),
            origin: entry.origin.clone(),
            image: entry.centre().clone(),
            whole: entry.whole.clone(),
        }
    }

    fn offer_undo(&mut self, text: String, removed: Removed) {
        self.withdraw_undo();
        let notice = self.push_notice(text, None, Some(NoticeOffer::Undo));
        *self.undo = Some(Undo { notice, removed });
    }

    /// Restores what a notice offers, and removes the notice.
    pub fn undo(&mut self, notice: u32) {
        let Some(undo) = self.undo.take_if(|undo| undo.is_offered_by(notice)) else { return };
        self.notices.retain(|shown| shown.id != notice);
        match undo.removed {
            Removed::Some { entries, typed } => self.bring_back(entries, &typed),
            Removed::Name(label, before) if self.pictures.label_named(&before).is_none() => {
                self.pictures.rename(label, before);
            }
            // The name was given again meanwhile.
            Removed::Name(label, before) => {
                let now = self.pictures.label_name(label).unwrap_or_default().to_owned();
                self.rename_or_merge(&now, before);
            }
            Removed::Labels(before) => self.restore_labels(&before),
            Removed::All { experiment, pictures, set } => {
                self.cause(Effect::PutBack(experiment, pictures, set));
            }
        }
    }

    /// Restores pictures to their places.
    fn bring_back(&mut self, entries: Vec<Entry>, typed: &[(PictureId, LabelId)]) {
        let ids: Vec<PictureId> = entries.iter().map(|entry| entry.id).collect();
        self.pictures.put(entries);
        self.show_all();
        self.send_pictures(&ids);
        self.change_labels(|state| typed.iter().for_each(|(id, label)| state.put_label(*id, *label)));
        self.settle();
    }

    /// Withdraws the offered undo.
    pub(in crate::page) fn withdraw_undo(&mut self) {
        if let Some(Undo { notice, .. }) = *self.undo {
            self.dismiss(notice);
        }
    }

    /// Withdraws the undo of a whole set: other pictures have arrived, which it would replace.
    pub(in crate::page) fn withdraw_undo_of_all(&mut self) {
        if matches!(*self.undo, Some(Undo { removed: Removed::All { .. }, .. })) {
            self.withdraw_undo();
        }
    }
}

fn labelled(count: usize, how: &str) -> String {
    format!("{} labelled {how}.", words::counted(count, "picture"))
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
    fn undo_restores_removed_pictures_and_labels() {
        let mut state = state();
        state.remove_at_will(&[1, 2, 77]);
        assert_eq!(names(&state), ["a", "d"]);
        let notice = state.notices[0].clone();
        assert!(
            notice.offer == Some(NoticeOffer::Undo) && notice.text == "2 pictures were removed.",
            "{notice:?}"
        );
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
    fn only_the_last_removal_can_be_undone_until_dismissed() {
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
    fn cleared_set_can_be_restored_until_others_replace_it() {
        let mut state = state();
        state.clear_all();
        assert!(state.pictures.is_empty());
        let notice = state.notices[0].id;
        state.take_effects();
        state.undo(notice);
        let effects = state.take_effects();
        let [Effect::PutBack(experiment, pictures, set)] = effects.as_slice() else { panic!("{effects:?}") };
        assert_eq!(pictures.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!((&pictures[1].1, *set), (&newcomer("b", "a"), 0));
        assert_eq!(experiment.typed, [(1, "odd".to_owned())]);

        for other in
            [(|state: &mut State| drop(state.add(vec![newcomer("e", "a")]))) as fn(&mut State), |state| {
                state.clear(Images::Shapes);
            }]
        {
            state.clear_all();
            other(&mut state);
            assert!(state.notices.is_empty());
        }
    }
}
