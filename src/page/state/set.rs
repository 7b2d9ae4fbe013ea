//! Adding and removing pictures, with all that depends on them.

use super::{Entry, Intake, Newcomer, Results, Selection, State, Tab};
use crate::{
    page::{
        picture_map::Ids,
        views::{explore::replay::moments::Moments, hood::runs::state::Notes, reveal::model::Reveal},
    },
    protocol::{Command, PictureId},
    settings::{Effort, Framing, Images, Settings},
};

impl State {
    /// Adds pictures to the set.
    pub fn add(&mut self, newcomers: Vec<Newcomer>) -> Vec<PictureId> {
        self.is_guest.set(false);
        self.withdraw_undo_of_all();
        self.show_all();
        let before = self.pictures.len();
        let framing = self.settings.framing;
        let added = newcomers.into_iter().map(|newcomer| self.pictures.add(newcomer, framing));
        let added: Vec<_> = added.collect();
        self.follow_set(before);
        self.send_pictures(&added);
        added
    }

    /// Chooses what the network sees of a set's pictures by the shapes of the first ones, unless the user of this
    /// visit has chosen, or a link for pictures of one's own: whole pictures if the central squares leave out much
    /// of most.
    pub fn frame_by_shape(&mut self, newcomers: &[Newcomer]) {
        let has_begun = self.settings.images == Images::Own && !self.pictures.is_empty();
        if has_begun || self.is_framing_chosen || *self.is_guest {
            return;
        }
        let long = newcomers.iter().filter(|newcomer| newcomer.origin.is_long()).count();
        let framing = if 2 * long > newcomers.len() { Framing::Whole } else { Framing::Centre };
        self.edit(|settings| settings.framing = framing);
    }

    /// Updates the number of steps to the recommendation for the set as it is, if it was the one for
    /// a set of `before` pictures and no run has begun.
    fn follow_set(&mut self, before: usize) {
        let steps = |pictures| Effort::Balanced.apply(*self.settings, pictures).steps;
        let (old, new) = (steps(before), steps(self.pictures.len()));
        if self.run.step() == 0 && self.settings.steps == old && old != new {
            self.edit(|settings| settings.steps = new);
        }
    }

    /// Removes pictures. The focus moves to a neighbour of the picture that had it.
    pub fn remove(&mut self, ids: &[PictureId]) -> Vec<Entry> {
        let gone: Ids = ids.iter().copied().collect();
        if let Some(row) = self.selected.filter(|id| gone.contains(id)).and_then(|id| self.pictures.row(id)) {
            let (before, after) = self.pictures.entries().split_at(row);
            let others = || after.iter().chain(before.iter().rev()).map(|entry| entry.id);
            let shown = others().find(|id| !gone.contains(id) && self.shows(*id));
            let next = shown.or_else(|| others().find(|id| !gone.contains(id)));
            *self.selected = next;
        }
        self.selection.forget(&gone);
        self.forget_shown(&gone);
        gone.iter().for_each(|id| self.labels.forget(*id));
        gone.iter().for_each(|id| self.stop_explaining_picture(*id));
        if self.search.altered().is_some_and(|(id, _)| gone.contains(&id)) {
            self.end_search();
        }
        let before = self.pictures.len();
        let taken_out = self.pictures.remove(&gone);
        self.follow_set(before);
        if !taken_out.is_empty() {
            self.send(Command::Remove(ids.to_vec()));
        }
        taken_out
    }

    /// Empties a built-in set for the user's own pictures, which continue to come in, and training
    /// continues to wait for them.
    pub fn make_room(&mut self) {
        let (intake, ticket, postponed) = (self.intake.clone(), self.intake_ticket, *self.postponed);
        self.clear(Images::Own);
        (*self.intake, self.intake_ticket) = (intake, ticket);
        if postponed {
            (self.run.running, *self.postponed) = (true, true);
        }
    }

    /// Removes every picture and forgets what was learned about them; incoming pictures are no longer
    /// wanted. The engine confirms it by [`crate::protocol::Event::Cleared`].
    pub fn clear(&mut self, images: Images) {
        self.clearing += 1;
        self.stop_intake();
        self.withdraw_undo();
        self.keep_run();
        self.edit(|settings| *settings = settings_for(*settings, images));
        self.pictures.clear();
        self.is_guest.set(false);
        *self.intake = Intake::default();
        self.remote.set(None);
        *self.results = Results::default();
        *self.moments = Moments::default();
        self.reveal.set(Reveal::Hidden);
        self.game.set(None);
        self.labels.clear();
        self.forget_search();
        self.groups.clear();
        self.answers.forget(|_| true);
        *self.snapshot = None;
        self.awaited = None;
        self.run.go_back(0);
        self.run.notes = Notes::default();
        self.stop_running();
        *self.views = None;
        *self.selected = None;
        *self.selection = Selection::default();
        self.show_all();
        self.tab_chosen.set(false);
        self.tab.set(Tab::Explore);
        self.chosen_stage.set(None);
        self.send(Command::Clear);
        self.send_all_settings();
    }

    /// Focuses the first picture if none is focused.
    pub(in crate::page) fn focus_something(&mut self) {
        if self.selected.is_none_or(|id| self.pictures.get(id).is_none())
            && let Some(first) = self.pictures.entries().first()
        {
            self.focus(first.id);
        }
    }

    /// Returns whether there are labels worth scoring by: with a single kind, every neighbour is
    /// right.
    pub fn has_labels(&self) -> bool {
        // Asked for every name on the screen: the first label that differs decides.
        let mut labels = self.pictures.entries().iter().filter_map(|entry| entry.label);
        let first = labels.next();
        labels.any(|label| Some(label) != first)
    }
}

/// Returns the settings for other pictures: recommended values are replaced by those recommended
/// there; values that the user changed are kept.
fn settings_for(mut settings: Settings, images: Images) -> Settings {
    let (before, after) = (Settings::recommended(settings.images), Settings::recommended(images));
    fn follow<T: PartialEq>(value: &mut T, before: T, after: T) {
        if *value == before {
            *value = after;
        }
    }
    follow(&mut settings.steps, before.steps, after.steps);
    follow(&mut settings.batch, before.batch, after.batch);
    follow(&mut settings.side, before.side, after.side);
    follow(&mut settings.width, before.width, after.width);
    follow(&mut settings.depth, before.depth, after.depth);
    follow(&mut settings.first_layer, before.first_layer, after.first_layer);
    follow(&mut settings.readout, before.readout, after.readout);
    follow(&mut settings.outputs, before.outputs, after.outputs);
    follow(&mut settings.features, before.features, after.features);
    follow(&mut settings.loss, before.loss, after.loss);
    follow(&mut settings.temperature, before.temperature, after.temperature);
    follow(&mut settings.learning_rate, before.learning_rate, after.learning_rate);
    let (mut before, mut after) = (before.augmentations, after.augmentations);
    let recommended = before.each_mut().into_iter().zip(after.each_mut());
    for (operation, (before, after)) in settings.augmentations.each_mut().into_iter().zip(recommended) {
        follow(operation, *before, *after);
    }
    settings.images = images;
    settings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        image::Image,
        page::{
            autosave::state::{AutosaveStatus, Offer},
            fixture::{newcomer, state},
            state::{Effect, Origin},
        },
        settings::LossKind,
    };

    #[test]
    fn network_sees_whole_pictures_of_sets_of_long_ones() {
        let newcomers = |sides: [[u32; 2]; 3]| {
            let newcomer = |[width, height]: [u32; 2]| {
                let origin = Origin { width, height, ..Origin::default() };
                Newcomer { origin, whole: Some(Image::draw(|_, _| [9; 3])), ..newcomer("a.png", None) }
            };
            Vec::from(sides.map(newcomer))
        };
        let (long, short) =
            (newcomers([[900, 300], [100, 250], [4, 3]]), newcomers([[900, 300], [3, 2], [4, 3]]));
        let mut state = state(4);
        state.frame_by_shape(&long);
        assert_eq!(state.settings.framing, Framing::Whole);
        state.frame_by_shape(&short);
        assert_eq!(state.settings.framing, Framing::Centre, "another set replaces the built-in one");
        state.clear(Images::Own);
        state.frame_by_shape(&long);
        state.add(long.clone());
        assert_eq!(state.settings.framing, Framing::Whole);
        let entry = &state.pictures.entries()[0];
        assert_eq!(entry.image.rgb()[..3], [crate::image::BACKGROUND; 3], "there are bars");
        assert_eq!(entry.centre().rgb()[..3], [0; 3]);
        state.frame_by_shape(&short);
        assert_eq!(state.settings.framing, Framing::Whole, "the set has begun");

        // The user decides otherwise: the set is taken anew, with the squares that it came with.
        state.type_label(state.order()[0], "mine");
        state.take_effects();
        state.frame(Framing::Centre);
        let effects = state.take_effects();
        let put = effects.iter().find_map(|effect| match effect {
            Effect::PutBack(experiment, pictures, _) => Some((experiment, pictures)),
            _ => None,
        });
        let (experiment, pictures) = put.expect("the pictures are put back");
        assert_eq!((experiment.settings.framing, experiment.typed.len()), (Framing::Centre, 1));
        assert_eq!(pictures.iter().map(|(_, newcomer)| newcomer.clone()).collect::<Vec<_>>(), long);
        state.clear(Images::Own);
        state.frame(Framing::Whole);
        state.frame_by_shape(&short);
        assert_eq!(state.settings.framing, Framing::Whole, "the user's choice stays");
    }

    #[test]
    fn chosen_loss_survives_a_change_of_pictures() {
        let mut state = state(4);
        state.edit(|settings| (settings.loss, settings.margin) = (LossKind::Triplet, 9.0));
        state.clear(Images::Own);
        assert_eq!((state.settings.loss, state.settings.margin), (LossKind::Triplet, 4.0));
    }

    #[test]
    fn guest_has_no_kept_work_and_no_pictures() {
        let guest = || {
            let mut state = State::new(Settings::recommended(Images::Own));
            state.is_guest.set(true);
            state.set_autosave(AutosaveStatus::On);
            state
        };
        let mut state = guest();
        state.set_offer(None);
        assert!(*state.is_guest);
        state.add(vec![newcomer("a", "a")]);
        assert!(!*state.is_guest);
        let mut state = guest();
        let offer = |text: &str| text.to_owned();
        state.set_offer(Some(Offer { key: offer("k"), when: offer("today"), what: offer("25 pictures") }));
        state.set_offer(None);
        assert!(!*state.is_guest);
    }

    #[test]
    fn removing_the_selected_picture_selects_its_neighbour() {
        let mut state = state(3);
        state.select(1);
        assert_eq!(state.remove(&[1]).len(), 1);
        assert_eq!(*state.selected, Some(2));
        state.remove(&[2]);
        assert_eq!(*state.selected, Some(0));
        state.remove(&[0]);
        assert_eq!(*state.selected, None);
    }

    #[test]
    fn single_kind_does_not_count_as_labels() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.add(vec![newcomer("a", "holiday"), newcomer("b", "holiday")]);
        assert!(!state.has_labels());
        state.add(vec![newcomer("c", "work")]);
        assert!(state.has_labels());
    }

    #[test]
    fn change_of_pictures_updates_only_recommended_settings() {
        let mut state = state(4);
        state.edit(|settings| {
            settings.steps = 40;
            settings.augmentations.hue.strength = 0.3;
        });
        let hue = state.settings.augmentations.hue;
        state.clear(Images::Fashion);
        let recommended = Settings::recommended(Images::Fashion);
        assert_eq!((state.settings.images, state.settings.steps), (Images::Fashion, 40));
        assert_eq!(state.settings.augmentations.hue, hue);
        assert_eq!(state.settings.augmentations.rotation, recommended.augmentations.rotation);
        assert!(state.pictures.is_empty());
    }

    #[test]
    fn pictures_added_during_opening_respect_reserved_places() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.reserve_places([0, 3].into_iter());
        state.add_at(vec![(0, newcomer("first", "a"))]);
        state.add(vec![newcomer("dropped", "a")]);
        let dropped = state.order()[1];
        state.add_at(vec![(3, newcomer("last", "a"))]);
        let names: Vec<_> = state.pictures.entries().iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["first", "last", "dropped"]);
        assert_eq!(state.pictures.place(dropped), 4);
        state.type_labels_at(&[(3, "mine".to_owned())]);
        let last = state.pictures.at(3);
        assert_eq!((state.label_of(last), state.pictures.row(last)), (Some("mine"), Some(1)));
    }
}
