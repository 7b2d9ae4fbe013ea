//! The labels typed by the user, and the results of the classifiers.

use super::{fine_tuning::FineTuning, review::Review};
use crate::{
    page::{
        picture_map::PictureMap,
        state::{Entry, State},
    },
    protocol::{Classification, ClassifierRequest, Command, LabelId, PictureId, Stage},
    settings::Images,
    small_sort::sorted,
};

/// Maximum number of pictures per label whose labels are given.
pub const MAX_PER_CLASS: u32 = 50;

/// Maximum length of a typed label, in characters.
pub const MAX_LENGTH: usize = 60;

/// Labels for classifiers. They never enter contrastive training.
#[derive(Debug)]
pub struct Labels {
    /// Number of pictures per label whose labels are given.
    per_class: u32,
    typed: PictureMap<LabelId>,
    /// Fine-tuning of the network on the labels.
    pub fine_tuning: FineTuning,
    /// The review of guesses.
    pub review: Review,
}

impl Default for Labels {
    fn default() -> Self {
        Self {
            per_class: 10,
            typed: PictureMap::default(),
            fine_tuning: FineTuning::default(),
            review: Review::default(),
        }
    }
}

impl Labels {
    /// Returns the number of pictures per label whose labels are given.
    pub fn per_class(&self) -> u32 {
        self.per_class
    }

    /// Returns the label that the user typed for a picture.
    pub fn typed(&self, id: PictureId) -> Option<LabelId> {
        self.typed.get(&id).copied()
    }

    /// Returns all typed labels, in the order of the pictures.
    pub(in crate::page) fn all_typed(&self) -> impl Iterator<Item = (PictureId, LabelId)> + '_ {
        self.typed.iter().map(|(id, label)| (*id, *label))
    }

    /// Returns the command that sends the typed labels to a new engine.
    pub(in crate::page) fn message(&self) -> Option<Command> {
        (!self.typed.is_empty()).then(|| Command::Label(self.all_typed().collect()))
    }

    /// Returns the number of pictures with a typed label.
    pub fn typed_count(&self) -> usize {
        self.typed.len()
    }

    /// Forgets a picture that was removed.
    pub(in crate::page) fn forget(&mut self, id: PictureId) {
        self.typed.remove(&id);
        self.review.forget(id);
    }

    /// Resets everything but the number of given labels, after all pictures were removed.
    pub(in crate::page) fn clear(&mut self) {
        let mut fine_tuning = std::mem::take(&mut self.fine_tuning);
        fine_tuning.end();
        *self = Self { per_class: self.per_class, fine_tuning, ..Self::default() };
    }
}

impl State {
    /// Types a label for a picture; blank text removes it.
    pub fn type_label(&mut self, id: PictureId, text: &str) {
        if self.pictures.get(id).is_none() {
            return;
        }
        let name = trimmed_name(text);
        self.change_labels(|state| state.put_text(id, &name));
    }

    fn put_text(&mut self, id: PictureId, name: &str) {
        if name.is_empty() {
            self.labels.typed.remove(&id);
        } else {
            // The set counts as changed only by a new name.
            let known = self.pictures.label_named(name);
            let label = known.unwrap_or_else(|| self.pictures.label_id(name.to_owned()));
            self.put_label(id, label);
        }
    }

    /// Sets a picture's typed label without telling the engine, which [`Self::change_labels`]
    /// does.
    pub(in crate::page) fn put_label(&mut self, id: PictureId, label: LabelId) {
        if self.pictures.get(id).is_some() && self.pictures.label_name(label).is_some() {
            self.labels.typed.insert(id, label);
        }
    }

    /// Sets a picture's typed label to the existing one of this name, else as if it were typed.
    pub(in crate::page) fn put_name(&mut self, id: PictureId, name: &str) {
        match self.pictures.label_named(name) {
            Some(label) => self.put_label(id, label),
            None => self.put_text(id, &trimmed_name(name)),
        }
    }

    /// Restores pictures' typed labels, of those that had one.
    pub(in crate::page) fn restore_labels(&mut self, before: &[(PictureId, Option<LabelId>)]) {
        self.change_labels(|state| {
            for (id, label) in before {
                match label {
                    Some(label) => state.put_label(*id, *label),
                    None => drop(state.labels.typed.remove(id)),
                }
            }
        });
    }

    /// Renames a label to what the user typed, or gives all its pictures another that exists.
    pub fn rename_label(&mut self, name: &str, new: &str) {
        let new = trimmed_name(new);
        if !new.is_empty() && new != name {
            self.rename_or_merge(name, new);
        }
    }

    /// Renames a label, or gives all its pictures another that exists. The labels of a built-in set, which
    /// is drawn again with its own, are not renamed, but replaced by typed ones.
    pub(in crate::page) fn rename_or_merge(&mut self, name: &str, new: String) {
        let ids = self.order().into_iter().filter(|id| self.label_of(*id) == Some(name));
        let given: Vec<_> = ids.map(|id| (id, new.clone())).collect();
        let how = format!("“{new}” instead of “{name}”");
        match (self.pictures.label_named(name), self.pictures.label_named(&new)) {
            (Some(label), None) if self.settings.images == Images::Own => {
                self.rename(label, new, given.len(), &how);
            }
            _ => self.relabel(&given, &how),
        }
    }

    /// Changes typed labels, and sends them to the engine if they differ from before.
    pub(in crate::page) fn change_labels(&mut self, change: impl FnOnce(&mut Self)) {
        let before: Vec<_> = self.labels.all_typed().collect();
        change(self);
        let typed: Vec<_> = self.labels.all_typed().collect();
        if typed != before {
            self.outdate_labels();
            self.send(Command::Label(typed));
        }
    }

    /// Records a change to the labels, or to which of them are given, and stops a fine-tuning in
    /// progress, which is now useless.
    pub(in crate::page) fn outdate_labels(&mut self) {
        if self.labels.fine_tuning.outdate() {
            self.send(Command::StopTuning);
        }
    }

    /// Gives a picture an existing label. It is not shortened, however long a folder's name is.
    pub fn give_label(&mut self, id: PictureId, label: LabelId) {
        self.change_labels(|state| state.put_label(id, label));
    }

    /// Gives every selected picture, else the focused one, a label; blank text removes it.
    pub fn label_chosen(&mut self, text: &str) {
        self.give_label_to_chosen(&trimmed_name(text));
    }

    /// Gives every selected picture, else the focused one, the label of this name. That can be undone for
    /// several pictures.
    pub fn give_label_to_chosen(&mut self, name: &str) {
        match self.chosen().as_slice() {
            [id] => self.change_labels(|state| state.put_name(*id, name)),
            ids if name.is_empty() => {
                self.change_labels(|state| ids.iter().for_each(|id| state.put_text(*id, "")));
            }
            ids => {
                let given: Vec<_> = ids.iter().map(|id| (*id, name.to_owned())).collect();
                self.relabel(&given, &format!("“{name}”"));
            }
        }
    }

    /// Selects the next picture without a label, else without a typed one, after a single picture was
    /// labelled: otherwise, the next word would replace its label.
    pub fn go_to_unlabelled(&mut self) {
        let [id] = *self.chosen() else { return };
        let row = self.pictures.row(id).map_or(0, |row| row + 1);
        let (before, after) = self.pictures.entries().split_at(row);
        let others = || after.iter().chain(before).map(|entry| entry.id);
        let is_bare = |id: &PictureId| self.label_of(*id).is_none();
        let is_untyped = |id: &PictureId| self.labels.typed(*id).is_none();
        if let Some(next) = others().find(is_bare).or_else(|| others().find(is_untyped)) {
            self.select(next);
        }
    }

    /// Sets the number of pictures per label whose labels are given.
    pub fn give_labels(&mut self, per_class: u32) {
        self.labels.per_class = per_class.min(MAX_PER_CLASS);
        self.outdate_labels();
    }

    /// Returns the name of a picture's label: the typed one, else the one that it came with.
    pub fn label_of(&self, id: PictureId) -> Option<&str> {
        self.typed_name(id).or_else(|| self.pictures.label(id))
    }

    /// Returns the name of the label that the user typed for a picture.
    pub fn typed_name(&self, id: PictureId) -> Option<&str> {
        self.pictures.label_name(self.labels.typed(id)?)
    }

    /// Returns the labels of all pictures, typed or not, in the order of their names. A single label
    /// that pictures came with, as from one folder, does not count.
    pub fn label_names(&self) -> Vec<&str> {
        let labels = self.counting_labels().filter_map(|(_, label)| label);
        sorted(&self.pictures.names_of(labels), Ord::cmp)
    }

    /// Returns the pictures with this label among [`Self::label_names`], or with none of them.
    pub fn labelled(&self, name: Option<&str>) -> Vec<PictureId> {
        let name_of = |label: LabelId| self.pictures.label_name(label);
        let labels = self.counting_labels().filter(|(_, label)| label.and_then(name_of) == name);
        labels.map(|(id, _)| id).collect()
    }

    fn counting_labels(&self) -> impl Iterator<Item = (PictureId, Option<LabelId>)> + '_ {
        let scores = self.has_labels();
        let label = move |entry: &Entry| self.labels.typed(entry.id).or(entry.label.filter(|_| scores));
        self.pictures.entries().iter().map(move |entry| (entry.id, label(entry)))
    }

    /// Returns whether every picture has a label, typed or not.
    pub fn are_all_labelled(&self) -> bool {
        let mut entries = self.pictures.entries().iter();
        entries.all(|entry| entry.label.is_some() || self.labels.typed(entry.id).is_some())
    }

    /// Returns whether there are enough labels for a classifier to learn from.
    pub fn can_classify(&self) -> bool {
        self.label_names().len() >= 2
    }

    /// Returns the classifiers' results for a stage's embeddings, while there are any.
    pub fn classification(&self, stage: Stage) -> Option<&Classification> {
        // The latest answer is found by its stage: no need to copy the labels.
        self.answer(ClassifierRequest { stage, per_class: 0, seed: 0, typed: Vec::new() })
    }

    /// Returns whether these results are for the present labels and embeddings.
    pub fn is_classification_current(&self, stage: Stage) -> bool {
        self.answers.is_current(&self.classifier_request(stage).into())
    }

    /// Returns the question to the classifiers at a stage.
    pub fn classifier_request(&self, stage: Stage) -> ClassifierRequest {
        ClassifierRequest {
            stage,
            per_class: self.labels.per_class,
            seed: self.settings.seed,
            typed: self.labels.all_typed().collect(),
        }
    }
}

/// Returns a label as the user typed it, without blanks around it and at most [`MAX_LENGTH`] long.
fn trimmed_name(text: &str) -> String {
    text.trim().chars().take(MAX_LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{answer, commands, newcomer, state},
        protocol::{Answer, Evaluation, Event, Guesses, KnnScore},
        settings::Settings,
    };

    #[test]
    fn typed_label_has_precedence_over_a_pictures_own() {
        let mut state = state(4);
        state.type_label(0, "  zebra ");
        state.type_label(1, "a");
        assert_eq!(
            (state.label_of(0), state.label_of(1), state.label_of(3)),
            (Some("zebra"), Some("a"), Some("b"))
        );
        // The labels that the encoder is scored by do not change.
        assert_eq!((state.pictures.label(0), state.pictures.kinds()), (Some("a"), 2));
        assert_eq!(state.label_names(), ["a", "b", "zebra"]);
        state.type_label(0, " ");
        assert_eq!((state.label_of(0), state.labels.typed_count()), (Some("a"), 1));
        state.remove(&[1]);
        state.type_label(1, "gone");
        assert_eq!((state.labels.typed_count(), state.label_names().len()), (0, 2));
    }

    #[test]
    fn name_of_a_single_folder_is_no_label() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.add(vec![newcomer("a", "holiday"), newcomer("b", "holiday")]);
        assert!(state.label_names().is_empty() && !state.can_classify());
        state.type_label(0, "sea");
        state.type_label(1, "hills");
        assert_eq!(state.label_names(), ["hills", "sea"]);
        assert!(state.can_classify());
    }

    #[test]
    fn typed_label_is_plain_text_of_limited_length() {
        let mut state = state(2);
        state.type_label(0, "<b>\"x\"</b>");
        assert_eq!(state.label_of(0), Some("<b>\"x\"</b>"));
        state.type_label(1, &"é".repeat(500));
        assert_eq!(state.label_of(1).map(|label| label.chars().count()), Some(MAX_LENGTH));
    }

    #[test]
    fn next_word_labels_the_next_picture() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.add([None, None, Some("z"), None].map(|label| newcomer("x", label)).into());
        state.select(1);
        for word in ["one", "two", "three", "four"] {
            state.label_chosen(word);
            state.go_to_unlabelled();
        }
        let labels: Vec<_> = (0..4).map(|id| state.label_of(id).unwrap_or_default()).collect();
        assert_eq!((labels, *state.selected), (vec!["three", "one", "four", "two"], Some(2)));
        assert!(state.notices.is_empty());
    }

    #[test]
    fn labels_are_renamed_and_merged_everywhere_in_one_step() {
        for images in [Images::Own, Images::Shapes] {
            let mut state = State::new(Settings::recommended(images));
            state.add((0..6).map(|i| newcomer("x", ["a", "b"][i % 2])).collect());
            state.type_label(1, "c");
            state.rename_label("a", " first ");
            assert_eq!(state.labels.typed_count(), if images == Images::Own { 1 } else { 4 });
            let labels = |state: &State| {
                (0..6).map(|id| state.label_of(id).unwrap_or("-").to_owned()).collect::<Vec<_>>()
            };
            assert_eq!(labels(&state), ["first", "c", "first", "b", "first", "b"]);
            assert_eq!(state.label_names(), ["b", "c", "first"]);
            state.rename_label("first", "b");
            assert_eq!((labels(&state).concat(), state.label_names()), ("bcbbbb".to_owned(), vec!["b", "c"]));
            assert_eq!(state.notices[0].text, "3 pictures labelled “b” instead of “first”.");
            state.undo(state.notices[0].id);
            assert_eq!(labels(&state), ["first", "c", "first", "b", "first", "b"]);
            for (name, new) in [("nobody", "x"), ("b", "b"), ("b", "  ")] {
                state.rename_label(name, new);
            }
            assert!(state.notices.is_empty());
            state.rename_label("c", "d");
            assert_eq!((state.label_of(1), state.label_names().len()), (Some("d"), 3));
            state.undo(state.notices[0].id);
            assert_eq!(state.label_of(1), Some("c"));
        }
    }

    #[test]
    fn undone_renaming_merges_with_a_label_of_that_name() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.add(["cats", "cats", "dogs"].map(|label| newcomer("x", label)).into());
        state.rename_label("cats", "kittens");
        let notice = state.notices[0].id;
        state.type_label(2, "cats");
        state.undo(notice);
        assert_eq!([0, 1, 2].map(|id| state.label_of(id)), [Some("cats"); 3]);
        assert_eq!(state.label_names(), ["cats"]);
        let typed: Vec<_> = (0..3).filter_map(|id| state.labels.typed(id)).collect();
        assert!(typed.len() == 3 && typed.windows(2).all(|pair| pair[0] == pair[1]), "{typed:?}");
    }

    #[test]
    fn existing_label_is_not_shortened() {
        let mut state = State::new(Settings::recommended(Images::Own));
        let long = "x".repeat(MAX_LENGTH + 1);
        state.add(vec![newcomer("a", long.as_str()), newcomer("b", " spaced "), newcomer("c", "z")]);
        state.select(2);
        for name in [long.as_str(), " spaced "] {
            state.give_label_to_chosen(name);
            assert_eq!(state.label_of(2), Some(name));
            assert_eq!(state.label_names(), [" spaced ", long.as_str()], "no second label came about");
        }
        let label = state.pictures.get(0).and_then(|entry| entry.label).expect("a label");
        state.give_label(1, label);
        assert_eq!(state.label_of(1), Some(long.as_str()));
        // It is restored unshortened.
        let typed = state.experiment().typed;
        let mut page = State::new(Settings::recommended(Images::Own));
        page.add(vec![newcomer("a", "z"), newcomer("b", "z")]);
        page.type_labels_at(&typed[..1]);
        assert_eq!(page.label_of(1), Some(long.as_str()));
        state.give_label(1, 99);
        assert_eq!(state.label_of(1), Some(long.as_str()), "there is no such label");
    }

    #[test]
    fn typed_labels_are_sent_once_and_new_scores_replace_old() {
        let mut state = state(4);
        state.take_effects();
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Untrained, vec![0, 1, 2, 3])));
        let trained = Evaluation { step: 20, ..Evaluation::bare(Stage::Trained, vec![0, 1, 2, 3]) };
        state.apply(Event::Evaluated(trained));
        assert_eq!(state.knn_by_step(), []);
        state.type_label(2, "c");
        let told = Command::Label(vec![(2, 2)]);
        assert_eq!(commands(&mut state), std::slice::from_ref(&told));
        assert!(state.resync().any(|command| command == told), "another engine learns of them");
        for (stage, knn) in [(Stage::Untrained, 0.25), (Stage::Trained, 0.5), (Stage::Trained, 0.75)] {
            let knn = KnnScore { shared_labels: 0.5, accuracy: knn, neighbours: 3 };
            state.apply(Event::Scored { stage, knn: Some(knn) });
        }
        assert_eq!(state.knn_by_step(), [(0, 0.25), (20, 0.75)]);
        state.type_label(2, "");
        assert_eq!(commands(&mut state), [Command::Label(Vec::new())]);
        state.apply(Event::Scored { stage: Stage::Trained, knn: None });
        assert_eq!(state.knn_by_step(), [(0, 0.25)]);
    }

    #[test]
    fn classifiers_run_again_after_a_change_of_labels_or_seed() {
        let mut state = state(4);
        let ask = |state: &mut State, stage| {
            let request = state.classifier_request(stage);
            let needed = state.needs(&request.clone().into());
            if needed {
                state.answers.ask(request.clone().into());
            }
            needed.then_some(request)
        };
        assert_eq!(ask(&mut state, Stage::Pixels), None);
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Pixels, vec![0, 1, 2, 3])));
        let asked = ask(&mut state, Stage::Pixels).expect("there are embeddings");
        assert_eq!((asked.per_class, asked.seed, asked.typed.len()), (10, state.settings.seed, 0));
        assert_eq!(ask(&mut state, Stage::Pixels), None);
        state.type_label(2, "b");
        let asked = ask(&mut state, Stage::Pixels).expect("a label was typed");
        assert_eq!(asked.typed, [(2, 1)]);
        state.give_labels(9_999);
        assert_eq!(ask(&mut state, Stage::Pixels).map(|asked| asked.per_class), Some(MAX_PER_CLASS));
        state.edit(|settings| settings.seed += 1);
        assert!(ask(&mut state, Stage::Pixels).is_some());
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Trained, vec![0, 1, 2, 3])));
        assert_eq!(ask(&mut state, Stage::Pixels), None);
        assert!(ask(&mut state, Stage::Trained).is_some());
    }

    fn classification() -> Classification {
        Classification {
            stage: Stage::Trained,
            step: 1,
            given: vec![0],
            classes: vec![0],
            held_out: vec![1, 2, 3],
            scored: 0,
            probe: Guesses::default(),
            vote: Guesses::default(),
            crossed: None,
        }
    }

    #[test]
    fn answer_to_an_earlier_question_is_not_current() {
        let mut state = state(4);
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Trained, vec![0, 1, 2, 3])));
        let before = state.classifier_request(Stage::Trained);
        state.answers.ask(before.clone().into());
        state.type_label(0, "c");
        let after = state.classifier_request(Stage::Trained);
        state.answers.ask(after.clone().into());
        state.apply(Event::Answered(before.into(), Answer::Classification(classification())));
        assert!(!state.is_classification_current(Stage::Trained));
        state.apply(Event::Answered(after.into(), Answer::Classification(classification())));
        assert!(state.is_classification_current(Stage::Trained));
    }

    #[test]
    fn labels_of_a_selection_are_sent_together() {
        let mut state = state(4);
        state.select_all([0, 1, 3]);
        state.take_effects();
        state.label_chosen("c");
        assert_eq!(commands(&mut state), [Command::Label(vec![(0, 2), (1, 2), (3, 2)])]);
        state.give_label_to_chosen("a");
        assert_eq!(commands(&mut state), [Command::Label(vec![(0, 0), (1, 0), (3, 0)])]);
    }

    #[test]
    fn classification_is_forgotten_with_its_embeddings() {
        let mut state = state(4);
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Trained, vec![0, 1, 2, 3])));
        let request = state.classifier_request(Stage::Trained);
        answer(&mut state, request, Answer::Classification(classification()));
        assert!(state.classification(Stage::Trained).is_some());
        state.apply(Event::Restarted { parameters: 1 });
        assert!(state.classification(Stage::Trained).is_none());
        state.type_label(0, "c");
        state.give_labels(3);
        state.clear(Images::Own);
        assert_eq!((state.labels.typed_count(), state.labels.per_class()), (0, 3));
    }
}
