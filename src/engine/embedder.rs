//! Embeds a whole set, chunk by chunk, and scores the result.

use burn::tensor::Tensor;

use super::readback::read;
use crate::{
    encoder::Encoder,
    evaluate::{
        UnitRows,
        effective_rank::effective_rank,
        knn::{self, KnnScore},
        neighbours::NearestNeighbours,
    },
    protocol::{Evaluation, Floats, LabelId, Neighbours, PictureId, Stage},
};

/// Pictures that pass through the encoder at a time: few enough that a CPU is done with
/// them within some steps' time. Every chunk has this size, the last one filled up, because
/// a device keeps buffers for each shape it has seen.
const CHUNK: usize = 64;

/// Neighbours that are reported of each picture.
pub const NEIGHBOURS: usize = 12;

/// A set on its way through an encoder.
pub struct Embedder {
    encoder: Encoder,
    pictures: Tensor<4>,
    done: usize,
    values: Vec<f32>,
}

impl Embedder {
    /// Starts on pictures, `[pictures, 3, side, side]`.
    pub fn new(encoder: Encoder, pictures: Tensor<4>) -> Self {
        Self { encoder, pictures, done: 0, values: Vec::new() }
    }

    /// Embeds one chunk; whether more are left.
    pub async fn advance(&mut self) -> Result<bool, String> {
        let count = self.pictures.dims()[0];
        let here = CHUNK.min(count - self.done);
        let mut chunk = self.pictures.clone().narrow(0, self.done, here);
        if here < CHUNK && count > CHUNK {
            let filling = self.pictures.clone().narrow(0, 0, CHUNK - here);
            chunk = Tensor::cat(vec![chunk, filling], 0);
        }
        let embeddings = self.encoder.forward(chunk);
        let dimensions = embeddings.dims()[1];
        let numbers = read(embeddings.flatten(0, 1)).await?;
        self.values.extend_from_slice(&numbers[..here * dimensions]);
        self.done += here;
        Ok(self.done < count)
    }

    /// The encoder, and the embeddings so far, one row a picture.
    pub fn finish(self) -> (Encoder, Vec<f32>) {
        (self.encoder, self.values)
    }
}

/// What embeddings of the set are worth.
pub fn evaluate(
    stage: Stage,
    step: u32,
    pictures: Vec<PictureId>,
    labels: &[Option<LabelId>],
    embeddings: Vec<f32>,
) -> (Evaluation, UnitRows) {
    let dimensions = embeddings.len() / pictures.len();
    let rows = UnitRows::new(embeddings.clone(), dimensions);
    let nearest = NearestNeighbours::find(&rows, NEIGHBOURS);
    let score = knn::score(&rows, &nearest, labels);
    let of_pixels = stage == Stage::Pixels;
    let evaluation = Evaluation {
        stage,
        step,
        pictures,
        dimensions: dimensions as u32,
        embeddings: Floats(if of_pixels { Vec::new() } else { embeddings }),
        neighbours: Neighbours {
            k: nearest.k as u32,
            indices: nearest.indices,
            similarities: Floats(nearest.similarities),
        },
        shared_labels: score.map(|KnnScore { shared_labels, .. }| shared_labels),
        knn: score.map(|KnnScore { accuracy, .. }| accuracy),
        effective_rank: (!of_pixels).then(|| effective_rank(&rows)),
    };
    (evaluation, rows)
}
