//! Compares all pictures of the set with each other, a slice of work after the other, and
//! says what their embeddings are worth.

use web_time::{Duration, Instant};

use super::pictures::PictureSet;
use crate::{
    encoder::Encoder,
    evaluate::{
        UnitRows,
        effective_rank::effective_rank,
        knn::{self, KnnScore},
        neighbours::NeighbourSearch,
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
    labels: Vec<Option<LabelId>>,
    /// As the encoder made them; empty of pixels, which the page has.
    embeddings: Vec<f32>,
    rows: UnitRows,
    /// What made the embeddings; `None` of pixels.
    encoder: Option<Encoder>,
    search: NeighbourSearch,
}

impl Comparing {
    /// Starts on embeddings of a whole set, one row a picture.
    pub fn new(stage: Stage, embeddings: Vec<f32>, set: &PictureSet, encoder: Option<Encoder>) -> Self {
        let dimensions = embeddings.len() / set.len();
        let kept = if stage == Stage::Pixels { Vec::new() } else { embeddings.clone() };
        let rows = UnitRows::new(embeddings, dimensions);
        let search = NeighbourSearch::new(&rows, NEIGHBOURS);
        Self { stage, pictures: set.ids(), labels: set.labels(), embeddings: kept, rows, encoder, search }
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

    /// What the embeddings are worth, the embeddings themselves, and what made them after
    /// which step.
    pub fn finish(self, step: u32) -> (Evaluation, UnitRows, Option<Encoder>) {
        let Self { stage, pictures, labels, embeddings, rows, encoder, search } = self;
        let nearest = search.finish();
        let score = knn::score(&rows, &nearest, &labels);
        let evaluation = Evaluation {
            stage,
            step,
            pictures,
            dimensions: rows.dimensions() as u32,
            embeddings: Floats(embeddings),
            neighbours: Neighbours {
                k: nearest.k as u32,
                indices: nearest.indices,
                similarities: Floats(nearest.similarities),
            },
            shared_labels: score.map(|KnnScore { shared_labels, .. }| shared_labels),
            knn: score.map(|KnnScore { accuracy, .. }| accuracy),
            effective_rank: (stage != Stage::Pixels).then(|| effective_rank(&rows)),
        };
        (evaluation, rows, encoder)
    }
}
