//! Embedding of pictures by a network.

use burn::tensor::{Device, Tensor, TensorData};

use crate::{
    encoder::Encoder, evaluate::whitening::Whitening, kernels::matmul::matmul, protocol::Floats,
    replicas::message::Reads,
};

/// Lower bound of a row's squared length.
pub const LEAST_LENGTH: f32 = 1e-12;

/// Embedding of pictures: the outputs of an encoder, or its map, whitened and averaged over the picture and
/// its mirror image.
#[derive(Clone, Debug)]
pub struct Embedding {
    encoder: Encoder,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Outputs,
    /// The map, averaged over a picture and its mirror image if mirrored.
    MeanMap {
        mirrored: bool,
    },
    /// The map whitened by mean and matrix, `[1, features]` and `[features, components]`, unless all pictures of
    /// the set are alike; averaged over a picture and its mirror image if mirrored.
    Whitened {
        whitening: Option<Box<[Tensor<2>; 2]>>,
        mirrored: bool,
    },
}

impl Embedding {
    /// Embeds pictures by the encoder's outputs.
    pub fn outputs(encoder: Encoder) -> Self {
        Self { encoder, kind: Kind::Outputs }
    }

    /// Embeds pictures by the map to which a whitening is fitted: the encoder's map, averaged over a picture and
    /// its mirror image if `mirrored`. The difference between those two says nothing about what a picture shows;
    /// as it is not part of the average, no component is spent on it.
    pub fn mean_map(encoder: Encoder, mirrored: bool) -> Self {
        Self { encoder, kind: Kind::MeanMap { mirrored } }
    }

    /// Embeds pictures by the encoder's map, whitened by mean and matrix, `[1, features]` and
    /// `[features, components]`.
    pub fn whitened(encoder: Encoder, whitening: Option<[Tensor<2>; 2]>, mirrored: bool) -> Self {
        Self { encoder, kind: Kind::Whitened { whitening: whitening.map(Box::new), mirrored } }
    }

    /// Embeds pictures by the encoder's map, unchanged if there is no whitening.
    pub fn map(encoder: Encoder, whitening: Option<&Whitening>, mirrored: bool, device: &Device) -> Self {
        let whitening = whitening.map(|whitening| {
            let (features, components) = (whitening.mean.len(), whitening.components());
            let tensor = |values: &Vec<f32>, shape: [usize; 2]| {
                Tensor::from_data(TensorData::new(values.clone(), shape), device)
            };
            [tensor(&whitening.mean, [1, features]), tensor(&whitening.matrix, [features, components])]
        });
        Self::whitened(encoder, whitening, mirrored)
    }

    /// Returns the encoder.
    pub fn encoder(&self) -> &Encoder {
        &self.encoder
    }

    /// Embeds pictures, each independently.
    ///
    /// # Shapes
    /// - `pictures`: `[batch, 3, side, side]`, values in 0 … 1
    /// - result: `[batch, dimensions]`
    pub fn forward(&self, pictures: Tensor<4>) -> Tensor<2> {
        match &self.kind {
            Kind::Outputs => self.encoder.forward(pictures),
            Kind::MeanMap { mirrored } => {
                averaged(pictures, *mirrored, |pictures| self.encoder.map(pictures))
            }
            Kind::Whitened { whitening, mirrored } => averaged(pictures, *mirrored, |pictures| {
                let map = self.encoder.map(pictures);
                let rows = match whitening {
                    Some(both) => {
                        let [mean, matrix] = &**both;
                        matmul(map - mean.clone(), matrix.clone())
                    }
                    None => map,
                };
                let lengths = rows.clone().square().sum_dim(1).clamp_min(LEAST_LENGTH).sqrt();
                rows / lengths
            }),
        }
    }

    /// Returns what the embedding takes from the encoder; `values` reads a tensor row by row.
    pub fn reads(&self, values: impl Fn(Tensor<2>) -> Vec<f32>) -> Reads {
        match &self.kind {
            Kind::Outputs => Reads::Outputs,
            Kind::MeanMap { mirrored } => Reads::MeanMap { mirrored: *mirrored },
            Kind::Whitened { whitening, mirrored } => {
                let whitening = whitening.clone().map(|both| (*both).map(|tensor| Floats(values(tensor))));
                Reads::Whitened { whitening, mirrored: *mirrored }
            }
        }
    }
}

/// Applies `rows` to pictures, averaged over their mirror images if `mirrored`.
fn averaged(pictures: Tensor<4>, mirrored: bool, rows: impl Fn(Tensor<4>) -> Tensor<2>) -> Tensor<2> {
    if mirrored {
        (rows(pictures.clone()) + rows(pictures.flip([3]))).mul_scalar(0.5)
    } else {
        rows(pictures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        encoder::EncoderConfig,
        evaluate::dot,
        random::{Purpose, generator},
        samples::shape,
        train::{calibrate, upload},
    };

    const SIDE: usize = 16;

    fn encoder(pictures: &Tensor<4>) -> Encoder {
        let config = EncoderConfig { readout: 2, outputs: 6, ..EncoderConfig::new(4, 4) };
        let network = config.init(&mut generator(1, Purpose::Weights, 0), &Device::flex());
        let mut encoder = network.encoder;
        calibrate(&mut encoder, pictures);
        encoder
    }

    fn pictures() -> Tensor<4> {
        let planes = (0..6).flat_map(|index| shape(index, 1).image.planes(SIDE)).collect();
        upload(planes, SIDE, &Device::flex())
    }

    fn values(tensor: Tensor<2>) -> Vec<f32> {
        tensor.into_data().try_into_vec().expect("single precision")
    }

    #[test]
    fn map_embedding_agrees_with_loops() {
        let pictures = pictures();
        let encoder = encoder(&pictures);
        let features = 2 * 2 * 16;
        let whitening = Whitening {
            mean: (0..features).map(|at| at as f32 * 0.01).collect(),
            matrix: (0..features * 3).map(|at| (at as f32 * 0.7).sin()).collect(),
            effective_rank: 3.0,
        };
        let embedding = Embedding::map(encoder.clone(), Some(&whitening), true, &Device::flex());
        let found = values(embedding.forward(pictures.clone()));
        let unit = |map: &[f32]| {
            let component = |at: usize| {
                (0..features)
                    .map(|i| (map[i] - whitening.mean[i]) * whitening.matrix[i * 3 + at])
                    .sum::<f32>()
            };
            let row: Vec<f32> = (0..3).map(component).collect();
            let length = dot(&row, &row).sqrt();
            row.into_iter().map(move |value| value / length).collect::<Vec<f32>>()
        };
        let (maps, mirrored) =
            (values(encoder.map(pictures.clone())), values(encoder.map(pictures.flip([3]))));
        for (picture, found) in found.chunks_exact(3).enumerate() {
            let [a, b] = [&maps, &mirrored].map(|maps| unit(&maps[picture * features..][..features]));
            for ((a, b), found) in a.iter().zip(&b).zip(found) {
                assert!((0.5 * (a + b) - found).abs() < 1e-5, "picture {picture}");
            }
        }
    }

    #[test]
    fn whitening_is_fitted_to_the_mean_map() {
        let pictures = pictures();
        let encoder = encoder(&pictures);
        let mirrored = upload(
            values(pictures.clone().flatten(1, 3))
                .chunks_exact(SIDE)
                .flat_map(|line| line.iter().rev().copied())
                .collect(),
            SIDE,
            &Device::flex(),
        );
        let (a, b) = (values(encoder.map(pictures.clone())), values(encoder.map(mirrored)));
        assert_ne!(a, b);
        let mean_map =
            |mirrored| values(Embedding::mean_map(encoder.clone(), mirrored).forward(pictures.clone()));
        assert_eq!(mean_map(false), a);
        for ((a, b), mean) in a.iter().zip(&b).zip(mean_map(true)) {
            assert!(((a + b) / 2.0 - mean).abs() < 1e-6, "{mean} of {a} and {b}");
        }
    }

    #[test]
    fn mirror_images_have_equal_embeddings() {
        let pictures = pictures();
        let embedding = Embedding::map(encoder(&pictures), None, true, &Device::flex());
        let (a, b) =
            (values(embedding.forward(pictures.clone())), values(embedding.forward(pictures.flip([3]))));
        assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-6));
    }
}
