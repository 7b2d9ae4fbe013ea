//! Classification of the held-out pictures at one stage from a few labels.

use std::rc::Rc;

use super::{
    Kind, Request, Slice,
    held_out::{HeldOut, TopGuesses},
};
use crate::{
    evaluate::{UnitRows, folds::Folds, knn_vote, linear_probe::LinearProbe, split::Split},
    progress::Progress,
    protocol::{Breakdown, Classification, ClassifierRequest, CrossValidation, LabelId},
};

/// Number of pictures guessed at once.
const CHUNK: usize = 32;

/// Returns a request to classify the pictures at a stage.
pub fn request(task: ClassifierRequest) -> Request {
    Request::answer(Kind::Classify, task.clone(), move |context| {
        let embedded = context.embeddings.get(task.stage)?;
        let held_out = HeldOut::new(&task, embedded.step, context.set.ids(), context.set.labels());
        Some(answer(held_out, embedded.rows.clone(), context.slice.clone()))
    })
}

async fn answer(held_out: HeldOut, rows: Rc<UnitRows>, slice: Slice) -> Result<Classification, Breakdown> {
    Ok(classify(held_out, &rows, &slice).await)
}

/// Guesses the held-out pictures from the given ones.
async fn classify(held_out: HeldOut, rows: &UnitRows, slice: &Slice) -> Classification {
    let Split { given, targets, classes, held_out: others } = &held_out.split;
    if classes.len() < 2 {
        return held_out.classification(TopGuesses::default(), TopGuesses::default());
    }
    let [probe, vote] = guess(rows, (given, targets), classes, others, slice).await;
    let crossed = match held_out.scored() {
        0 => Some(cross_validate(&held_out, rows, slice).await),
        _ => None,
    };
    Classification { crossed, ..held_out.classification(probe, vote) }
}

/// Cross-validates the given pictures, for use without other known labels.
async fn cross_validate(held_out: &HeldOut, rows: &UnitRows, slice: &Slice) -> CrossValidation {
    let Split { given, targets, classes, .. } = &held_out.split;
    let folds = Folds::deal(targets, classes.len(), held_out.seed);
    let mut crossed = <[TopGuesses; 2]>::default();
    for fold in &folds.folds {
        let others = (0..given.len()).filter(|place| !fold.contains(place));
        let (others, labels): (Vec<_>, Vec<_>) = others.map(|place| (given[place], targets[place])).unzip();
        let which: Vec<usize> = fold.iter().map(|place| given[*place]).collect();
        let guessed = guess(rows, (&others, &labels), classes, &which, slice).await;
        crossed.iter_mut().zip(guessed).for_each(|(all, fold)| all.append(fold));
    }
    held_out.cross_validation(&folds, crossed)
}

/// Trains on the rows `given`, whose classes are indices into `classes`; returns the guesses of a linear
/// probe and of the nearest-neighbour vote for the rows `which`.
async fn guess(
    rows: &UnitRows,
    (given, targets): (&[usize], &[usize]),
    classes: &[LabelId],
    which: &[usize],
    slice: &Slice,
) -> [TopGuesses; 2] {
    let mut probe = LinearProbe::new(rows, given, targets.to_vec(), classes.len());
    while probe.advance() == Progress::More {
        slice.pause().await;
    }
    let [mut by_probe, mut by_vote] = <[TopGuesses; 2]>::default();
    for which in which.chunks(CHUNK) {
        slice.pause().await;
        by_probe.extend(&probe.probabilities(rows, which), classes);
        by_vote.extend(&knn_vote::shares(rows, given, targets, classes.len(), which), classes);
    }
    [by_probe, by_vote]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::{PictureId, Stage},
        random::{Purpose, generator},
    };
    use rand::RngExt;

    /// Classifies four pictures near each of two directions, ids 10 to 17, labelled by direction.
    fn classified(
        per_class: u32,
        typed: Vec<(PictureId, LabelId)>,
        known: Vec<Option<LabelId>>,
    ) -> Classification {
        let place = |i: usize| {
            let angle = (i % 2) as f32 + i as f32 * 0.01;
            [angle.cos(), angle.sin()]
        };
        let rows = UnitRows::new((0..8).flat_map(place).collect(), 2);
        let request = ClassifierRequest { stage: Stage::Pixels, per_class, seed: 1, typed };
        let held_out = HeldOut::new(&request, 0, (10..18).collect(), known);
        pollster::block_on(classify(held_out, &rows, &Slice::default()))
    }

    fn by_direction() -> Vec<Option<LabelId>> {
        (0..8).map(|i| Some(5 + i % 2)).collect()
    }

    #[test]
    fn held_out_pictures_are_guessed_and_scored() {
        let found = classified(1, Vec::new(), by_direction());
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

    /// Cross-validates explicitly: returns guesses for `rows`, all labelled, by classifiers trained on all
    /// labels outside the row's fold.
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

    /// Cross-validates rows near the directions of their labels, except every fourth.
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
        let request = ClassifierRequest { stage: Stage::Trained, per_class: 0, seed: 3, typed };
        let held_out = HeldOut::new(&request, 0, (0..count as u32).collect(), vec![None; count]);
        let found = pollster::block_on(classify(held_out, &rows, &Slice::default()));
        (rows, labels, found.crossed.expect("no label is known but the given ones"))
    }

    #[test]
    fn given_labels_are_cross_validated_without_others() {
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
    fn other_known_labels_replace_cross_validation() {
        assert_eq!(classified(1, Vec::new(), by_direction()).crossed, None);
        // All labels are given, so no held-out picture has one.
        let found = classified(50, Vec::new(), by_direction()).crossed.expect("nothing was held out");
        assert_eq!((found.pictures.len(), found.folds), (8, 8));
        assert_eq!((found.probe.accuracy, found.vote.accuracy), (Some(1.0), Some(1.0)));
    }

    #[test]
    fn a_single_folder_name_is_not_a_label() {
        let found = classified(10, vec![(10, 0), (11, 1)], vec![Some(7); 8]);
        assert_eq!((found.given.len(), found.classes.as_slice(), found.scored), (2, &[0, 1][..], 0));
    }

    #[test]
    fn one_class_yields_no_guesses() {
        let found = classified(10, vec![(10, 0)], vec![None; 8]);
        assert_eq!((found.given.len(), found.held_out.len()), (1, 7));
        assert!(found.probe.labels.is_empty() && found.vote.labels.is_empty());
    }
}
