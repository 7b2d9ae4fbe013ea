//! A linear probe and the vote of the nearest learn some rows' classes and guess others'.

use std::rc::Rc;

use super::held_out::TopGuesses;
use crate::{
    evaluate::{UnitRows, knn_vote, linear_probe::LinearProbe},
    progress::Progress,
    protocol::LabelId,
};

/// Pictures that are guessed in one piece of work.
const CHUNK: usize = 32;

/// Two classifiers at work on the same task.
pub struct Guessing {
    rows: Rc<UnitRows>,
    given: Vec<usize>,
    targets: Vec<usize>,
    classes: Rc<[LabelId]>,
    which: Vec<usize>,
    probe: LinearProbe,
    solved: bool,
    /// How many of `which` were guessed.
    done: usize,
    by_probe: TopGuesses,
    by_vote: TopGuesses,
}

impl Guessing {
    /// Starts to learn `given` rows with a class each, places in `classes`, to guess those
    /// of the rows `which`.
    pub fn new(
        rows: Rc<UnitRows>,
        (given, targets): (Vec<usize>, Vec<usize>),
        classes: Rc<[LabelId]>,
        which: Vec<usize>,
    ) -> Self {
        let probe = LinearProbe::new(&rows, &given, targets.clone(), classes.len());
        let (by_probe, by_vote) = (TopGuesses::default(), TopGuesses::default());
        Self { rows, given, targets, classes, which, probe, solved: false, done: 0, by_probe, by_vote }
    }

    /// Does one short piece of work.
    pub fn advance(&mut self) -> Progress {
        if !self.solved {
            self.solved = self.probe.advance() == Progress::Idle;
        } else if self.done < self.which.len() {
            self.guess_chunk();
        } else {
            return Progress::Idle;
        }
        Progress::More
    }

    fn guess_chunk(&mut self) {
        let end = self.which.len().min(self.done + CHUNK);
        let which = &self.which[self.done..end];
        let Self { rows, given, targets, classes, .. } = self;
        self.by_probe.extend(&self.probe.probabilities(rows, which), classes);
        self.by_vote.extend(&knn_vote::shares(rows, given, targets, classes.len(), which), classes);
        self.done = end;
    }

    /// What the probe and the vote guessed.
    pub fn finish(self) -> [TopGuesses; 2] {
        [self.by_probe, self.by_vote]
    }
}
