//! Acceptance of all guesses of some confidence at once.

use super::predictions::{Method, Prediction, compared, predictions};
use crate::{
    page::{state::State, words},
    protocol::{LabelId, PictureId, Stage},
};

/// Confidence offered at first.
pub const DEFAULT_CONFIDENCE: f32 = 0.9;

/// Number of guesses to compare below which the share of wrong ones means little.
const FEW: usize = 20;

/// The guesses of at least some confidence.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfidentGuesses {
    /// Pictures with such a guess, and their guessed labels.
    pub guesses: Vec<(PictureId, LabelId)>,
    /// Number of such guesses that can be compared with a label.
    pub compared: usize,
    /// Number of wrong ones among them.
    pub wrong: usize,
}

/// Returns the guesses of at least this confidence.
pub fn confident_guesses(state: &State, stage: Stage, method: Method, least: f32) -> ConfidentGuesses {
    let is_confident = |guess: &Prediction| guess.confidence >= least;
    let guesses = predictions(state, stage, method).into_iter().filter(is_confident);
    let known: Vec<_> = compared(state, stage, method).into_iter().filter(is_confident).collect();
    let known = known.iter().filter_map(|guess| Some(guess.truth? == guess.label));
    let (right, wrong): (Vec<_>, Vec<_>) = known.partition(|is_right| *is_right);
    ConfidentGuesses {
        guesses: guesses.map(|guess| (guess.id, guess.label)).collect(),
        compared: right.len() + wrong.len(),
        wrong: wrong.len(),
    }
}

/// Describes the expected error.
pub fn expected_error(ConfidentGuesses { compared, wrong, .. }: &ConfidentGuesses) -> String {
    match *compared {
        0 => "No picture of a known label shows yet how many of these are wrong.".to_owned(),
        1..FEW => format!(
            "Too few to tell how many of these are wrong: of {} with known labels guessed this surely, {} {}.",
            words::counted(*compared, "picture"),
            words::count(*wrong),
            if *wrong == 1 { "was" } else { "were" }
        ),
        compared => format!(
            "Expect {} to be wrong: of {} with known labels guessed this surely, {} were.",
            words::percent(*wrong as f32 / compared as f32),
            words::counted(compared, "picture"),
            words::count(*wrong)
        ),
    }
}

impl State {
    /// Gives pictures the labels guessed for them, if the guess is at least this confident, as one step.
    pub fn accept_confident(&mut self, stage: Stage, method: Method, least: f32) {
        let found = confident_guesses(self, stage, method, least);
        let name = |(id, label)| Some((id, self.pictures.label_name(label)?.to_owned()));
        let given: Vec<_> = found.guesses.into_iter().filter_map(name).collect();
        self.relabel(&given, "as guessed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::views::label::predictions::fixture::{state, typed};

    #[test]
    fn guesses_above_a_confidence_are_accepted_and_undone_in_one_step() {
        // Guesses for 2 to 5: a (0.9), b (0.6), b (0.7) and b (0.8); their labels are a, b, a and b.
        let mut state = state();
        let found = confident_guesses(&state, Stage::Pixels, Method::Probe, 0.7);
        assert_eq!(found, ConfidentGuesses { guesses: vec![(4, 1), (5, 1), (2, 0)], compared: 3, wrong: 1 });
        assert!(
            expected_error(&found).ends_with("of 3 pictures with known labels guessed this surely, 1 was.")
        );
        let many = ConfidentGuesses { compared: FEW, wrong: 4, ..found.clone() };
        assert!(
            expected_error(&many).starts_with("Expect 20% to be wrong: of 20 pictures with known labels")
        );
        state.accept_confident(Stage::Pixels, Method::Probe, 0.7);
        let labels = |state: &State| (2..6).map(|id| state.labels.typed(id)).collect::<Vec<_>>();
        assert_eq!(labels(&state), [Some(0), None, Some(1), Some(1)]);
        let notice = state.notices[0].clone();
        assert_eq!(notice.text, "3 pictures labelled as guessed.");
        state.undo(notice.id);
        assert_eq!(labels(&state), [None; 4]);
    }

    #[test]
    fn error_is_expected_from_cross_validation_or_unknown() {
        let state = typed();
        let found = confident_guesses(&state, Stage::Pixels, Method::Probe, 0.5);
        assert_eq!(found, ConfidentGuesses { guesses: vec![(5, 1)], compared: 4, wrong: 1 });
        let found = confident_guesses(&state, Stage::Pixels, Method::Probe, 0.6);
        assert_eq!((found.guesses.len(), found.compared), (1, 0), "no known picture is guessed this surely");
        assert!(expected_error(&found).contains("No picture"));
    }
}
