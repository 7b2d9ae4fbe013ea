//! A few pictures in a model file with their embeddings, by which any program can check that it embeds as this
//! one does.

use burn::tensor::Device;

use super::{Checkpoint, filled};
use crate::{
    embedding::Embedding,
    encoder::EncoderConfig,
    image::plane_value,
    protocol::ModelFailure,
    random::{Purpose, generator},
    samples::shape,
    settings::Features,
    train::upload,
};

/// Number of pictures: drawn ones, since a model has to leave the user's own behind.
pub const PICTURES: usize = 8;

/// Largest accepted difference of a number, relative to the largest.
const TOLERANCE: f32 = 1e-3;

/// Pictures and their embeddings.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The encoder's input times 255, `[8, 3, side, side]`.
    pub pictures: Vec<u8>,
    /// Embeddings, `[8, dimensions]`.
    pub embeddings: Vec<f32>,
}

impl Checkpoint {
    /// Returns a model with pictures to check it by.
    pub fn with_check(self) -> Self {
        let side = self.settings.side as usize;
        let pictures: Vec<u8> =
            (0..PICTURES).flat_map(|index| shape(index, 1).image.plane_bytes(side)).collect();
        let embeddings = self.embed(&pictures);
        Self { check: Some(Check { pictures, embeddings }), ..self }
    }

    /// Fails if a model embeds its own pictures otherwise than the program that wrote it. Models of earlier
    /// versions have none.
    pub fn verify(&self) -> Result<(), ModelFailure> {
        let Some(Check { pictures, embeddings }) = &self.check else { return Ok(()) };
        let largest = embeddings.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
        let found = self.embed(pictures);
        // NaN agrees with nothing.
        let agrees = |(a, b): (&f32, &f32)| (a - b).abs() <= TOLERANCE * largest;
        if found.iter().zip(embeddings).all(agrees) { Ok(()) } else { Err(ModelFailure::Check) }
    }

    /// Embeds pictures on the CPU.
    fn embed(&self, pictures: &[u8]) -> Vec<f32> {
        let (settings, device) = (&self.settings, Device::flex());
        let config = EncoderConfig::of(settings);
        let drawn = config.init(&mut generator(settings.seed, Purpose::Weights, 0), &device);
        let encoder = filled(drawn, "", &self.numbers).encoder;
        let mirrored = settings.augmentations.mirrors();
        let embedding = match settings.features {
            Features::Outputs => Embedding::outputs(encoder),
            Features::Map => Embedding::map(encoder, self.whitening.as_ref(), mirrored, &device),
        };
        let values = pictures.iter().copied().map(plane_value).collect();
        let rows = embedding.forward(upload(values, settings.side as usize, &device));
        rows.into_data().try_into_vec().expect("single precision")
    }
}
