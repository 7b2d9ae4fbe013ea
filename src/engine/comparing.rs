//! Compares all pictures of the set with each other, a slice of work after the other, and
//! says what their embeddings are worth.

use std::rc::Rc;

use web_time::{Duration, Instant};

use super::{embedded::Embedded, pictures::PictureSet};
use crate::{
    encoder::Encoder,
    evaluate::{
        UnitRows,
        effective_rank::effective_rank,
        knn::Scoring,
        neighbours::{NearestNeighbours, NeighbourSearch},
    },
    progress::Progress,
    protocol::{Evaluation, Floats, Neighbours, PictureId, Stage},
};

/// Neighbours that are reported of each picture.
pub const NEIGHBOURS: usize = 12;

/// A comparison on its way.
pub struct Comparing {
    stage: Stage,
    pictures: Vec<PictureId>,
    /// As the encoder made them; empty of pixels, which the page has.
    embeddings: Vec<f32>,
    rows: UnitRows,
    /// What made the embeddings; `None` of pixels.
    encoder: Option<Encoder>,
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
    pub fn new(
        stage: Stage,
        embeddings: Vec<f32>,
        pictures: Vec<PictureId>,
        encoder: Option<Encoder>,
    ) -> Self {
        let dimensions = embeddings.len() / pictures.len();
        let kept = if stage == Stage::Pixels { Vec::new() } else { embeddings.clone() };
        let rows = UnitRows::new(embeddings, dimensions);
        let work = Work::Searching(Box::new(NeighbourSearch::new(&rows, NEIGHBOURS)));
        Self { stage, pictures, embeddings: kept, rows, encoder, work }
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

    /// What the embeddings are worth, and the embeddings themselves, taken after a step.
    ///
    /// # Panics
    /// Before [`Comparing::advance`] has nothing left to do.
    pub fn finish(self, step: u32) -> (Evaluation, Embedded) {
        let Self { stage, pictures, embeddings, rows, encoder, work } = self;
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
            effective_rank: (stage != Stage::Pixels).then(|| effective_rank(&rows)),
        };
        (evaluation, Embedded { step, rows: Rc::new(rows), nearest, encoder })
    }
}
