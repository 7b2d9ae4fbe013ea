//! Classifies the held-out pictures of one stage, a slice of time after the other.

use std::rc::Rc;

use web_time::{Duration, Instant};

use super::held_out::{HeldOut, TopGuesses};
use crate::{
    evaluate::{UnitRows, knn_vote, linear_probe::LinearProbe, split::Split},
    progress::Progress,
    protocol::{Classification, Labelling, Stage},
};

/// Pictures that are classified between two looks at the clock.
const CHUNK: usize = 32;

/// Labellings that wait to be worked on, the latest of each stage.
#[derive(Default)]
pub struct Waiting {
    labellings: Vec<Labelling>,
}

impl Waiting {
    /// Puts a labelling in line, in the place of an older one of its stage.
    pub fn put(&mut self, labelling: Labelling) {
        match self.labellings.iter_mut().find(|other| other.stage == labelling.stage) {
            Some(older) => *older = labelling,
            None => self.labellings.push(labelling),
        }
    }

    /// Takes those of some stages out.
    pub fn forget(&mut self, which: impl Fn(Stage) -> bool) {
        self.labellings.retain(|labelling| !which(labelling.stage));
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.labellings.is_empty()
    }

    /// The labelling to start with now: the first when nothing is in hand, and one of the
    /// same stage in place of what is.
    pub fn take_next(&mut self, in_hand: Option<&Classifier>) -> Option<Labelling> {
        let fits = |labelling: &Labelling| in_hand.is_none_or(|busy| busy.held_out.stage == labelling.stage);
        let place = self.labellings.iter().position(fits)?;
        Some(self.labellings.remove(place))
    }
}

/// A classification on its way.
pub struct Classifier {
    held_out: HeldOut,
    rows: Rc<UnitRows>,
    /// Absent when there are not two classes to tell apart.
    probe: Option<LinearProbe>,
    solved: bool,
    /// How many of the held-out pictures were classified.
    done: usize,
    by_probe: TopGuesses,
    by_vote: TopGuesses,
}

impl Classifier {
    /// Starts on the rows of a set that was split.
    pub fn new(held_out: HeldOut, rows: Rc<UnitRows>) -> Self {
        let Split { given, targets, classes, .. } = &held_out.split;
        let probe =
            (classes.len() >= 2).then(|| LinearProbe::new(&rows, given, targets.clone(), classes.len()));
        let (by_probe, by_vote) = (TopGuesses::default(), TopGuesses::default());
        Self { held_out, rows, probe, solved: false, done: 0, by_probe, by_vote }
    }

    /// Which embeddings.
    pub fn stage(&self) -> Stage {
        self.held_out.stage
    }

    /// Works for about as long as given.
    pub fn advance(&mut self, time: Duration) -> Progress {
        let started = Instant::now();
        let Some(probe) = &mut self.probe else { return Progress::Idle };
        while !self.solved {
            self.solved = probe.advance() == Progress::Idle;
            if started.elapsed() >= time {
                return Progress::More;
            }
        }
        while self.done < self.held_out.split.held_out.len() {
            self.classify_chunk();
            if started.elapsed() >= time {
                return Progress::More;
            }
        }
        Progress::Idle
    }

    fn classify_chunk(&mut self) {
        let Some(probe) = &self.probe else { return };
        let end = self.held_out.split.held_out.len().min(self.done + CHUNK);
        let which = &self.held_out.split.held_out[self.done..end];
        let Split { given, targets, classes, .. } = &self.held_out.split;
        self.by_probe.extend(&probe.probabilities(&self.rows, which), classes);
        self.by_vote.extend(&knn_vote::shares(&self.rows, given, targets, classes.len(), which), classes);
        self.done = end;
    }

    /// What was found.
    pub fn finish(self) -> Classification {
        self.held_out.classification(self.by_probe, self.by_vote)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{LabelId, PictureId};

    /// Four pictures near each of two directions, ids 10 to 17, labelled by the direction.
    fn classified(
        per_class: u32,
        typed: Vec<(PictureId, LabelId)>,
        known: Vec<Option<LabelId>>,
    ) -> Classification {
        let place = |i: usize| {
            let angle = (i % 2) as f32 + i as f32 * 0.01;
            [angle.cos(), angle.sin()]
        };
        let rows = Rc::new(UnitRows::new((0..8).flat_map(place).collect(), 2));
        let labelling = Labelling { number: 7, stage: Stage::Pixels, per_class, seed: 1, typed };
        let held_out = HeldOut::new(&labelling, 0, (10..18).collect(), known);
        let mut classifier = Classifier::new(held_out, rows);
        while classifier.advance(Duration::ZERO) == Progress::More {}
        classifier.finish()
    }

    fn by_direction() -> Vec<Option<LabelId>> {
        (0..8).map(|i| Some(5 + i % 2)).collect()
    }

    #[test]
    fn held_out_pictures_are_guessed_and_scored() {
        let found = classified(1, Vec::new(), by_direction());
        assert_eq!(found.number, 7, "the answer bears the question's number");
        assert_eq!((found.given.len(), found.held_out.len(), found.scored), (2, 6, 6));
        for guesses in [&found.probe, &found.vote] {
            assert_eq!(guesses.accuracy, Some(1.0));
            for (id, label) in found.held_out.iter().zip(&guesses.labels) {
                assert_eq!(*label, 5 + id % 2);
            }
            assert!(guesses.confidences.0.iter().all(|confidence| (0.5..=1.0).contains(confidence)));
        }
    }

    #[test]
    fn typed_labels_suffice_and_are_not_scored_without_truth() {
        let found = classified(10, vec![(10, 0), (11, 1), (99, 2)], vec![None; 8]);
        assert_eq!((found.given.as_slice(), found.classes.as_slice()), (&[10, 11][..], &[0, 1][..]));
        assert_eq!((found.scored, found.probe.accuracy), (0, None));
        assert_eq!(found.probe.labels, [0, 1, 0, 1, 0, 1]);
    }

    #[test]
    fn one_folders_name_is_no_label() {
        let found = classified(10, vec![(10, 0), (11, 1)], vec![Some(7); 8]);
        assert_eq!((found.given.len(), found.classes.as_slice(), found.scored), (2, &[0, 1][..], 0));
    }

    #[test]
    fn one_class_is_nothing_to_guess() {
        let found = classified(10, vec![(10, 0)], vec![None; 8]);
        assert_eq!((found.given.len(), found.held_out.len()), (1, 7));
        assert!(found.probe.labels.is_empty() && found.vote.labels.is_empty());
    }

    #[test]
    fn the_latest_labelling_of_a_stage_counts() {
        let labelling =
            |stage, per_class| Labelling { number: 0, stage, per_class, seed: 1, typed: Vec::new() };
        let mut waiting = Waiting::default();
        waiting.put(labelling(Stage::Trained, 3));
        waiting.put(labelling(Stage::Pixels, 3));
        waiting.put(labelling(Stage::Trained, 4));
        assert_eq!(waiting.take_next(None), Some(labelling(Stage::Trained, 4)));
        assert_eq!(waiting.take_next(None), Some(labelling(Stage::Pixels, 3)));
        assert!(waiting.is_empty());
    }
}
