//! The pictures whose nearest a run improved most.

use crate::{
    page::{
        state::{IndexedEvaluation, SHOWN, State},
        words,
    },
    protocol::{PictureId, Stage},
    small_sort::sorted,
};

/// Number of pictures that are shown.
const PICTURES: usize = 3;

/// Whether the results of a run that has ended are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reveal {
    /// There are none.
    #[default]
    Hidden,
    /// The run has ended, and its last evaluation is on its way.
    Due,
    /// A button shows them.
    Folded,
    /// They are shown.
    Open,
}

/// A picture with its nearest.
#[derive(Clone, Debug, PartialEq)]
pub struct Improved {
    /// The picture.
    pub picture: PictureId,
    /// Its nearest before training and now, nearest first, and whether each counts: it has the label of
    /// the picture, or without labels it is in one row only.
    pub rows: [Vec<(PictureId, bool)>; 2],
    /// The change in words.
    pub sentence: String,
}

/// What a run changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Changes {
    /// The pictures whose nearest improved most.
    pub pictures: Vec<Improved>,
    /// The whole set's change in words.
    pub sentence: String,
}

impl State {
    /// Shows the results of the run that has ended, once its last evaluation is here; only a button
    /// for them if the user is busy with something else.
    pub(in crate::page) fn reveal_if_due(&mut self) {
        let is_known = |stage| self.results.scored(stage).map(|scored| scored.evaluation.step);
        let is_complete =
            is_known(Stage::Trained) == Some(self.run.step()) && is_known(Stage::Untrained).is_some();
        if *self.reveal == Reveal::Due && is_complete {
            let is_busy = *self.tab_chosen || *self.viewing || !self.selection.is_empty();
            self.reveal.set(if is_busy { Reveal::Folded } else { Reveal::Open });
        }
    }

    /// Leaves only a button for the results of the run, if they are shown.
    pub fn fold_reveal(&mut self) {
        if *self.reveal == Reveal::Open {
            self.reveal.set(Reveal::Folded);
        }
    }

    /// Returns what the run changed, by the labels if there are any; `None` before it is known.
    pub fn changes(&self) -> Option<Changes> {
        let before = self.results.scored(Stage::Untrained)?;
        let now = self.results.scored(Stage::Trained)?;
        let has_labels = self.has_labels();
        let mut found: Vec<(f32, Improved)> = Vec::new();
        for entry in self.pictures.entries() {
            let rows = [before, now].map(|scored| self.shown_nearest(scored, entry.id));
            if !rows[1].is_empty() && (entry.label.is_some() || !has_labels) {
                found.push(if has_labels {
                    self.by_label(entry.id, rows)
                } else {
                    self.by_novelty(entry.id, rows)
                });
            }
        }
        let sentence = if has_labels {
            let count =
                |is_so: fn(f32) -> bool| words::count(found.iter().filter(|(gain, _)| is_so(*gain)).count());
            let (more, fewer) = (count(|gain| gain > 0.0), count(|gain| gain < 0.0));
            let all = words::counted(found.len(), "picture");
            format!("More of the nearest match for {more} of {all}, fewer for {fewer}.")
        } else {
            let (changed, of) = self.results.changed_neighbours()?;
            format!("Training changed {changed:.0} of each picture’s {of} nearest.")
        };
        let pictures = self.varied(sorted(&found, |a, b| b.0.total_cmp(&a.0)));
        let shown = match (pictures.is_empty(), has_labels) {
            (true, _) => "",
            (false, true) => " These gained most.",
            (false, false) => " These changed most.",
        };
        Some(Changes { pictures, sentence: sentence + shown })
    }

    fn shown_nearest(&self, scored: &IndexedEvaluation, id: PictureId) -> Vec<PictureId> {
        let near = scored.nearest(id).into_iter().map(|near| near.id);
        near.filter(|near| self.pictures.get(*near).is_some()).take(SHOWN).collect()
    }

    /// Returns the gain of neighbours with the picture's label.
    fn by_label(&self, picture: PictureId, rows: [Vec<PictureId>; 2]) -> (f32, Improved) {
        let label = self.pictures.label(picture);
        let rows = rows.map(|row| {
            row.into_iter().map(|near| (near, self.pictures.label(near) == label)).collect::<Vec<_>>()
        });
        let [before, now] = [0, 1].map(|row| rows[row].iter().filter(|near| near.1).count());
        let of = rows[1].len();
        let sentence = format!("{now} of its {of} nearest match now. Before training it was {before}.");
        (now as f32 - before as f32, Improved { picture, rows, sentence })
    }

    /// Returns how many neighbours are new, and how far the picture's twin has risen.
    fn by_novelty(&self, picture: PictureId, [before, now]: [Vec<PictureId>; 2]) -> (f32, Improved) {
        let only = |row: &[PictureId], other: &[PictureId]| {
            row.iter().map(|near| (*near, !other.contains(near))).collect::<Vec<_>>()
        };
        let rows = [only(&before, &now), only(&now, &before)];
        let new = rows[1].iter().filter(|near| near.1).count();
        let sentence = format!("{new} of its {} nearest are new.", now.len());
        let gain = new as f32 / SHOWN as f32 + self.run.picture_ranks.rise(picture);
        (gain, Improved { picture, rows, sentence })
    }

    /// Returns the first pictures that improved, of different labels or at least not near each other
    /// as long as there are enough.
    fn varied(&self, best: Vec<(f32, Improved)>) -> Vec<Improved> {
        let has_labels = self.has_labels();
        let is_alike = |one: &Improved, other: &Improved| {
            let label = self.pictures.label(one.picture).filter(|_| has_labels);
            label.is_some() && label == self.pictures.label(other.picture)
                || one.rows[1].iter().any(|near| near.0 == other.picture)
        };
        let (mut chosen, mut rest) = (Vec::<Improved>::new(), Vec::new());
        for (_, next) in best.into_iter().take_while(|(gain, _)| *gain > 0.0) {
            if chosen.len() < PICTURES && !chosen.iter().any(|known| is_alike(known, &next)) {
                chosen.push(next);
            } else if rest.len() < PICTURES {
                rest.push(next);
            }
        }
        chosen.into_iter().chain(rest).take(PICTURES).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{
        state::Tab,
        views::reveal::fixture::{BEFORE, NOW, evaluate, finished, state},
    };

    #[test]
    fn pictures_with_the_largest_gain_of_their_label_are_shown() {
        let mut state = state(true);
        finished(&mut state);
        assert_eq!(*state.reveal, Reveal::Open);
        let changes = state.changes().expect("both evaluations");
        assert_eq!(
            changes.sentence,
            "More of the nearest match for 5 of 6 pictures, fewer for 0. These gained most."
        );
        let gain = |improved: &Improved| {
            let own = |id: PictureId| (id / 3) == (improved.picture / 3);
            let count = |row: &[u32]| row.iter().filter(|id| own(**id)).count() as i32;
            let at = improved.picture as usize * 2;
            count(&NOW[at..at + 2]) - count(&BEFORE[at..at + 2])
        };
        let gains: Vec<_> = changes.pictures.iter().map(gain).collect();
        assert_eq!(gains, [2, 2, 2]);
        // Two labels first, then what is left.
        let labels: Vec<_> = changes.pictures.iter().map(|improved| improved.picture / 3).collect();
        assert_eq!(labels[..2], [0, 1]);
        assert_eq!(changes.pictures[0].sentence, "2 of its 2 nearest match now. Before training it was 0.");
    }

    #[test]
    fn pictures_without_labels_are_compared_by_new_neighbours_and_twins() {
        let mut state = state(false);
        finished(&mut state);
        let changes = state.changes().expect("both evaluations");
        assert_eq!(changes.sentence, "Training changed 2 of each picture’s 2 nearest. These changed most.");
        let new = |id: u32| {
            let rows = [BEFORE, NOW].map(|all| all[id as usize * 2..id as usize * 2 + 2].to_vec());
            rows[1].iter().filter(|near| !rows[0].contains(near)).count()
        };
        assert!(changes.pictures.iter().all(|improved| new(improved.picture) == 2));
        assert!(changes.pictures[0].rows.iter().flatten().all(|near| near.1));
        assert_eq!(new(5), 0);
        assert!(changes.pictures.iter().all(|improved| improved.picture != 5));
    }

    #[test]
    fn nothing_improves_when_nothing_changes() {
        let mut state = state(true);
        finished(&mut state);
        evaluate(&mut state, Stage::Trained, 2, BEFORE);
        let changes = state.changes().expect("both evaluations");
        assert!(
            changes.pictures.is_empty()
                && changes.sentence.starts_with("More of the nearest match for 0 of 6")
        );
    }

    #[test]
    fn results_yield_to_a_busy_user_and_to_the_next_run() {
        let mut busy = state(true);
        busy.choose_tab(Tab::Sort);
        finished(&mut busy);
        assert_eq!(*busy.reveal, Reveal::Folded);
        let mut state = state(true);
        finished(&mut state);
        state.choose_tab(Tab::Sort);
        assert_eq!(*state.reveal, Reveal::Folded);
        state.train();
        assert_eq!(*state.reveal, Reveal::Hidden);
    }
}
