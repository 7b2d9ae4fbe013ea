//! Fits the whitening of an encoder's map to a set, piece by piece.

use burn::tensor::Tensor;

use super::embedder::Embedder;
use crate::{
    embedding::mean_map,
    encoder::Encoder,
    evaluate::whitening::{Fitting, Whitening},
    progress::Progress,
    protocol::Breakdown,
    sampling::strided,
    train::select,
};

/// The most pictures that a whitening is fitted to.
const SAMPLE: usize = 2048;

/// A fit on its way.
pub struct Whitener {
    pictures: usize,
    mapping: Embedder,
    is_mapped: bool,
    /// `None` before all pictures are mapped, and where all maps are alike or hold what is no number.
    fitting: Option<Fitting>,
}

impl Whitener {
    /// Starts on a set, `[pictures, 3, side, side]`, of which a sample is taken at even distances; mirror
    /// images count too where `mirrored` says so.
    pub fn new(encoder: &Encoder, set: &Tensor<4>, mirrored: bool) -> Self {
        let sample = strided(set.dims()[0], SAMPLE);
        let mapper = encoder.clone();
        let activation = encoder.activation(set.dims()[3]);
        let forward = move |chunk| mean_map(&mapper, chunk, mirrored);
        let mapping = Embedder::new(select(set, &sample), activation, forward);
        Self { pictures: sample.len(), mapping, is_mapped: false, fitting: None }
    }

    /// Does a piece of the work.
    pub async fn advance(&mut self) -> Result<Progress, Breakdown> {
        if self.is_mapped {
            return Ok(self.fitting.as_mut().map_or(Progress::Idle, Fitting::advance));
        }
        if self.mapping.advance().await? == Progress::Idle {
            let maps = self.mapping.take();
            let features = maps.len() / self.pictures;
            let are_numbers = maps.iter().all(|value| value.is_finite());
            self.fitting = are_numbers.then(|| Fitting::new(maps, features)).flatten();
            self.is_mapped = true;
        }
        Ok(Progress::More)
    }

    /// What whitens the map; `None` where all maps are alike, or hold what is no number.
    pub fn finish(self) -> Option<Whitening> {
        self.fitting.map(Fitting::finish)
    }
}
