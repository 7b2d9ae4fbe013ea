//! The pair whose likeness is explained.

use crate::{
    page::state::State,
    protocol::{Evaluation, Explanation, Pair, PictureId, Stage, Subject},
};

/// A pair, and which of its places make it alike.
#[derive(Debug, Default)]
pub struct WhyAlike {
    pair: Option<Pair>,
    asked: bool,
    explanation: Option<Explanation>,
}

impl WhyAlike {
    /// The pair.
    pub fn pair(&self) -> Option<Pair> {
        self.pair
    }

    /// The latest explanation of it.
    pub fn explanation(&self) -> Option<&Explanation> {
        self.explanation.as_ref()
    }

    pub(in crate::page) fn keep(&mut self, explanation: Explanation) {
        if self.pair == Some(explanation.pair) {
            self.explanation = Some(explanation);
        }
    }
}

impl State {
    /// Wants to know what makes a pair alike.
    pub fn ask_why(&mut self, pair: Pair) {
        *self.why_alike = WhyAlike { pair: Some(pair), ..WhyAlike::default() };
    }

    /// Wants to know it no longer.
    pub fn stop_asking_why(&mut self) {
        *self.why_alike = WhyAlike::default();
    }

    /// What to ask of the engine, once for each evaluation; while training, once at all.
    pub fn wants_explanation(&mut self) -> Option<Pair> {
        let pair = self.why_alike.pair?;
        let settled = self.why_alike.explanation.is_none() || !self.run.running;
        let wanted = self.results.scored(pair.stage).is_some() && settled && !self.why_alike.asked;
        self.why_alike.asked |= wanted;
        wanted.then_some(pair)
    }

    pub(in crate::page) fn explain_again_after(&mut self, evaluation: &Evaluation) {
        if self.why_alike.pair.is_some_and(|pair| pair.stage == evaluation.stage) {
            self.why_alike.asked = false;
        }
    }

    /// A stage's embeddings are gone.
    pub(in crate::page) fn stop_explaining(&mut self, stage: Stage) {
        if self.why_alike.pair.is_some_and(|pair| pair.stage == stage) {
            self.stop_asking_why();
        }
    }

    /// A picture is taken out.
    pub(in crate::page) fn stop_explaining_picture(&mut self, id: PictureId) {
        if self.why_alike.pair.is_some_and(|pair| pair.subjects.contains(&Subject::Picture(id))) {
            self.stop_asking_why();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::{Event, Floats},
        settings::{Images, Settings},
    };

    const PAIR: Pair = Pair { stage: Stage::Trained, subjects: [Subject::Picture(1), Subject::Picture(2)] };

    fn evaluated() -> Event {
        Event::Evaluated(Evaluation { step: 3, ..Evaluation::bare(Stage::Trained, vec![1, 2]) })
    }

    fn explained(pair: Pair) -> Event {
        let drops = [Floats(vec![0.1]), Floats(vec![0.2])];
        Event::Explained(Explanation { pair, step: 3, similarity: 0.5, side: 1, drops })
    }

    fn asked() -> State {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        state.apply(evaluated());
        state.ask_why(PAIR);
        assert_eq!(state.wants_explanation(), Some(PAIR));
        state
    }

    #[test]
    fn a_pair_is_asked_about_once_an_evaluation() {
        let mut state = asked();
        assert_eq!(state.wants_explanation(), None);
        state.apply(explained(PAIR));
        state.apply(evaluated());
        assert_eq!(state.wants_explanation(), Some(PAIR));
        assert_eq!(state.wants_explanation(), None);
    }

    #[test]
    fn training_is_not_held_up_for_further_explanations() {
        let mut state = asked();
        state.start_running();
        state.apply(explained(PAIR));
        state.apply(evaluated());
        assert_eq!(state.wants_explanation(), None);
        state.stop_running();
        assert_eq!(state.wants_explanation(), Some(PAIR));
    }

    #[test]
    fn only_the_pair_that_is_asked_about_is_explained() {
        let mut state = asked();
        state.apply(explained(Pair { stage: Stage::Pixels, ..PAIR }));
        assert_eq!(state.why_alike.explanation(), None);
        state.apply(explained(PAIR));
        assert!(state.why_alike.explanation().is_some());
        state.select(2);
        assert_eq!((state.why_alike.pair(), state.why_alike.explanation()), (None, None));
    }

    #[test]
    fn an_explanation_ends_with_its_encoder() {
        let mut state = asked();
        state.apply(explained(PAIR));
        state.apply(Event::Restarted { parameters: 1 });
        assert_eq!(state.why_alike.pair(), None);
    }
}
