//! Embeds a whole set, chunk by chunk, and scores the result.

use burn::tensor::Tensor;

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

/// Pictures that pass through the encoder at a time. Every chunk has this size, the last
/// one filled up, because a device keeps buffers for each shape it has seen.
const CHUNK: usize = 128;

/// Neighbours that are reported of each picture.
pub const NEIGHBOURS: usize = 12;

/// Embeds pictures, `[pictures, 3, side, side]`; one row a picture.
pub async fn embed(encoder: &Encoder, pictures: &Tensor<4>) -> Result<Vec<f32>, String> {
    let count = pictures.dims()[0];
    let mut values = Vec::new();
    for start in (0..count).step_by(CHUNK) {
        let here = CHUNK.min(count - start);
        let mut chunk = pictures.clone().narrow(0, start, here);
        if here < CHUNK && count > CHUNK {
            let filling = pictures.clone().narrow(0, 0, CHUNK - here);
            chunk = Tensor::cat(vec![chunk, filling], 0);
        }
        let embeddings = encoder.forward(chunk);
        let dimensions = embeddings.dims()[1];
        let data = embeddings.into_data_async().await.map_err(|error| error.to_string())?;
        let numbers = data.try_to_vec::<f32>().map_err(|error| format!("{error:?}"))?;
        values.extend_from_slice(&numbers[..here * dimensions]);
    }
    Ok(values)
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
