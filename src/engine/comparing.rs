//! Compares all pictures of the set with each other, a slice of work after the other, and
//! says what their embeddings are worth.

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

/// Neighbours that are reported of each picture.
pub const NEIGHBOURS: usize = 12;

/// A comparison on its way.
pub struct Comparing {
    stage: Stage,
    pictures: Vec<PictureId>,
    /// As they were made; empty of baselines, of which nobody wants them.
    embeddings: Vec<f32>,
    rows: UnitRows,
    /// What made the embeddings.
    source: Source,
    /// The effective rank where it is not that of the embeddings.
    rank: Option<f32>,
    work: Work,
}

enum Work {
    /// For everyone's nearest.
    Searching(Box<NeighbourSearch>),
    /// For how well they agree with the labels.
    Scoring(Rc<NearestNeighbours>, Scoring),
}

impl Comparing {
    /// Starts on embeddings of a whole set, one row a picture.
    pub fn new(stage: Stage, embeddings: Vec<f32>, pictures: Vec<PictureId>, source: Source) -> Self {
        let dimensions = embeddings.len() / pictures.len();
        let kept = if stage.is_baseline() { Vec::new() } else { embeddings.clone() };
        let rows = UnitRows::new(embeddings, dimensions);
        let work = Work::Searching(Box::new(NeighbourSearch::new(&rows, NEIGHBOURS)));
        Self { stage, pictures, embeddings: kept, rows, source, rank: None, work }
    }

    /// The same with an effective rank that is known, if it is.
    pub fn ranked(self, rank: Option<f32>) -> Self {
        Self { rank, ..self }
    }

    /// Works for about as long as given, on a set as it is labelled now.
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

    /// Takes up other labels: those that were scored by until now count no more.
    pub fn relabel(&mut self, labels: &[Option<LabelId>]) {
        if let Work::Scoring(nearest, scoring) = &mut self.work {
            *scoring = Scoring::new(&self.rows, nearest, labels);
        }
    }

    /// What the embeddings are worth, and the embeddings themselves, taken after a step.
    ///
    /// # Panics
    /// Before [`Comparing::advance`] has nothing left to do.
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
    fn labels_that_change_while_it_scores_by_others_count() {
        // Two tight groups; the labels that pictures come with lie across them.
        let mut set = PictureSet::new(16);
        let rgb = vec![0; 3 * SIDE * SIDE];
        set.add((0..24).map(|id| Picture { id, label: Some(id / 12), rgb: rgb.clone() }).collect());
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
        // All but one by their group.
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
