//! Pictures whose labels are withheld from a classifier, and the scoring of guesses about them.

use std::collections::{BTreeMap, HashMap};

use crate::{
    evaluate::{folds::Folds, labels::several, split::Split},
    protocol::{
        Classification, ClassifierRequest, CrossValidation, Floats, Guesses, LabelId, PictureId, Stage,
    },
};

/// A set split for a classifier.
pub struct HeldOut {
    /// Stage of the embeddings.
    stage: Stage,
    /// Given and held-out rows.
    pub split: Split,
    /// Seed of all random choices.
    pub seed: u32,
    /// Step after which the embeddings were taken.
    step: u32,
    ids: Vec<PictureId>,
    known: Vec<Option<LabelId>>,
}

impl HeldOut {
    /// Splits the set; `ids` and `known` are ids and known labels of its pictures, in row order.
    pub fn new(
        request: &ClassifierRequest,
        step: u32,
        ids: Vec<PictureId>,
        known: Vec<Option<LabelId>>,
    ) -> Self {
        // A single label, such as the name of the only folder, carries no information.
        let known = if several(&known) { known } else { vec![None; known.len()] };
        let places: HashMap<PictureId, usize> = ids.iter().enumerate().map(|(row, id)| (*id, row)).collect();
        let typed: BTreeMap<usize, LabelId> =
            request.typed.iter().filter_map(|(id, label)| Some((*places.get(id)?, *label))).collect();
        let split = Split::draw(&known, &typed, request.per_class as usize, request.seed);
        Self { stage: request.stage, split, seed: request.seed, step, ids, known }
    }

    /// Returns the known labels of the held-out pictures, if among the classes.
    fn truth(&self) -> Vec<Option<LabelId>> {
        let Split { classes, held_out, .. } = &self.split;
        let is_class = |label: &LabelId| classes.binary_search(label).is_ok();
        held_out.iter().map(|row| self.known[*row].filter(is_class)).collect()
    }

    /// Returns the number of held-out pictures with a label to compare with.
    pub fn scored(&self) -> usize {
        self.truth().iter().flatten().count()
    }

    /// Returns the scored guesses of two classifiers about the given pictures, fold after fold.
    pub fn cross_validation(&self, folds: &Folds, [probe, vote]: [TopGuesses; 2]) -> CrossValidation {
        let Split { given, targets, classes, .. } = &self.split;
        let places = folds.folds.concat();
        let labels: Vec<LabelId> = places.iter().map(|place| classes[targets[*place]]).collect();
        let truth: Vec<_> = labels.iter().copied().map(Some).collect();
        CrossValidation {
            pictures: places.iter().map(|place| self.ids[given[*place]]).collect(),
            labels,
            folds: folds.folds.len() as u32,
            lone: folds.lone.iter().map(|class| classes[*class]).collect(),
            probe: probe.guesses(&truth),
            vote: vote.guesses(&truth),
        }
    }

    /// Returns the scored guesses of two classifiers about the held-out pictures.
    pub fn classification(self, probe: TopGuesses, vote: TopGuesses) -> Classification {
        let truth = self.truth();
        let Split { given, classes, held_out, .. } = self.split;
        let names = |rows: Vec<usize>| rows.into_iter().map(|row| self.ids[row]).collect();
        Classification {
            stage: self.stage,
            step: self.step,
            given: names(given),
            held_out: names(held_out),
            classes,
            scored: truth.iter().flatten().count() as u32,
            probe: probe.guesses(&truth),
            vote: vote.guesses(&truth),
            crossed: None,
        }
    }
}

/// Most probable label of each picture, and its probability.
#[derive(Default)]
pub struct TopGuesses {
    labels: Vec<LabelId>,
    confidences: Vec<f32>,
}

impl TopGuesses {
    /// Appends the best of each row's probabilities of `classes`, the first among equals.
    pub fn extend(&mut self, probabilities: &[f32], classes: &[LabelId]) {
        for row in probabilities.chunks_exact(classes.len()) {
            let places = row.iter().zip(classes).rev();
            let best = places.max_by(|a, b| a.0.total_cmp(b.0)).expect("there are two classes");
            self.labels.push(*best.1);
            self.confidences.push(*best.0);
        }
    }

    /// Appends guesses about further pictures.
    pub fn append(&mut self, mut further: Self) {
        self.labels.append(&mut further.labels);
        self.confidences.append(&mut further.confidences);
    }

    /// Scores the guesses against the known labels.
    fn guesses(self, truth: &[Option<LabelId>]) -> Guesses {
        let scored = truth.iter().flatten().count();
        let right = self.labels.iter().zip(truth).filter(|(label, truth)| Some(**label) == **truth).count();
        let accuracy = (scored > 0 && !self.labels.is_empty()).then(|| right as f32 / scored as f32);
        Guesses { labels: self.labels, confidences: Floats(self.confidences), accuracy }
    }
}
