//! What embeds a picture: a network, and how its features are used.

use burn::tensor::{Device, Tensor, TensorData};

use crate::{encoder::Encoder, evaluate::whitening::Whitening};

/// Keeps the length of a row off 0.
const LEAST_LENGTH: f32 = 1e-12;

/// Embeds pictures: by the outputs of an encoder, or by its map, whitened and averaged over the
/// picture and its mirror image.
#[derive(Clone, Debug)]
pub struct Embedding {
    encoder: Encoder,
    map: Option<WhitenedMap>,
}

/// How an encoder's map embeds a picture.
#[derive(Clone, Debug)]
struct WhitenedMap {
    /// `[1, features]` and `[features, components]`; `None` where all pictures of the set are alike.
    whitening: Option<(Tensor<2>, Tensor<2>)>,
    /// Whether the mirror image counts too.
    mirrored: bool,
}

impl Embedding {
    /// By the outputs.
    pub fn outputs(encoder: Encoder) -> Self {
        Self { encoder, map: None }
    }

    /// By the map; without a whitening, as it is.
    pub fn map(encoder: Encoder, whitening: Option<&Whitening>, mirrored: bool, device: &Device) -> Self {
        let whitening = whitening.map(|whitening| {
            let (features, components) = (whitening.mean.len(), whitening.components());
            let tensor =
                |values: &Vec<f32>, shape: [usize; 2]| Tensor::from_data(TensorData::new(values.clone(), shape), device);
            (tensor(&whitening.mean, [1, features]), tensor(&whitening.matrix, [features, components]))
        });
        Self { encoder, map: Some(WhitenedMap { whitening, mirrored }) }
    }

    /// The encoder.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// Embeds pictures, each on its own.
    ///
    /// # Shapes
    /// - `pictures`: `[batch, 3, side, side]`, values in 0 … 1
    /// - result: `[batch, dimensions]`
    pub fn forward(&self, pictures: Tensor<4>) -> Tensor<2> {
        let Some(WhitenedMap { whitening, mirrored }) = &self.map else {
            return self.encoder.forward(pictures);
        };
        let whitened = |pictures: Tensor<4>| {
            let map = self.encoder.map(pictures);
            let rows = match whitening {
                Some((mean, matrix)) => crate::kernels::product::product(map - mean.clone(), matrix.clone()),
                None => map,
            };
            let lengths = rows.clone().square().sum_dim(1).clamp_min(LEAST_LENGTH).sqrt();
            rows / lengths
        };
        if *mirrored {
            (whitened(pictures.clone()) + whitened(pictures.flip([3]))).mul_scalar(0.5)
        } else {
            whitened(pictures)
        }
    }
}
