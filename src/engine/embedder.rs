//! Passage of a whole set through a network, chunk by chunk.

use std::rc::Rc;

use burn::tensor::Tensor;
use web_time::Instant;

use crate::{
    embedding::Embedding, progress::Progress, protocol::Breakdown, readback::read, replicas::Replicas,
};

/// Maximum number of pictures that pass through the encoder at once: few enough for a CPU to finish within
/// the time of a few steps. All chunks have the same size, with the last one filled up, because a device
/// keeps buffers for each shape it has seen.
const CHUNK: usize = 64;

/// Maximum number of activations of a chunk in one layer, which bounds time and memory. At the default width
/// and side, whole chunks stay below.
const CHUNK_NUMBERS: usize = 1 << 21;

/// Passage of a set through a network, in progress.
pub struct Embedder {
    embedding: Rc<Embedding>,
    pictures: Tensor<4>,
    chunk: usize,
    done: usize,
    values: Vec<f32>,
}

impl Embedder {
    /// Starts with pictures, `[pictures, 3, side, side]`.
    pub fn new(pictures: Tensor<4>, embedding: Rc<Embedding>) -> Self {
        let activation = embedding.encoder().activation(pictures.dims()[3]);
        let chunk = CHUNK.min(CHUNK_NUMBERS / activation);
        Self { embedding, pictures, chunk, done: 0, values: Vec::new() }
    }

    /// Embeds one chunk here, and one on each replica.
    pub async fn advance(&mut self, replicas: &mut Replicas) -> Result<Progress, Breakdown> {
        let count = self.pictures.dims()[0];
        let starts = (self.done..count).step_by(self.chunk).take(replicas.workers());
        let mut chunks: Vec<Tensor<4>> = starts.map(|start| self.chunk_from(start)).collect();
        let others = chunks.split_off(1);
        let expected = replicas.begin_embedding(&self.embedding, &others);
        let started = Instant::now();
        self.take_in(read(self.embedding.forward(chunks.remove(0))).await?);
        let own = started.elapsed();
        for (chunk, embedded) in others.into_iter().zip(expected) {
            let rows = match replicas.embedded(embedded, own).await {
                Some(rows) => rows,
                None => read(self.embedding.forward(chunk)).await?,
            };
            self.take_in(rows);
        }
        Ok(Progress::more_if(self.done < count))
    }

    /// Returns the chunk that begins with a picture, filled up from the start of the set.
    fn chunk_from(&self, start: usize) -> Tensor<4> {
        let count = self.pictures.dims()[0];
        let here = self.chunk.min(count - start);
        let chunk = self.pictures.clone().narrow(0, start, here);
        if here == self.chunk || count <= self.chunk {
            return chunk;
        }
        let filling = self.pictures.clone().narrow(0, 0, self.chunk - here);
        Tensor::cat(vec![chunk, filling], 0)
    }

    /// Appends the embeddings of the next chunk, without those that fill it up.
    fn take_in(&mut self, mut rows: Vec<f32>) {
        let count = self.pictures.dims()[0];
        let here = self.chunk.min(count - self.done);
        let of_chunk = if count <= self.chunk { here } else { self.chunk };
        rows.truncate(rows.len() / of_chunk * here);
        self.values.append(&mut rows);
        self.done += here;
    }

    /// Takes the embeddings so far, one row per picture.
    pub fn take(&mut self) -> Vec<f32> {
        std::mem::take(&mut self.values)
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::{
        encoder::{Encoder, EncoderConfig},
        random::{Purpose, generator},
        train::upload,
    };

    /// Returns the number of chunks and the embeddings.
    fn embedded(encoder: &Encoder, pictures: &Tensor<4>) -> (usize, Vec<f32>) {
        let mut embedder = Embedder::new(pictures.clone(), Rc::new(Embedding::outputs(encoder.clone())));
        let advance = |embedder: &mut Embedder| pollster::block_on(embedder.advance(&mut Replicas::none()));
        let mut pieces = 1;
        while advance(&mut embedder).expect("the CPU answers") == Progress::More {
            pieces += 1;
        }
        (pieces, embedder.take())
    }

    #[test]
    fn wide_encoders_take_smaller_chunks_and_embed_the_same() {
        let device = Device::flex();
        for (width, side, count, pieces) in [(4, 16, 150, 3), (32, 64, 50, 4), (64, 96, 7, 3)] {
            let network = EncoderConfig::new(width, 2).init(&mut generator(1, Purpose::Weights, 0), &device);
            let planes = (0..count * 3 * side * side).map(|at| (at as f32 * 0.37).sin().abs());
            let pictures = upload(planes.collect(), side, &device);
            let (taken, embeddings) = embedded(&network.encoder, &pictures);
            assert_eq!(taken, pieces, "width {width}");
            let at_once = network.encoder.forward(pictures).into_data().try_into_vec::<f32>();
            let at_once = at_once.expect("single precision");
            assert_eq!(embeddings.len(), at_once.len());
            let differs = embeddings.iter().zip(&at_once).any(|(a, b)| (a - b).abs() > 1e-4);
            assert!(!differs, "width {width}");
        }
    }
}
