//! Split into labels given to a classifier and pictures held out.

use std::collections::BTreeMap;

use rand::seq::SliceRandom;

use crate::{
    protocol::LabelId,
    random::{Purpose, generator},
};

/// Labelled rows that a classifier learns from, and the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Labelled rows, in ascending order.
    pub given: Vec<usize>,
    /// Classes of these rows, as indices into `classes`.
    pub targets: Vec<usize>,
    /// Labels that occur among them, in ascending order.
    pub classes: Vec<LabelId>,
    /// All other rows, in ascending order.
    pub held_out: Vec<usize>,
}

impl Split {
    /// Gives every typed label and, for each known label, as many more, drawn from the seed, as bring it to
    /// `per_class`; a typed label takes precedence over a known one.
    ///
    /// A larger `per_class` gives the same rows and more.
    pub fn draw(
        known: &[Option<LabelId>],
        typed: &BTreeMap<usize, LabelId>,
        per_class: usize,
        seed: u32,
    ) -> Self {
        let mut labels: BTreeMap<usize, LabelId> = typed.clone();
        let mut by_label: BTreeMap<LabelId, Vec<usize>> = BTreeMap::new();
        for (row, label) in known.iter().enumerate().filter(|(row, _)| !typed.contains_key(row)) {
            if let Some(label) = label {
                by_label.entry(*label).or_default().push(row);
            }
        }
        for (label, mut rows) in by_label {
            let already = typed.values().filter(|typed| **typed == label).count();
            rows.shuffle(&mut generator(seed, Purpose::Labels, label));
            let drawn = rows.into_iter().take(per_class.saturating_sub(already));
            labels.extend(drawn.map(|row| (row, label)));
        }
        Self::of(labels, known.len())
    }

    fn of(labels: BTreeMap<usize, LabelId>, rows: usize) -> Self {
        let mut classes: Vec<LabelId> = labels.values().copied().collect();
        classes.sort_unstable();
        classes.dedup();
        let place = |label: &LabelId| classes.binary_search(label).expect("every label is a class");
        let targets = labels.values().map(place).collect();
        let held_out = (0..rows).filter(|row| !labels.contains_key(row)).collect();
        Self { given: labels.into_keys().collect(), targets, classes, held_out }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<Option<LabelId>> {
        (0..40).map(|row| (row < 36).then_some(row % 3)).collect()
    }

    #[test]
    fn every_class_gives_equally_many_and_the_rest_is_held_out() {
        let split = Split::draw(&known(), &BTreeMap::new(), 4, 1);
        assert_eq!((split.given.len(), split.held_out.len()), (12, 28));
        assert_eq!(split.classes, [0, 1, 2]);
        for (row, target) in split.given.iter().zip(&split.targets) {
            assert_eq!(known()[*row], Some(split.classes[*target]));
        }
        assert!(split.given.iter().all(|row| !split.held_out.contains(row)));
    }

    #[test]
    fn draw_depends_on_the_seed_and_grows_with_the_labels() {
        let draw = |per_class, seed| Split::draw(&known(), &BTreeMap::new(), per_class, seed).given;
        assert_eq!(draw(4, 1), draw(4, 1));
        assert_ne!(draw(4, 1), draw(4, 2));
        assert!(draw(4, 1).iter().all(|row| draw(7, 1).contains(row)));
        assert!(draw(0, 1).is_empty());
        assert_eq!(draw(100, 1).len(), 36);
    }

    #[test]
    fn typed_labels_are_always_given_and_take_precedence() {
        let typed = BTreeMap::from([(0, 7), (39, 1)]);
        let alone = Split::draw(&known(), &typed, 0, 1);
        assert_eq!((alone.given, alone.targets, alone.classes), (vec![0, 39], vec![1, 0], vec![1, 7]));
        let filled = Split::draw(&known(), &typed, 2, 1);
        assert_eq!(filled.classes, [0, 1, 2, 7]);
        // One label 1 was typed, so one more is drawn.
        let ones = filled.targets.iter().filter(|target| filled.classes[**target] == 1).count();
        assert_eq!((ones, filled.given.len()), (2, 7));
    }
}
