//! Comparison of all pictures of the set with each other, in slices of work, and the evaluation of their
//! embeddings.

use std::rc::Rc;

use web_time::{Duration, Instant};

use super::{
    embedded::{Embedded, Source},
    pictures::PictureSet,
};
use crate::{
    evaluate::{
        UnitRows,
        effective_rank::effective_rank,
        knn::Scoring,
        neighbours::{NearestNeighbours, NeighbourSearch},
    },
    progress::Progress,
    protocol::{Evaluation, Floats, LabelId, Neighbours, PictureId, Stage},
};

/// Number of neighbours reported for each picture.
pub const NEIGHBOURS: usize = 12;

/// A comparison in progress.
pub struct Comparing {
    stage: Stage,
    pictures: Vec<PictureId>,
    /// Embeddings as computed; empty for baselines, where they are not needed.
    embeddings: Vec<f32>,
    rows: UnitRows,
    /// Source of the embeddings.
    source: Source,
    /// Effective rank, if it is not that of the embeddings.
    rank: Option<f32>,
    work: Work,
}

enum Work {
    /// Search for the nearest neighbours of every picture.
    Searching(Box<NeighbourSearch>),
    /// Measurement of their agreement with the labels.
    Scoring(Rc<NearestNeighbours>, Scoring),
}

impl Comparing {
    /// Starts with embeddings of a whole set, one row per picture.
    pub fn new(stage: Stage, embeddings: Vec<f32>, pictures: Vec<PictureId>, source: Source) -> Self {
        let dimensions = embeddings.len() / pictures.len();
        let kept = if stage.is_baseline() { Vec::new() } else { embeddings.clone() };
        let rows = UnitRows::new(embeddings, dimensions);
        let work = Work::Searching(Box::new(NeighbourSearch::new(&rows, NEIGHBOURS)));
        Self { stage, pictures, embeddings: kept, rows, source, rank: None, work }
    }

    /// Sets an effective rank that is already known, if any.
    pub fn ranked(self, rank: Option<f32>) -> Self {
        Self { rank, ..self }
    }

    /// Works for approximately the given time, with the set's current labels.
    pub fn advance(&mut self, time: Duration, set: &PictureSet) -> Progress {
        let started = Instant::now();
        while self.advance_a_bit(set) == Progress::More {
            if started.elapsed() >= time {
                return Progress::More;
            }
        }
        Progress::Idle
    }

    fn advance_a_bit(&mut self, set: &PictureSet) -> Progress {
        let search = match &mut self.work {
            Work::Searching(search) => search,
            Work::Scoring(_, scoring) => return scoring.advance(),
        };
        if search.advance() == Progress::Idle {
            let nearest = Rc::new(search.found().clone());
            let scoring = Scoring::new(&self.rows, &nearest, &set.labels_now());
            self.work = Work::Scoring(nearest, scoring);
        }
        Progress::More
    }

    /// Replaces the labels; scoring starts over.
    pub fn relabel(&mut self, labels: &[Option<LabelId>]) {
        if let Work::Scoring(nearest, scoring) = &mut self.work {
            *scoring = Scoring::new(&self.rows, nearest, labels);
        }
    }

    /// Returns the evaluation of the embeddings, taken after a step, and the embeddings themselves.
    ///
    /// # Panics
    /// If [`Comparing::advance`] still has work to do.
    pub fn finish(self, step: u32) -> (Evaluation, Embedded) {
        let Self { stage, pictures, embeddings, rows, source, rank, work } = self;
        let Work::Scoring(nearest, scoring) = work else { panic!("all rows are compared first") };
        let evaluation = Evaluation {
            stage,
            step,
            pictures,
            dimensions: rows.dimensions() as u32,
            embeddings: Floats(embeddings),
            neighbours: Neighbours {
                k: nearest.k as u32,
                indices: nearest.indices.clone(),
                similarities: Floats(nearest.similarities.clone()),
            },
            knn: scoring.finish(),
            effective_rank: (!stage.is_baseline()).then(|| rank.unwrap_or_else(|| effective_rank(&rows))),
        };
        (evaluation, Embedded { step, rows: Rc::new(rows), nearest, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{image::SIDE, protocol::Picture};

    #[test]
    fn labels_changed_during_scoring_take_effect() {
        // Two tight groups; the original labels lie across them.
        let mut set = PictureSet::new(16);
        let rgb = vec![0; 3 * SIDE * SIDE];
        set.add((0..24).map(|id| Picture::square(id, Some(id / 12), rgb.clone())).collect());
        let angles = (0..24).map(|i| (i % 2) as f32 * 1.5 + i as f32 * 1e-3);
        let embeddings = angles.flat_map(|angle| [angle.cos(), angle.sin()]).collect();
        let mut comparing = Comparing::new(
            Stage::Trained,
            embeddings,
            set.ids(),
            Source::baseline(Stage::Pixels, Vec::new()),
        );
        while matches!(comparing.work, Work::Searching(_)) {
            comparing.advance(Duration::ZERO, &set);
        }
        // Labels match the group, for all but one picture.
        set.label((0..23).map(|id| (id, 7 + id % 2)).collect());
        comparing.relabel(&set.labels_now());
        while comparing.advance(Duration::ZERO, &set) == Progress::More {}
        let (evaluation, embedded) = comparing.finish(1);
        let mut scoring = embedded.scoring(&set.labels_now());
        while scoring.advance() == Progress::More {}
        assert_eq!(evaluation.knn, scoring.finish());
        assert!(evaluation.knn.is_some_and(|score| score.accuracy > 0.9), "{:?}", evaluation.knn);
    }
}
