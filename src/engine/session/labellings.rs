//! Labels to classify by that wait for their turn.

use crate::{
    engine::classifier::Classifier,
    protocol::{ClassifierRequest, Stage},
};

/// Labellings that wait to be worked on, the latest of each stage.
#[derive(Default)]
pub struct Labellings {
    waiting: Vec<ClassifierRequest>,
}

impl Labellings {
    /// Puts a labelling in line, in the place of an older one of its stage.
    pub fn put(&mut self, labelling: ClassifierRequest) {
        match self.waiting.iter_mut().find(|other| other.stage == labelling.stage) {
            Some(older) => *older = labelling,
            None => self.waiting.push(labelling),
        }
    }

    /// Takes those of some stages out.
    pub fn forget(&mut self, which: impl Fn(Stage) -> bool) {
        self.waiting.retain(|labelling| !which(labelling.stage));
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The labelling to start with now: the first when nothing is in hand, and one of the
    /// same stage in place of what is.
    pub fn take_next(&mut self, in_hand: Option<&Classifier>) -> Option<ClassifierRequest> {
        let fits = |labelling: &ClassifierRequest| in_hand.is_none_or(|busy| busy.stage() == labelling.stage);
        let place = self.waiting.iter().position(fits)?;
        Some(self.waiting.remove(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_labelling_of_a_stage_counts() {
        let labelling =
            |stage, per_class| ClassifierRequest { number: 0, stage, per_class, seed: 1, typed: Vec::new() };
        let mut waiting = Labellings::default();
        waiting.put(labelling(Stage::Trained, 3));
        waiting.put(labelling(Stage::Pixels, 3));
        waiting.put(labelling(Stage::Trained, 4));
        assert_eq!(waiting.take_next(None), Some(labelling(Stage::Trained, 4)));
        assert_eq!(waiting.take_next(None), Some(labelling(Stage::Pixels, 3)));
        assert!(waiting.is_empty());
    }
}
