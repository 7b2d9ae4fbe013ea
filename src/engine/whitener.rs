//! Fits the whitening of an encoder's map to a set, piece by piece.

use burn::tensor::Tensor;

use super::embedder::Embedder;
use crate::{
    encoder::Encoder,
    evaluate::whitening::{Fitting, Whitening},
    evenly::evenly,
    progress::Progress,
    train::select,
};

/// The most pictures that a whitening is fitted to.
const SAMPLE: usize = 2048;

/// A fit on its way.
pub struct Whitener {
    pictures: usize,
    work: Work,
}

enum Work {
    Mapping(Embedder),
    /// `None` where all maps are alike, or hold what is no number.
    Fitting(Option<Fitting>),
}

impl Whitener {
    /// Starts on a set, `[pictures, 3, side, side]`, of which a sample is taken at even distances.
    pub fn new(encoder: &Encoder, set: &Tensor<4>) -> Self {
        let sample = evenly(set.dims()[0], SAMPLE);
        let mapper = encoder.clone();
        let activation = encoder.activation(set.dims()[3]);
        let mapping = Embedder::new(select(set, &sample), activation, move |chunk| mapper.map(chunk));
        Self { pictures: sample.len(), work: Work::Mapping(mapping) }
    }

    /// Does a piece of the work.
    pub async fn advance(&mut self) -> Result<Progress, String> {
        match &mut self.work {
            Work::Mapping(mapping) => {
                if mapping.advance().await? == Progress::Idle {
                    let maps = mapping.take();
                    let features = maps.len() / self.pictures;
                    let are_numbers = maps.iter().all(|value| value.is_finite());
                    self.work = Work::Fitting(are_numbers.then(|| Fitting::new(maps, features)).flatten());
                }
                Ok(Progress::More)
            }
            Work::Fitting(fitting) => Ok(fitting.as_mut().map_or(Progress::Idle, Fitting::advance)),
        }
    }

    /// What whitens the map; `None` where all maps are alike, or hold what is no number.
    ///
    /// # Panics
    /// Before [`Whitener::advance`] has nothing left to do.
    pub fn finish(self) -> Option<Whitening> {
        let Work::Fitting(fitting) = self.work else { panic!("all pictures are mapped first") };
        fitting.map(Fitting::finish)
    }
}
