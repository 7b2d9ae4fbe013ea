//! Compares all pictures of the set with each other, a slice of work after the other, and
//! says what their embeddings are worth.

use std::rc::Rc;

use web_time::{Duration, Instant};

use super::embedded::Embedded;
use crate::{
    encoder::Encoder,
    evaluate::{UnitRows, effective_rank::effective_rank, neighbours::NeighbourSearch},
    progress::Progress,
    protocol::{Evaluation, Floats, LabelId, Neighbours, PictureId, Stage},
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
    search: NeighbourSearch,
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
        let search = NeighbourSearch::new(&rows, NEIGHBOURS);
        Self { stage, pictures, embeddings: kept, rows, encoder, search }
    }

    /// Works for about as long as given.
    pub fn advance(&mut self, time: Duration) -> Progress {
        let started = Instant::now();
        while self.search.advance() == Progress::More {
            if started.elapsed() >= time {
                return Progress::More;
            }
        }
        Progress::Idle
    }

    /// What the embeddings are worth by these labels, one a picture, and the embeddings
    /// themselves, taken after a step.
    pub fn finish(self, step: u32, labels: &[Option<LabelId>]) -> (Evaluation, Embedded) {
        let Self { stage, pictures, embeddings, rows, encoder, search } = self;
        let nearest = search.finish();
        let embedded = Embedded { step, rows: Rc::new(rows), nearest: Rc::new(nearest), encoder };
        let (score, nearest) = (embedded.score(labels), &embedded.nearest);
        let evaluation = Evaluation {
            stage,
            step,
            pictures,
            dimensions: embedded.rows.dimensions() as u32,
            embeddings: Floats(embeddings),
            neighbours: Neighbours {
                k: nearest.k as u32,
                indices: nearest.indices.clone(),
                similarities: Floats(nearest.similarities.clone()),
            },
            shared_labels: score.map(|score| score.shared_labels),
            knn: score.map(|score| score.accuracy),
            effective_rank: (stage != Stage::Pixels).then(|| effective_rank(&embedded.rows)),
        };
        (evaluation, embedded)
    }
}
