//! The embeddings of the set at one stage, and what made them.

use std::rc::Rc;

use burn::tensor::{Device, Tensor};

use crate::{
    encoder::Encoder,
    evaluate::{UnitRows, knn::Scoring, neighbours::NearestNeighbours},
    protocol::LabelId,
    readback::read,
    train::upload,
};

/// The set as it was embedded; further pictures can be embedded just so.
#[derive(Clone)]
pub struct Embedded {
    /// The step after which that was.
    pub step: u32,
    /// One row a picture.
    pub rows: Rc<UnitRows>,
    /// Each picture's nearest others.
    pub nearest: Rc<NearestNeighbours>,
    /// The encoder as it was then; `None` where the pixels themselves are the embedding.
    pub encoder: Option<Encoder>,
}

impl Embedded {
    /// Sets out to say how well neighbours agree with labels, one a picture.
    pub fn scoring(&self, labels: &[Option<LabelId>]) -> Scoring {
        Scoring::new(&self.rows, &self.nearest, labels)
    }

    /// Embeds pictures that need not be of the set, `3 × side²` values in 0 … 1 each, one after
    /// another; one row a picture.
    pub async fn embed(&self, planes: Vec<f32>, side: usize, device: &Device) -> Result<UnitRows, String> {
        match &self.encoder {
            Some(_) => self.embed_tensor(upload(planes, side, device)).await,
            // They are the embedding, and have no need of the device.
            None => Ok(UnitRows::new(planes, 3 * side * side)),
        }
    }

    /// The same for pictures that are on the device already, `[pictures, 3, side, side]`.
    pub async fn embed_tensor(&self, pictures: Tensor<4>) -> Result<UnitRows, String> {
        let embeddings = match &self.encoder {
            Some(encoder) => encoder.forward(pictures),
            None => pictures.flatten(1, 3),
        };
        let dimensions = embeddings.dims()[1];
        Ok(UnitRows::new(read(embeddings).await?, dimensions))
    }
}
