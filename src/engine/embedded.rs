//! The embeddings of the set at one stage, and what made them.

use std::rc::Rc;

use burn::tensor::Device;

use super::readback::read;
use crate::{encoder::Encoder, evaluate::UnitRows, train::upload};

/// The set as it was embedded; further pictures can be embedded just so.
#[derive(Clone)]
pub struct Embedded {
    /// The step after which that was.
    pub step: u32,
    /// One row a picture.
    pub rows: Rc<UnitRows>,
    /// The encoder as it was then; `None` where the pixels themselves are the embedding.
    pub encoder: Option<Encoder>,
}

impl Embedded {
    /// Embeds pictures that need not be of the set, each `3 × side²` values in 0 … 1;
    /// one row a picture.
    pub async fn embed(
        &self,
        planes: Vec<Vec<f32>>,
        side: usize,
        device: &Device,
    ) -> Result<UnitRows, String> {
        let Some(encoder) = &self.encoder else {
            return Ok(UnitRows::new(planes.concat(), 3 * side * side));
        };
        let embeddings = encoder.forward(upload(&planes, side, device));
        let dimensions = embeddings.dims()[1];
        Ok(UnitRows::new(read(embeddings.flatten(0, 1)).await?, dimensions))
    }
}
