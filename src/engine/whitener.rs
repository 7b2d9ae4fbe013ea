//! Fitting of the whitening of an encoder's map to a set, piece by piece.

use std::rc::Rc;

use burn::tensor::Tensor;

use super::embedder::Embedder;
use crate::{
    embedding::Embedding,
    encoder::Encoder,
    evaluate::whitening::{Fitting, Whitening},
    progress::Progress,
    protocol::Breakdown,
    replicas::Replicas,
    sampling::strided,
    train::select,
};

/// Maximum number of pictures that a whitening is fitted to.
const SAMPLE: usize = 2048;

/// A fit in progress.
pub struct Whitener {
    pictures: usize,
    mapping: Embedder,
    is_mapped: bool,
    /// `None` until all pictures are mapped, and if all maps are alike or hold NaN or infinity.
    fitting: Option<Fitting>,
}

impl Whitener {
    /// Starts with an evenly spaced sample of a set, `[pictures, 3, side, side]`; `mirrored` includes mirror
    /// images.
    pub fn new(encoder: &Encoder, set: &Tensor<4>, mirrored: bool) -> Self {
        let sample = strided(set.dims()[0], SAMPLE);
        let embedding = Embedding::mean_map(encoder.clone(), mirrored);
        let mapping = Embedder::new(select(set, &sample), Rc::new(embedding));
        Self { pictures: sample.len(), mapping, is_mapped: false, fitting: None }
    }

    /// Does one piece of the work.
    pub async fn advance(&mut self, replicas: &mut Replicas) -> Result<Progress, Breakdown> {
        if self.is_mapped {
            return Ok(self.fitting.as_mut().map_or(Progress::Idle, Fitting::advance));
        }
        if self.mapping.advance(replicas).await? == Progress::Idle {
            let maps = self.mapping.take();
            let features = maps.len() / self.pictures;
            let are_numbers = maps.iter().all(|value| value.is_finite());
            self.fitting = are_numbers.then(|| Fitting::new(maps, features)).flatten();
            self.is_mapped = true;
        }
        Ok(Progress::More)
    }

    /// Returns the whitening of the map; `None` if all maps are alike or hold NaN or infinity.
    pub fn finish(self) -> Option<Whitening> {
        self.fitting.map(Fitting::finish)
    }
}
