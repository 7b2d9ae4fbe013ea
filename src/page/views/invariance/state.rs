//! What the encoder overlooks, at each stage.

use crate::{
    page::{by_stage::ByStage, state::State},
    protocol::{Invariance, Stage},
};

/// What is known of each stage, and whether it was asked since anything changed.
#[derive(Debug, Default)]
pub struct Invariances {
    known: ByStage<Option<Invariance>>,
    asked: ByStage<bool>,
}

impl Invariances {
    pub(in crate::page) fn keep(&mut self, invariance: Invariance) {
        let stage = invariance.stage;
        self.known[stage] = Some(invariance);
    }

    pub(in crate::page) fn ask_again_of(&mut self, stage: Stage) {
        self.asked[stage] = false;
    }

    /// The augmentations have changed.
    pub(in crate::page) fn ask_again(&mut self) {
        self.asked = ByStage::default();
    }

    pub(in crate::page) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl State {
    /// What a stage overlooks, while there are embeddings.
    pub fn invariance(&self, stage: Stage) -> Option<&Invariance> {
        self.results.scored(stage)?;
        self.invariances.known[stage].as_ref()
    }

    /// Whether to ask the engine: once for each change of embeddings or augmentations, and
    /// while training goes on only if nothing is known, so that it is not slowed down.
    pub fn wants_invariance(&mut self, stage: Stage) -> bool {
        let stale = self.run.running && self.invariance(stage).is_some();
        let asked = &mut self.invariances.asked[stage];
        if self.results.scored(stage).is_none() || stale || *asked {
            return false;
        }
        self.invariances.asked[stage] = true;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::{Evaluation, Event, Floats},
        settings::{Images, Settings},
    };

    fn evaluated(stage: Stage, step: u32) -> Event {
        Event::Evaluated(Evaluation { step, ..Evaluation::bare(stage, vec![0]) })
    }

    fn invariance(stage: Stage) -> Event {
        let operations = Floats(vec![0.5; 13]);
        Event::Invariance(Invariance { stage, step: 0, pictures: 1, operations, others: 0.1 })
    }

    #[test]
    fn it_is_asked_once_for_each_evaluation_and_change_of_augmentations() {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        assert!(!state.wants_invariance(Stage::Untrained));
        state.apply(evaluated(Stage::Untrained, 0));
        assert!(state.wants_invariance(Stage::Untrained) && !state.wants_invariance(Stage::Untrained));
        state.apply(invariance(Stage::Untrained));
        assert_eq!(state.invariance(Stage::Untrained).map(|found| found.others), Some(0.1));
        state.edit(|settings| settings.steps = 7);
        assert!(!state.wants_invariance(Stage::Untrained));
        state.edit(|settings| settings.augmentations.hue.strength = 0.3);
        assert!(state.wants_invariance(Stage::Untrained));
    }

    #[test]
    fn while_training_what_is_known_is_enough() {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        state.apply(evaluated(Stage::Trained, 1));
        state.run.running = true;
        assert!(state.wants_invariance(Stage::Trained));
        state.apply(invariance(Stage::Trained));
        state.apply(evaluated(Stage::Trained, 2));
        assert!(!state.wants_invariance(Stage::Trained));
        state.run.running = false;
        assert!(state.wants_invariance(Stage::Trained));
    }

    #[test]
    fn other_pictures_forget_it() {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        state.apply(evaluated(Stage::Untrained, 0));
        state.apply(invariance(Stage::Untrained));
        state.clear(Images::Own);
        state.apply(evaluated(Stage::Untrained, 0));
        assert!(state.invariance(Stage::Untrained).is_none());
    }
}
