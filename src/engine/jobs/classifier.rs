//! Classifies the held-out pictures of one stage by a few labels.

use std::rc::Rc;

use super::{
    Computation, Kind, Request,
    guessing::Guessing,
    held_out::{HeldOut, TopGuesses},
};
use crate::{
    evaluate::{UnitRows, folds::Folds, split::Split},
    progress::Progress,
    protocol::{Classification, ClassifierRequest, Event, LabelId},
};

/// A classification on its way.
struct Classifier {
    held_out: HeldOut,
    rows: Rc<UnitRows>,
    classes: Rc<[LabelId]>,
    /// Absent when there are not two classes to tell apart.
    in_hand: Option<Guessing>,
    /// What was guessed of the held-out pictures, once it was.
    guessed: Option<[TopGuesses; 2]>,
    /// How the given labels are compared with each other, where there are no others to
    /// compare with.
    folds: Option<Folds>,
    /// What was guessed of the folds that are done, and how many these are.
    crossed: [TopGuesses; 2],
    folds_done: usize,
}

/// Asks for what labels are worth at a stage.
pub fn request(task: ClassifierRequest) -> Request {
    Request::at(Kind::Classify, task.stage, move |context| {
        let embedded = context.embeddings.get(task.stage)?;
        let held_out = HeldOut::new(&task, embedded.step, context.set.ids(), context.set.labels());
        Some(Classifier::new(held_out, embedded.rows.clone()))
    })
}

impl Computation for Classifier {
    fn advance(&mut self) -> Progress {
        let Some(guessing) = &mut self.in_hand else { return Progress::Idle };
        if guessing.advance() == Progress::Idle {
            self.go_on();
        }
        Progress::More
    }

    fn finish(self) -> Event {
        Event::Classified(self.classification())
    }
}

impl Classifier {
    /// Starts on the rows of a set that was split.
    fn new(held_out: HeldOut, rows: Rc<UnitRows>) -> Self {
        let Split { given, targets, classes, held_out: others } = &held_out.split;
        let classes: Rc<[LabelId]> = classes.as_slice().into();
        let enough = classes.len() >= 2;
        let in_hand = enough.then(|| {
            let examples = (given.clone(), targets.clone());
            Guessing::new(rows.clone(), examples, classes.clone(), others.clone())
        });
        let folds =
            (enough && held_out.scored() == 0).then(|| Folds::deal(targets, classes.len(), held_out.seed));
        let crossed = Default::default();
        Self { held_out, rows, classes, in_hand, guessed: None, folds, crossed, folds_done: 0 }
    }

    /// Keeps what was guessed, and takes the next fold in hand.
    fn go_on(&mut self) {
        let Some(done) = self.in_hand.take().map(Guessing::finish) else { return };
        if self.guessed.is_none() {
            self.guessed = Some(done);
        } else {
            self.crossed.iter_mut().zip(done).for_each(|(all, fold)| all.append(fold));
            self.folds_done += 1;
        }
        let Some(fold) = self.folds.as_ref().and_then(|folds| folds.folds.get(self.folds_done)) else {
            return;
        };
        let Split { given, targets, .. } = &self.held_out.split;
        let others = (0..given.len()).filter(|place| !fold.contains(place));
        let examples = others.map(|place| (given[place], targets[place])).unzip();
        let which = fold.iter().map(|place| given[*place]).collect();
        self.in_hand = Some(Guessing::new(self.rows.clone(), examples, self.classes.clone(), which));
    }

    fn classification(self) -> Classification {
        let Self { held_out, guessed, folds, crossed, .. } = self;
        let crossed = folds.map(|folds| held_out.cross_validation(&folds, crossed));
        let [probe, vote] = guessed.unwrap_or_default();
        Classification { crossed, ..held_out.classification(probe, vote) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        evaluate::{knn_vote, linear_probe::LinearProbe},
        protocol::{CrossValidation, PictureId, Stage},
        random::{Purpose, generator},
    };
    use rand::RngExt;

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
        let request = ClassifierRequest { number: 7, stage: Stage::Pixels, per_class, seed: 1, typed };
        let held_out = HeldOut::new(&request, 0, (10..18).collect(), known);
        let mut classifier = Classifier::new(held_out, rows);
        while classifier.advance() == Progress::More {}
        classifier.classification()
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
    fn typed_labels_suffice_and_single_ones_cannot_be_scored() {
        let found = classified(10, vec![(10, 0), (11, 1), (99, 2)], vec![None; 8]);
        assert_eq!((found.given.as_slice(), found.classes.as_slice()), (&[10, 11][..], &[0, 1][..]));
        assert_eq!((found.scored, found.probe.accuracy), (0, None));
        assert_eq!(found.probe.labels, [0, 1, 0, 1, 0, 1]);
        let crossed = found.crossed.expect("there is nothing else to compare with");
        assert_eq!((crossed.pictures.len(), crossed.lone.as_slice()), (0, &[0, 1][..]));
        assert_eq!((crossed.probe.accuracy, crossed.vote.accuracy), (None, None));
    }

    /// What each picture's label is guessed to be by classifiers that were told all labels
    /// but those of its fold: written out, for `rows` that all have a label.
    fn by_hand(rows: &UnitRows, labels: &[usize], folds: &[Vec<usize>]) -> [Vec<usize>; 2] {
        let classes = labels.iter().max().expect("there are labels") + 1;
        let best = |shares: &[f32]| {
            (0..classes).rev().max_by(|a, b| shares[*a].total_cmp(&shares[*b])).expect("there are classes")
        };
        let guess = |row: usize| {
            let fold = folds.iter().find(|fold| fold.contains(&row)).expect("each row is in one");
            let others: Vec<usize> = (0..labels.len()).filter(|other| !fold.contains(other)).collect();
            let told: Vec<usize> = others.iter().map(|other| labels[*other]).collect();
            let mut probe = LinearProbe::new(rows, &others, told.clone(), classes);
            while probe.advance() == Progress::More {}
            let vote = knn_vote::shares(rows, &others, &told, classes, &[row]);
            (best(&probe.probabilities(rows, &[row])), best(&vote))
        };
        (0..labels.len()).map(guess).unzip().into()
    }

    /// Rows near the directions of their labels, every fourth of them astray.
    fn crossed(count: usize) -> (UnitRows, Vec<usize>, CrossValidation) {
        let mut rng = generator(5, Purpose::Preview, 0);
        let labels: Vec<usize> = (0..count).map(|i| i % 3).collect();
        let place = |i: usize| {
            let mut row = [0.0; 4].map(|zero: f32| zero + rng.random_range(-0.2..0.2));
            row[if i.is_multiple_of(4) { (i + 1) % 3 } else { i % 3 }] += 0.6;
            row
        };
        let rows = UnitRows::new((0..count).flat_map(place).collect(), 4);
        let typed = labels.iter().enumerate().map(|(i, label)| (i as u32, *label as u32)).collect();
        let request = ClassifierRequest { number: 0, stage: Stage::Trained, per_class: 0, seed: 3, typed };
        let held_out = HeldOut::new(&request, 0, (0..count as u32).collect(), vec![None; count]);
        let mut classifier = Classifier::new(held_out, Rc::new(rows.clone()));
        while classifier.advance() == Progress::More {}
        (rows, labels, classifier.classification().crossed.expect("no label is known but the given ones"))
    }

    #[test]
    fn without_other_labels_the_given_ones_are_guessed_from_each_other() {
        for (count, expected) in [(15, 15), (33, 5)] {
            let (rows, labels, found) = crossed(count);
            assert_eq!((found.folds, found.pictures.len(), found.lone.len()), (expected, count, 0));
            let folds = Folds::deal(&labels, 3, 3).folds;
            assert_eq!(folds.concat().iter().map(|place| *place as u32).collect::<Vec<_>>(), found.pictures);
            for (guesses, by_hand) in
                [&found.probe, &found.vote].into_iter().zip(by_hand(&rows, &labels, &folds))
            {
                let mut right = 0;
                for ((id, label), truth) in found.pictures.iter().zip(&guesses.labels).zip(&found.labels) {
                    assert_eq!(
                        (*label as usize, *truth as usize),
                        (by_hand[*id as usize], labels[*id as usize])
                    );
                    right += u32::from(label == truth);
                }
                assert_eq!(guesses.accuracy, Some(right as f32 / count as f32));
                assert!((0.4..0.95).contains(&guesses.accuracy.expect("it was scored")), "{guesses:?}");
            }
        }
    }

    #[test]
    fn labels_that_came_are_compared_with_instead() {
        assert_eq!(classified(1, Vec::new(), by_direction()).crossed, None);
        // All labels are given: nothing is held out that has one.
        let found = classified(50, Vec::new(), by_direction()).crossed.expect("nothing was held out");
        assert_eq!((found.pictures.len(), found.folds), (8, 8));
        assert_eq!((found.probe.accuracy, found.vote.accuracy), (Some(1.0), Some(1.0)));
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
}
