//! Passage of a whole set through a network, chunk by chunk.

use burn::tensor::Tensor;

use crate::{progress::Progress, protocol::Breakdown, readback::read};

/// Maximum number of pictures that pass through the encoder at once: few enough for a CPU to finish within
/// the time of a few steps. All chunks have the same size, with the last one filled up, because a device
/// keeps buffers for each shape it has seen.
const CHUNK: usize = 64;

/// Maximum number of activations of a chunk in one layer, which bounds time and memory. At the default width
/// and side, whole chunks stay below.
const CHUNK_NUMBERS: usize = 1 << 21;

/// Passage of a set through a network, in progress.
pub struct Embedder {
    forward: Box<dyn Fn(Tensor<4>) -> Tensor<2>>,
    pictures: Tensor<4>,
    chunk: usize,
    done: usize,
    values: Vec<f32>,
}

impl Embedder {
    /// Starts with pictures, `[pictures, 3, side, side]`; `forward` embeds some of them, with `activation`
    /// intermediate values per picture.
    pub fn new(
        pictures: Tensor<4>,
        activation: usize,
        forward: impl Fn(Tensor<4>) -> Tensor<2> + 'static,
    ) -> Self {
        let chunk = CHUNK.min(CHUNK_NUMBERS / activation);
        Self { forward: Box::new(forward), pictures, chunk, done: 0, values: Vec::new() }
    }

    /// Embeds one chunk.
    pub async fn advance(&mut self) -> Result<Progress, Breakdown> {
        let count = self.pictures.dims()[0];
        let here = self.chunk.min(count - self.done);
        let mut chunk = self.pictures.clone().narrow(0, self.done, here);
        if here < self.chunk && count > self.chunk {
            let filling = self.pictures.clone().narrow(0, 0, self.chunk - here);
            chunk = Tensor::cat(vec![chunk, filling], 0);
        }
        let embeddings = (self.forward)(chunk);
        let dimensions = embeddings.dims()[1];
        let numbers = read(embeddings).await?;
        self.values.extend_from_slice(&numbers[..here * dimensions]);
        self.done += here;
        Ok(Progress::more_if(self.done < count))
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
        let activation = encoder.activation(pictures.dims()[3]);
        let forward = encoder.clone();
        let mut embedder = Embedder::new(pictures.clone(), activation, move |chunk| forward.forward(chunk));
        let advance = |embedder: &mut Embedder| pollster::block_on(embedder.advance());
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
