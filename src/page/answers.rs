//! Questions to the engine and their answers.

use super::state::State;
use crate::protocol::{Answer, Question, Request, Stage};

/// A question with its latest answer.
#[derive(Debug)]
struct Entry {
    question: Question,
    /// The answer, which may belong to the question that this one replaced.
    answer: Option<Answer>,
    /// Whether the answer belongs to this question.
    is_answered: bool,
    /// Whether the embeddings or settings have changed since the question was asked.
    is_outdated: bool,
}

/// Questions to the engine, each with its latest answer: one mechanism for all panels.
#[derive(Debug, Default)]
pub struct Answers {
    entries: Vec<Entry>,
}

impl Answers {
    /// Returns the latest answer to a question of this kind, which may be outdated.
    pub fn latest<R: Request>(&self, request: R) -> Option<&R::Answer> {
        let question = request.into();
        let entry = self.entries.iter().find(|entry| question.replaces(&entry.question))?;
        R::read(entry.answer.as_ref()?)
    }

    /// Returns whether the latest answer is to this very question, and nothing has changed since.
    pub fn is_current(&self, question: &Question) -> bool {
        self.same(question).is_some_and(|entry| entry.is_answered && !entry.is_outdated)
    }

    /// Returns whether the latest answer is to this very question, outdated or not.
    fn is_answered(&self, question: &Question) -> bool {
        self.same(question).is_some_and(|entry| entry.is_answered)
    }

    /// Returns whether the question is asked and has no answer yet.
    pub fn is_awaited(&self, question: &Question) -> bool {
        self.same(question).is_some_and(|entry| !entry.is_answered && !entry.is_outdated)
    }

    /// Returns whether the question is asked and nothing has changed since.
    fn is_asked(&self, question: &Question) -> bool {
        self.same(question).is_some_and(|entry| !entry.is_outdated)
    }

    /// Records that a question is asked. The answer to the question that it replaces stays until its
    /// own arrives.
    pub fn ask(&mut self, question: Question) {
        let replaced = self.entries.iter().position(|entry| question.replaces(&entry.question));
        let answer = replaced.and_then(|place| self.entries.swap_remove(place).answer);
        self.entries.push(Entry { question, answer, is_answered: false, is_outdated: false });
    }

    /// Keeps an answer, unless another question has replaced its own meanwhile.
    pub fn keep(&mut self, question: &Question, answer: Answer) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.question == *question) {
            (entry.answer, entry.is_answered) = (Some(answer), true);
        }
    }

    /// Records that the answers to some questions are outdated.
    pub fn outdate(&mut self, which: impl Fn(&Question) -> bool) {
        self.entries.iter_mut().for_each(|entry| entry.is_outdated |= which(&entry.question));
    }

    /// Forgets some questions and their answers.
    pub fn forget(&mut self, which: impl Fn(&Question) -> bool) {
        self.entries.retain(|entry| !which(&entry.question));
    }

    /// Returns the entry of this very question.
    fn same(&self, question: &Question) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.question == *question)
    }
}

impl State {
    /// Returns the latest answer to a question of this kind, while there are embeddings.
    pub fn answer<R: Request>(&self, request: R) -> Option<&R::Answer> {
        self.results.scored(request.stage())?;
        self.answers.latest(request)
    }

    /// Returns whether a question should be asked now: there are embeddings, and it has not been
    /// asked since they or the settings changed.
    pub fn needs(&self, question: &Question) -> bool {
        let is_good_enough =
            || !question.follows_training() && self.run.running && self.answers.is_answered(question);
        self.results.scored(question.stage()).is_some()
            && !self.answers.is_asked(question)
            && !is_good_enough()
    }

    /// Records that a stage has other embeddings.
    pub(in crate::page) fn outdate_answers(&mut self, stage: Stage) {
        self.answers.outdate(|question| {
            // The rows of all matrices may be ordered by the latest embeddings.
            question.stage() == stage || matches!(question, Question::Matrix(_))
        });
    }

    /// Forgets the answers about a stage whose embeddings are gone.
    pub(in crate::page) fn forget_answers(&mut self, stage: Stage) {
        self.answers.forget(|question| question.stage() == stage);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{ask, state},
        protocol::{
            Clustering, Evaluation, Event, GroupsRequest, InvarianceRequest, Map, MapMethod, MapRequest,
            MatrixRequest,
        },
        settings::Images,
    };

    const GROUPS: GroupsRequest = GroupsRequest { stage: Stage::Trained };

    fn clustering(step: u32) -> Answer {
        Answer::Groups(Clustering { stage: Stage::Trained, step, partitions: Vec::new() })
    }

    fn evaluate(state: &mut State, stage: Stage) {
        state.apply(Event::Evaluated(Evaluation::bare(stage, vec![0, 1, 2, 3])));
    }

    #[test]
    fn question_is_asked_once_per_evaluation_of_its_stage() {
        let mut state = state(4);
        assert!(!ask(&mut state, GROUPS), "there are no embeddings");
        evaluate(&mut state, Stage::Trained);
        assert!(ask(&mut state, GROUPS) && !ask(&mut state, GROUPS));
        evaluate(&mut state, Stage::Pixels);
        assert!(!ask(&mut state, GROUPS));
        evaluate(&mut state, Stage::Trained);
        assert!(ask(&mut state, GROUPS));
    }

    #[test]
    fn matrix_is_requested_again_after_every_evaluation() {
        let mut state = state(4);
        let matrix = MatrixRequest { stage: Stage::Pixels };
        evaluate(&mut state, Stage::Pixels);
        assert!(ask(&mut state, matrix) && !ask(&mut state, matrix));
        evaluate(&mut state, Stage::Trained);
        assert!(ask(&mut state, matrix));
    }

    #[test]
    fn outdated_answer_stays_until_the_next_arrives() {
        let mut state = state(4);
        evaluate(&mut state, Stage::Trained);
        ask(&mut state, GROUPS);
        assert_eq!(state.answer(GROUPS), None);
        state.answers.keep(&GROUPS.into(), clustering(1));
        assert!(state.answers.is_current(&GROUPS.into()));
        evaluate(&mut state, Stage::Trained);
        assert!(!state.answers.is_current(&GROUPS.into()));
        assert_eq!(state.answer(GROUPS).map(|found| found.step), Some(1));
        ask(&mut state, GROUPS);
        assert!(!state.answers.is_current(&GROUPS.into()), "it is asked, but not answered");
        state.answers.keep(&GROUPS.into(), clustering(2));
        assert_eq!(state.answer(GROUPS).map(|found| found.step), Some(2));
    }

    #[test]
    fn answer_to_a_replaced_question_is_dropped() {
        let mut state = state(4);
        let map = |stage, method| Question::from(MapRequest { stage, method });
        let answer = |stage, method| {
            Answer::Map(Map {
                stage,
                step: 3,
                method,
                pictures: Vec::new(),
                points: Default::default(),
                radius: 1.0,
                explained: 0.5,
                done: 0,
                total: 0,
            })
        };
        evaluate(&mut state, Stage::Trained);
        evaluate(&mut state, Stage::Untrained);
        assert!(ask(&mut state, map(Stage::Untrained, MapMethod::Pca)));
        assert!(ask(&mut state, map(Stage::Trained, MapMethod::Tsne)));
        assert!(ask(&mut state, map(Stage::Trained, MapMethod::Pca)), "one map is made at a time");
        let late = [(Stage::Untrained, MapMethod::Pca), (Stage::Trained, MapMethod::Tsne)];
        for (stage, method) in late {
            state.answers.keep(&map(stage, method), answer(stage, method));
            assert_eq!(state.answer(MapRequest { stage, method }), None);
        }
        let (stage, method) = (Stage::Trained, MapMethod::Pca);
        state.answers.keep(&map(stage, method), answer(stage, method));
        assert!(state.answer(MapRequest { stage, method }).is_some());
    }

    #[test]
    fn some_outdated_answers_are_kept_while_training() {
        let mut state = state(4);
        let matrix = MatrixRequest { stage: Stage::Trained };
        state.run.running = true;
        evaluate(&mut state, Stage::Trained);
        assert!(ask(&mut state, GROUPS) && ask(&mut state, matrix));
        evaluate(&mut state, Stage::Trained);
        assert!(ask(&mut state, GROUPS), "nothing is known yet");
        state.answers.keep(&GROUPS.into(), clustering(1));
        evaluate(&mut state, Stage::Trained);
        assert!(!ask(&mut state, GROUPS) && ask(&mut state, matrix));
        state.run.running = false;
        assert!(ask(&mut state, GROUPS));
    }

    #[test]
    fn invariances_depend_on_the_augmentations() {
        let mut state = state(4);
        let invariance = InvarianceRequest { stage: Stage::Untrained };
        evaluate(&mut state, Stage::Untrained);
        assert!(ask(&mut state, invariance));
        state.edit(|settings| settings.steps = 7);
        assert!(!ask(&mut state, invariance));
        state.edit(|settings| settings.augmentations.hue.strength = 0.3);
        assert!(ask(&mut state, invariance));
    }

    #[test]
    fn answers_are_forgotten_with_the_embeddings() {
        let forgetting: [fn(&mut State); 2] =
            [|state| state.clear(Images::Own), |state| state.apply(Event::Restarted { parameters: 1 })];
        for forget in forgetting {
            let mut state = state(4);
            evaluate(&mut state, Stage::Trained);
            ask(&mut state, GROUPS);
            state.answers.keep(&GROUPS.into(), clustering(1));
            forget(&mut state);
            assert_eq!(state.answers.latest(GROUPS), None);
        }
    }
}
