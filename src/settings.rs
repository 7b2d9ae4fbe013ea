//! All parameters of a run, in one plain struct, and their defaults.
//!
//! The page edits a [`Settings`], the link spells one out (see [`crate::link`]), the engine trains with one.
//! Every number but the seed has a [`Range`], to which [`Settings::clamped`] limits it.

mod augmentations;
mod effort;
pub mod field;
mod range;

pub use augmentations::{Augmentations, Operation};
pub use effort::Effort;
pub use range::Range;

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use field::FIELDS;

/// Source of the pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Images {
    /// Built-in set of drawn figures.
    Shapes,
    /// Built-in set of clothes from Fashion-MNIST.
    Fashion,
    /// Pictures provided by the user; they never leave the browser, so a link cannot carry them.
    Own,
}

/// Device requested by the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BackendChoice {
    /// WebGPU on a real adapter, the CPU otherwise.
    Auto,
    /// WebGPU, even on a software adapter.
    WebGpu,
    /// The CPU, in WebAssembly SIMD.
    Cpu,
}

/// Contrastive loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LossKind {
    /// InfoNCE over the batch, in the symmetric NT-Xent form of SimCLR.
    InfoNce,
    /// InfoNCE with the positive removed from the denominator.
    #[default]
    Dcl,
    /// Noise-contrastive estimation in its binary form: one yes-or-no question per pair of views, as in
    /// SigLIP.
    Nce,
    /// Margin between a positive and one mined negative, as in FaceNet.
    Triplet,
}

/// Part of a picture that is not square that the network sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Framing {
    /// The central square.
    Centre,
    /// The whole, with grey bars beside it.
    Whole,
}

/// Initialisation of the first convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FirstLayer {
    /// Random weights, as in all other layers.
    Random,
    /// Filters that whiten the set's own patches.
    Whitened,
}

/// Part of the network that embeds a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Features {
    /// Outputs of the encoder's linear layer.
    Outputs,
    /// Map before the linear layer, whitened over the set.
    Map,
}

/// Similarity of two projections, for all losses but the triplet loss, which always uses the cosine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Similarity {
    /// Cosine of the angle between them.
    #[default]
    Cosine,
    /// Dot product, which depends on their lengths too.
    Dot,
}

/// Choice of each anchor's negative in the triplet loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
pub enum Mining {
    /// Any negative of the batch, drawn from the seed.
    Random,
    /// The most similar of the negatives less similar than the positive.
    SemiHard,
    /// The most similar negative of the batch.
    Hard,
}

/// All parameters of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Source of the pictures.
    pub images: Images,
    /// Part of each picture that the network sees.
    pub framing: Framing,
    /// Seed of weights, batches and augmentations.
    pub seed: u32,
    /// Number of training steps.
    pub steps: u32,
    /// Number of pairs per step; limited by the number of pictures in the set.
    pub batch: u32,
    /// Side of the encoder's square input, in pixels.
    pub side: u32,
    /// Number of channels of the encoder's first convolution; later ones are multiples of it.
    pub width: u32,
    /// Number of convolutions of the encoder; each after the first halves the picture's side.
    pub depth: u32,
    /// Initialisation of the first convolution.
    pub first_layer: FirstLayer,
    /// Side length, in places, of the grid to which the last map is pooled before the linear layer; a smaller
    /// map is read whole. 1 is the mean over all places.
    pub readout: u32,
    /// Number of outputs of the linear layer.
    pub outputs: u32,
    /// Part of the network that embeds a picture.
    pub features: Features,
    /// Contrastive loss.
    pub loss: LossKind,
    /// Similarity of two projections in all losses but the triplet loss.
    pub similarity: Similarity,
    /// Temperature τ that divides every similarity; the initial value if it is learned.
    pub temperature: f32,
    /// Whether the temperature is trained along with the weights.
    pub learned_temperature: bool,
    /// Margin by which a triplet's negative has to be farther than its positive, in squared distance on the
    /// unit sphere.
    pub margin: f32,
    /// Choice of a triplet's negative.
    pub mining: Mining,
    /// Peak learning rate, reached after warm-up, then falling to 0 along a cosine.
    pub learning_rate: f32,
    /// Random changes that make views.
    pub augmentations: Augmentations,
    /// Device requested by the user.
    pub backend: BackendChoice,
    /// Number of workers that share the work on the CPU; 0 leaves it to the machine.
    pub cores: u32,
    /// Whether training starts as soon as the pictures are loaded.
    pub run: bool,
}

/// Smallest number of pictures for training: a batch of two pairs needs negatives to choose from.
pub const MIN_PICTURES: usize = 4;

impl Settings {
    /// Limits of [`Settings::seed`].
    pub const SEED: Range<u32> = Range { min: 0, max: u32::MAX };
    /// Limits of [`Settings::steps`].
    pub const STEPS: Range<u32> = Range { min: 1, max: 100_000 };
    /// Limits of [`Settings::batch`].
    pub const BATCH: Range<u32> = Range { min: 2, max: 512 };
    /// Limits of [`Settings::side`].
    pub const SIDE: Range<u32> = Range { min: 16, max: 96 };
    /// Limits of [`Settings::width`].
    pub const WIDTH: Range<u32> = Range { min: 4, max: 64 };
    /// Limits of [`Settings::depth`]; the smallest side is one pixel after the greatest depth.
    pub const DEPTH: Range<u32> = Range { min: 2, max: 5 };
    /// Limits of [`Settings::readout`].
    pub const READOUT: Range<u32> = Range { min: 1, max: 4 };
    /// Limits of [`Settings::outputs`].
    pub const OUTPUTS: Range<u32> = Range { min: 8, max: 512 };
    /// Limits of [`Settings::temperature`].
    pub const TEMPERATURE: Range<f32> = Range { min: 0.01, max: 10.0 };
    /// Limits of [`Settings::margin`]; no two points of the unit sphere are farther apart than 4.
    pub const MARGIN: Range<f32> = Range { min: 0.01, max: 4.0 };
    /// Limits of [`Settings::learning_rate`].
    pub const LEARNING_RATE: Range<f32> = Range { min: 1e-5, max: 0.1 };
    /// Limits of [`Operation::strength`] and [`Operation::probability`].
    pub const UNIT: Range<f32> = Range { min: 0.0, max: 1.0 };

    /// Returns the recommended settings for a source of pictures.
    pub const fn recommended(images: Images) -> Self {
        Self {
            images,
            framing: Framing::Centre,
            seed: 1,
            steps: 1700,
            batch: 32,
            side: 32,
            width: 16,
            depth: 4,
            first_layer: FirstLayer::Whitened,
            readout: 4,
            outputs: 128,
            features: Features::Map,
            loss: LossKind::Dcl,
            similarity: Similarity::Cosine,
            temperature: 0.1,
            learned_temperature: false,
            margin: 0.5,
            mining: Mining::SemiHard,
            learning_rate: 0.004,
            augmentations: Augmentations::recommended(images),
            backend: BackendChoice::Auto,
            cores: 0,
            run: false,
        }
    }

    /// Default temperature for dot products, which grow with the projections' lengths.
    pub const DOT_TEMPERATURE: f32 = 1.0;

    /// Changes the similarity. A temperature equal to the default of the previous similarity becomes the
    /// default of the new one.
    pub fn compare_by(&mut self, similarity: Similarity) {
        let usual = |similarity| match similarity {
            Similarity::Cosine => Self::recommended(self.images).temperature,
            Similarity::Dot => Self::DOT_TEMPERATURE,
        };
        if self.temperature == usual(self.similarity) {
            self.temperature = usual(similarity);
        }
        self.similarity = similarity;
    }

    /// Returns the number of bytes of the encoder's first block in a step of `pairs` pairs, the most of all
    /// blocks: the results of convolution and normalisation, each with its gradient, in single precision.
    pub fn activation_bytes(&self, pairs: usize) -> u64 {
        let [pairs, side, width] = [pairs as u64, u64::from(self.side), u64::from(self.width)];
        4 * 2 * pairs * side * side * width * size_of::<f32>() as u64
    }

    /// Returns the settings that determine the number of weights and the input. Weights fit only a network of
    /// the same shape.
    pub fn network_shape(&self) -> [u32; 5] {
        [self.side, self.width, self.depth, self.readout, self.outputs]
    }

    /// Returns these settings with the only network of the first builds: random weights, and a linear layer
    /// from the mean of the last map to as many outputs, which embed the pictures.
    pub fn with_first_network(self) -> Self {
        let outputs = self.width << self.depth.saturating_sub(1).min(2);
        let (first_layer, features) = (FirstLayer::Random, Features::Outputs);
        Self { first_layer, readout: 1, outputs, features, ..self }
    }

    /// Returns the side of the encoder's last map, in pixels.
    pub fn map_side(&self) -> u32 {
        (1..self.depth).fold(self.side, |side, _| side.div_ceil(2))
    }

    /// Returns the settings of `other`, with the pictures and their framing, the seed, the backend, the cores and `run` of
    /// these.
    pub fn with_run_of(&self, other: Self) -> Self {
        let Self { images, framing, seed, backend, cores, run, .. } = *self;
        Self { images, framing, seed, backend, cores, run, ..other }
    }

    /// Returns whether these settings can only apply to a new run.
    pub fn need_new_run_after(&self, other: &Self) -> bool {
        FIELDS.iter().any(|field| field.restarts && field.write(self) != field.write(other))
    }

    /// Returns these settings with every number clamped to its limits.
    pub fn clamped(mut self) -> Self {
        FIELDS.iter().for_each(|field| field.clamp(&mut self));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_temperature_follows_the_similarity() {
        for images in [Images::Shapes, Images::Own] {
            let before = Settings::recommended(images);
            let mut settings = before;
            settings.compare_by(Similarity::Dot);
            assert_eq!(settings, Settings { similarity: Similarity::Dot, temperature: 1.0, ..before });
            settings.compare_by(Similarity::Dot);
            assert_eq!(settings.temperature, 1.0);
            settings.compare_by(Similarity::Cosine);
            assert_eq!(settings, before);
            // A temperature set by hand stays.
            settings.temperature = 0.35;
            settings.compare_by(Similarity::Dot);
            assert_eq!((settings.similarity, settings.temperature), (Similarity::Dot, 0.35));
        }
    }
}
