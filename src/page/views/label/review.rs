//! Review of guesses: pictures without a given label, one in hand at a time, the least certain first.

use super::predictions::{Method, Prediction, predictions};
use crate::{
    page::state::{SHOWN, State},
    protocol::{LabelId, PictureId, Stage},
    small_sort::sorted,
};

/// Maximum number of labels with a key.
pub const MOST_CHOICES: usize = 9;

/// The pictures in review.
#[derive(Debug, Default)]
pub struct Review {
    /// Pictures that have come up, in their order.
    seen: Vec<PictureId>,
    /// Index of the picture in hand.
    place: usize,
    /// Pictures labelled in review, each with its typed label before.
    given: Vec<(PictureId, Option<LabelId>)>,
}

impl Review {
    /// Returns the picture in hand, which no new guess replaces.
    pub fn in_hand(&self) -> Option<PictureId> {
        self.seen.get(self.place).copied()
    }

    /// Returns whether there is a picture before the one in hand.
    pub fn can_go_back(&self) -> bool {
        self.place > 0
    }

    /// Returns the number of labels given that can be undone.
    pub fn reviewed(&self) -> usize {
        self.given.len()
    }

    /// Forgets a picture that was removed.
    pub(in crate::page) fn forget(&mut self, id: PictureId) {
        self.place -= self.seen.iter().take(self.place).filter(|seen| **seen == id).count();
        self.seen.retain(|seen| *seen != id);
        self.given.retain(|(given, _)| *given != id);
    }
}

impl State {
    /// Takes the next picture in hand: the one seen after this, else the least certain that has not come
    /// up, if there is one.
    pub fn review_next(&mut self, stage: Stage, method: Method) {
        let new = self.unseen(stage, method);
        let review = &mut self.labels.review;
        if review.place + 1 < review.seen.len() {
            review.place += 1;
        } else if let Some(id) = new {
            review.place = review.seen.len();
            review.seen.push(id);
        }
    }

    /// Returns the least certain picture that has not come up.
    pub fn unseen(&self, stage: Stage, method: Method) -> Option<PictureId> {
        let seen = &self.labels.review.seen;
        let mut guesses = predictions(self, stage, method).into_iter();
        guesses.find(|guess| !seen.contains(&guess.id)).map(|guess| guess.id)
    }

    /// Takes the picture before in hand.
    pub fn review_back(&mut self) {
        let review = &mut self.labels.review;
        review.place = review.place.saturating_sub(1);
    }

    /// Gives the picture in hand a label, and takes the next in hand.
    pub fn review_give(&mut self, name: &str, stage: Stage, method: Method) {
        let Some(id) = self.labels.review.in_hand() else { return };
        let before = self.labels.typed(id);
        self.change_labels(|state| state.put_name(id, name));
        if self.labels.typed(id).is_some() {
            self.labels.review.given.push((id, before));
            self.review_next(stage, method);
        }
    }

    /// Withdraws the last label given in review, and takes its picture in hand.
    pub fn review_undo(&mut self) {
        let Some((id, before)) = self.labels.review.given.pop() else { return };
        self.restore_labels(&[(id, before)]);
        let review = &mut self.labels.review;
        review.place = review.seen.iter().position(|seen| *seen == id).unwrap_or(review.place);
    }
}

/// Returns the guess for a picture, if it has one.
pub fn guess(state: &State, stage: Stage, method: Method, id: PictureId) -> Option<Prediction> {
    predictions(state, stage, method).into_iter().find(|guess| guess.id == id)
}

/// Returns the labels offered for a picture, the likeliest first: the guess, then the labels of its
/// nearest pictures by the sum of their similarities, then all others by name.
pub fn choices(state: &State, stage: Stage, method: Method, id: PictureId) -> Vec<String> {
    let guess = guess(state, stage, method, id).map(|guess| guess.label);
    let guessed = guess.and_then(|label| state.pictures.label_name(label));
    let nearest = state.results.scored(stage).map_or(Vec::new(), |scored| scored.nearest(id));
    let votes = |name: &str| -> f32 {
        let agree = nearest.iter().take(SHOWN).filter(|near| state.label_of(near.id) == Some(name));
        agree.map(|near| near.similarity.max(0.0)).sum()
    };
    let likely = |name: &&str| (Some(*name) == guessed, votes(name));
    let ranked: Vec<_> = state.label_names().into_iter().map(|name| (name, likely(&name))).collect();
    let ranked = sorted(&ranked, |(_, a), (_, b)| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)));
    ranked.into_iter().take(MOST_CHOICES).map(|(name, _)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::views::label::predictions::fixture::{evaluation, state},
        protocol::{Evaluation, Event, Floats, Neighbours},
    };

    const AT: (Stage, Method) = (Stage::Pixels, Method::Probe);

    fn in_hand(state: &State) -> Option<PictureId> {
        state.labels.review.in_hand()
    }

    #[test]
    fn least_certain_picture_comes_first_and_stays_in_hand() {
        // Guesses for 2 to 5 with confidences of 0.9, 0.6, 0.7 and 0.8.
        let mut state = state();
        assert_eq!(in_hand(&state), None);
        state.review_next(AT.0, AT.1);
        assert_eq!(in_hand(&state), Some(3));
        state.review_give("a", AT.0, AT.1);
        assert_eq!((state.label_of(3), in_hand(&state)), (Some("a"), Some(4)));
        state.review_next(AT.0, AT.1);
        state.review_back();
        state.review_back();
        assert_eq!(in_hand(&state), Some(3));
        state.review_back();
        assert!(!state.labels.review.can_go_back());
        for next in [4, 5, 2, 2] {
            state.review_next(AT.0, AT.1);
            assert_eq!(in_hand(&state), Some(next));
        }
    }

    #[test]
    fn undo_restores_the_label_before_and_the_picture() {
        let mut state = state();
        state.type_label(3, "c");
        state.type_label(3, "");
        state.review_next(AT.0, AT.1);
        state.review_give("b", AT.0, AT.1);
        state.review_back();
        state.review_give(" new ", AT.0, AT.1);
        assert_eq!((state.label_of(3), state.labels.review.reviewed()), (Some("new"), 2));
        state.review_undo();
        assert_eq!((state.label_of(3), in_hand(&state)), (Some("b"), Some(3)));
        state.review_undo();
        assert_eq!((state.labels.typed(3), state.labels.review.reviewed()), (None, 0));
        state.review_undo();
        assert_eq!(in_hand(&state), Some(3));
    }

    #[test]
    fn blank_label_is_not_given() {
        let mut state = state();
        state.review_next(AT.0, AT.1);
        state.review_give("  ", AT.0, AT.1);
        assert_eq!((in_hand(&state), state.labels.review.reviewed()), (Some(3), 0));
    }

    #[test]
    fn removed_pictures_leave_the_review() {
        let mut state = state();
        state.review_next(AT.0, AT.1);
        state.review_give("a", AT.0, AT.1);
        state.review_give("a", AT.0, AT.1);
        state.remove(&[3]);
        assert_eq!((in_hand(&state), state.labels.review.reviewed()), (Some(5), 1));
        state.remove(&[5]);
        assert_eq!(in_hand(&state), None);
        state.review_next(AT.0, AT.1);
        assert_eq!(in_hand(&state), Some(2));
    }

    #[test]
    fn likeliest_labels_are_offered_first() {
        let mut state = state();
        state.type_label(0, "c");
        state.type_label(4, "d");
        // The guess for 3 is “b”; its nearest are 0 (“c”), 4 (“d”) and 2 (“a”).
        let neighbours = Neighbours {
            k: 3,
            indices: [0, 4, 2].repeat(6),
            similarities: Floats([0.2, 0.9, 0.5].repeat(6)),
        };
        state.apply(Event::Evaluated(Evaluation { neighbours, ..evaluation() }));
        assert_eq!(choices(&state, AT.0, AT.1, 3), ["b", "d", "a", "c"]);
        state.type_label(3, "a");
        assert_eq!(choices(&state, AT.0, AT.1, 3)[0], "d", "a given label is not guessed");
    }
}
