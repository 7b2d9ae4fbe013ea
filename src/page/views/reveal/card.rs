//! A picture of what a run changed, for sharing.

use super::model::Improved;
use crate::page::{state::State, words};

/// Number of pictures shown with their nearest.
const PICTURES: usize = 2;

/// Contents of the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// The result, in a sentence or two.
    pub result: String,
    /// The pictures whose nearest improved most.
    pub pictures: Vec<Improved>,
    /// A sentence on how they were found.
    pub origin: String,
}

impl Card {
    /// Describes what the latest network changed; `None` if it improved nothing.
    pub fn of(state: &State) -> Option<Self> {
        let changes = state.changes()?;
        let mut pictures = changes.pictures;
        pictures.truncate(PICTURES);
        let is_scored = state.has_labels() && words::score(state).is_some();
        let result = if is_scored { words::labelled_summary(state) } else { changes.sentence };
        let step = state.results.latest()?.evaluation.step as usize;
        let origin = format!(
            "{}, {} of training in a web browser, without labels",
            words::counted(state.pictures.len(), "picture"),
            words::counted(step, "step")
        );
        (!pictures.is_empty()).then_some(Self { result, pictures, origin })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::views::reveal::fixture::{BEFORE, evaluate, finished, state},
        protocol::Stage,
    };

    #[test]
    fn card_shows_the_pictures_that_improved_most() {
        for labelled in [false, true] {
            let mut state = state(labelled);
            assert_eq!(Card::of(&state), None);
            finished(&mut state);
            let changes = state.changes().expect("both evaluations");
            let card = Card::of(&state).expect("a card");
            assert_eq!(card.pictures, changes.pictures[..2]);
            assert_eq!(card.origin, "6 pictures, 2 steps of training in a web browser, without labels");
            assert_eq!(card.result, changes.sentence, "without a score");
            evaluate(&mut state, Stage::Trained, 2, BEFORE);
            assert_eq!(Card::of(&state), None, "nothing improved");
        }
    }
}
