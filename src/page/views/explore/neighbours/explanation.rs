//! The pair of pictures whose similarity is explained.

use crate::{
    page::state::State,
    protocol::{Explanation, Pair, PictureId, Question, Stage, Subject},
};

impl State {
    /// Requests an explanation of a pair's similarity, instead of any other.
    pub fn explain(&mut self, pair: Pair) {
        self.stop_explaining();
        *self.explained = Some(pair);
    }

    /// Ends the explanation.
    pub fn stop_explaining(&mut self) {
        self.explained.set(None);
        self.answers.forget(|question| matches!(question, Question::Explanation(_)));
    }

    /// Returns the latest explanation of the pair.
    pub fn explanation(&self) -> Option<&Explanation> {
        let pair = (*self.explained)?;
        self.answer(pair).filter(|explanation| explanation.pair == pair)
    }

    /// Ends an explanation that needs the embeddings of a stage.
    pub(in crate::page) fn stop_explaining_stage(&mut self, stage: Stage) {
        if self.explained.is_some_and(|pair| pair.stage == stage) {
            self.stop_explaining();
        }
    }

    /// Ends an explanation of a picture.
    pub(in crate::page) fn stop_explaining_picture(&mut self, id: PictureId) {
        if self.explained.is_some_and(|pair| pair.subjects.contains(&Subject::Picture(id))) {
            self.stop_explaining();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::{Answer, Evaluation, Event, Floats},
        settings::{Images, Settings},
    };

    const PAIR: Pair = Pair { stage: Stage::Trained, subjects: [Subject::Picture(1), Subject::Picture(2)] };

    fn evaluated() -> Event {
        Event::Evaluated(Evaluation { step: 3, ..Evaluation::bare(Stage::Trained, vec![1, 2]) })
    }

    fn explained(pair: Pair) -> Event {
        let drops = [Floats(vec![0.1]), Floats(vec![0.2])];
        let explanation = Explanation { pair, step: 3, similarity: 0.5, side: 1, drops };
        Event::Answered(pair.into(), Answer::Explanation(explanation))
    }

    fn asked() -> State {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        state.apply(evaluated());
        state.explain(PAIR);
        state.answers.ask(PAIR.into());
        state
    }

    #[test]
    fn only_the_requested_pair_is_explained() {
        let mut state = asked();
        state.apply(explained(Pair { stage: Stage::Pixels, ..PAIR }));
        assert_eq!(state.explanation(), None);
        state.apply(explained(PAIR));
        assert!(state.explanation().is_some());
        state.explain(Pair { subjects: [Subject::Picture(1), Subject::Picture(3)], ..PAIR });
        assert_eq!(state.explanation(), None);
    }

    #[test]
    fn reopened_explanation_is_requested_again_while_training() {
        let mut state = asked();
        state.run.running = true;
        state.apply(explained(PAIR));
        state.stop_explaining();
        state.explain(PAIR);
        assert!(state.explanation().is_none() && state.needs(&PAIR.into()));
    }

    #[test]
    fn explanation_ends_with_a_change_of_focus_or_encoder() {
        let endings: [fn(&mut State); 2] =
            [|state| state.select(2), |state| state.apply(Event::Restarted { parameters: 1 })];
        for end in endings {
            let mut state = asked();
            end(&mut state);
            assert_eq!(*state.explained, None);
        }
    }
}
