//! Stratified cross-validation (Kohavi 1995).

use rand::seq::SliceRandom;

use crate::random::{Purpose, generator};

/// Largest number of examples for which each is predicted from all others, since every one of them counts.
pub const LEAVE_ONE_OUT: usize = 20;

/// Number of folds for more examples.
pub const FOLDS: usize = 5;

/// Examples divided into folds.
#[derive(Clone, Debug, PartialEq)]
pub struct Folds {
    /// Indices of the examples of each fold, which are predicted from all other examples.
    pub folds: Vec<Vec<usize>>,
    /// Classes with a single example, which leaves nothing to learn from. They are in no fold.
    pub lone: Vec<usize>,
}

impl Folds {
    /// Distributes the examples of one class after the other over the folds, in an order drawn from the seed,
    /// so that every fold has its share of each class and none has all of it. `targets` holds the class of
    /// each example, below `classes`.
    pub fn deal(targets: &[usize], classes: usize, seed: u32) -> Self {
        let mut members = vec![Vec::new(); classes];
        for (place, class) in targets.iter().enumerate() {
            members[*class].push(place);
        }
        let lone = (0..classes).filter(|class| members[*class].len() == 1).collect();
        members.retain(|members| members.len() > 1);
        for (members, draw) in members.iter_mut().zip(0..) {
            members.shuffle(&mut generator(seed, Purpose::Folds, draw));
        }
        let scored = members.concat();
        let count = if scored.len() <= LEAVE_ONE_OUT { scored.len() } else { FOLDS };
        let mut folds = vec![Vec::new(); count];
        for (turn, place) in scored.into_iter().enumerate() {
            folds[turn % count].push(place);
        }
        Self { folds, lone }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns `each` examples of classes 0, 1 and 3, interleaved, and one example of class 2.
    fn targets(each: usize) -> Vec<usize> {
        (0..3 * each).map(|i| [0, 1, 3][i % 3]).chain([2]).collect()
    }

    #[test]
    fn few_examples_are_left_out_one_by_one() {
        let found = Folds::deal(&targets(4), 4, 1);
        assert_eq!((found.folds.len(), found.lone.as_slice()), (12, &[2][..]));
        let mut all = found.folds.concat();
        all.sort_unstable();
        assert_eq!(all, (0..12).collect::<Vec<_>>());
    }

    #[test]
    fn every_fold_has_every_class() {
        let targets = targets(13);
        let found = Folds::deal(&targets, 4, 1);
        let mut all = found.folds.concat();
        all.sort_unstable();
        assert_eq!((found.folds.len(), all), (FOLDS, (0..39).collect()));
        for fold in &found.folds {
            assert!((7..=8).contains(&fold.len()));
            for class in [0, 1, 3] {
                let count = fold.iter().filter(|place| targets[**place] == class).count();
                assert!((2..=3).contains(&count), "{count} of 13 of a class in one of {FOLDS} folds");
            }
        }
        assert_ne!(found, Folds::deal(&targets, 4, 2), "another seed deals anew");
    }

    #[test]
    fn no_fold_has_all_examples_of_a_class() {
        // Ten classes of three: each leaves two to learn from.
        let targets: Vec<usize> = (0..30).map(|i| i % 10).collect();
        for fold in Folds::deal(&targets, 10, 3).folds {
            let mut classes: Vec<usize> = fold.iter().map(|place| targets[*place]).collect();
            classes.sort_unstable();
            classes.dedup();
            assert_eq!(classes.len(), fold.len());
        }
    }

    #[test]
    fn single_examples_cannot_be_scored() {
        let found = Folds::deal(&[0, 1, 2], 3, 1);
        assert_eq!(found, Folds { folds: Vec::new(), lone: vec![0, 1, 2] });
    }
}
