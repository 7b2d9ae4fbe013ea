//! Everything a run depends on, in one plain struct, and its defaults.
//!
//! The page edits a [`Settings`], the link spells one out (see [`crate::link`]),
//! the engine trains by one. Every number but the seed has a [`Range`], which
//! [`Settings::clamped`] forces it into.

use serde::{Deserialize, Serialize};

/// Where the pictures come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Images {
    /// The built-in set of drawn figures.
    Shapes,
    /// The built-in set of clothes from Fashion-MNIST.
    Fashion,
    /// Pictures that the user brought; they never leave the browser, so a link cannot carry them.
    Own,
}

/// Which device the user asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BackendChoice {
    /// WebGPU on a real adapter, the CPU otherwise.
    Auto,
    /// WebGPU even on a software adapter.
    WebGpu,
    /// The CPU, in WebAssembly SIMD.
    Cpu,
}

/// The contrastive loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LossKind {
    /// InfoNCE over the batch, in the symmetric NT-Xent form of SimCLR.
    #[default]
    InfoNce,
    /// Noise-contrastive estimation in its binary form: one yes-or-no question for each
    /// pair of views, as in SigLIP.
    Nce,
    /// The margin between a positive and one mined negative, as in FaceNet.
    Triplet,
}

/// How InfoNCE and NCE compare two projections; triplets always take the cosine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Similarity {
    /// The cosine of the angle between them.
    #[default]
    Cosine,
    /// Their dot product: lengths count too.
    Dot,
}

/// Which negative a triplet takes for each anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mining {
    /// Any of the batch, drawn from the seed.
    Random,
    /// The most similar of those less similar than the positive.
    SemiHard,
    /// The most similar of the batch.
    Hard,
}

/// One augmentation: how strong, and how often a view receives it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// Whether it is applied at all.
    pub on: bool,
    /// 0 leaves the picture alone, 1 is the strongest; each operation documents its unit.
    pub strength: f32,
    /// The chance that a view receives it, 0 to 1.
    pub probability: f32,
}

impl Operation {
    /// An operation that is switched on.
    pub const fn new(strength: f32, probability: f32) -> Self {
        Self { on: true, strength, probability }
    }

    /// An operation that is switched off, keeping the strength it would have.
    pub const fn off(strength: f32, probability: f32) -> Self {
        Self { on: false, strength, probability }
    }

    /// The same operation, switched off.
    const fn switched_off(self) -> Self {
        Self { on: false, ..self }
    }
}

/// The random changes that make two views of one picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Augmentations {
    /// Random resized crop; strength `s` keeps between `1 − s` and 1 of the area.
    pub crop: Operation,
    /// Mirror left and right; the strength has no meaning.
    pub flip: Operation,
    /// Mirror top and bottom; the strength has no meaning.
    pub vertical_flip: Operation,
    /// Rotation by up to ± strength × 180°.
    pub rotation: Operation,
    /// Brightness factor in 1 ± 0.8 × strength.
    pub brightness: Operation,
    /// Contrast factor in 1 ± 0.8 × strength.
    pub contrast: Operation,
    /// Saturation factor in 1 ± 0.8 × strength.
    pub saturation: Operation,
    /// Rotation of the hue circle by up to ± strength × 180°.
    pub hue: Operation,
    /// Colours turned into their negative, blended by the strength.
    pub invert: Operation,
    /// Colours removed, blended by the strength.
    pub grayscale: Operation,
    /// Gaussian blur; standard deviation up to strength × 1/16 of the picture's side.
    pub blur: Operation,
    /// Gaussian noise; standard deviation up to strength × 0.25, where values are 0 … 1.
    pub noise: Operation,
    /// A grey square at a random place; its side is strength × the picture's.
    pub cutout: Operation,
}

impl Augmentations {
    /// For photographs: SimCLR's operations, gentled for small pictures.
    pub const PHOTOS: Self = Self {
        crop: Operation::new(0.6, 1.0),
        flip: Operation::new(1.0, 0.5),
        vertical_flip: Operation::off(1.0, 0.5),
        rotation: Operation::off(0.1, 0.5),
        brightness: Operation::new(0.5, 0.8),
        contrast: Operation::new(0.5, 0.8),
        saturation: Operation::new(0.5, 0.8),
        hue: Operation::new(0.2, 0.8),
        invert: Operation::off(1.0, 0.2),
        grayscale: Operation::new(1.0, 0.2),
        blur: Operation::off(0.5, 0.5),
        noise: Operation::off(0.4, 0.5),
        cutout: Operation::off(0.5, 0.5),
    };

    /// For [`Images::Shapes`]: place, size, turn and colour are noise, the outline is not.
    pub const SHAPES: Self = Self {
        rotation: Operation::new(1.0, 1.0),
        brightness: Operation::new(0.6, 0.8),
        contrast: Operation::new(0.8, 0.8),
        saturation: Operation::new(0.8, 0.8),
        hue: Operation::new(1.0, 1.0),
        invert: Operation::new(1.0, 0.5),
        grayscale: Operation::new(1.0, 0.3),
        ..Self::PHOTOS
    };

    /// For [`Images::Fashion`]: grey, centred and upright, so only crop, mirror and light.
    pub const FASHION: Self = Self {
        crop: Operation::new(0.3, 1.0),
        rotation: Operation::off(0.05, 0.5),
        brightness: Operation::new(0.8, 0.8),
        contrast: Operation::new(0.8, 0.8),
        saturation: Self::PHOTOS.saturation.switched_off(),
        hue: Self::PHOTOS.hue.switched_off(),
        grayscale: Self::PHOTOS.grayscale.switched_off(),
        ..Self::PHOTOS
    };

    /// For pictures that differ in colour: no change of it.
    pub const COLOUR_COUNTS: Self = Self {
        brightness: Self::PHOTOS.brightness.switched_off(),
        contrast: Self::PHOTOS.contrast.switched_off(),
        saturation: Self::PHOTOS.saturation.switched_off(),
        hue: Self::PHOTOS.hue.switched_off(),
        grayscale: Self::PHOTOS.grayscale.switched_off(),
        ..Self::PHOTOS
    };

    /// For pictures that differ in where they point: no flip and no rotation.
    pub const ORIENTATION_COUNTS: Self = Self { flip: Self::PHOTOS.flip.switched_off(), ..Self::PHOTOS };

    /// Those of SimCLR on ImageNet (Chen et al. 2020, appendix A: crops of 8 to 100 %, colour
    /// distortion of strength 1, blur by up to 2 of 224 pixels); the parts of its colour
    /// distortion are drawn each by itself here.
    pub const SIMCLR: Self = Self {
        crop: Operation::new(0.92, 1.0),
        brightness: Operation::new(1.0, 0.8),
        contrast: Operation::new(1.0, 0.8),
        saturation: Operation::new(1.0, 0.8),
        hue: Operation::new(0.4, 0.8),
        grayscale: Operation::new(1.0, 0.2),
        blur: Operation::new(0.14, 0.5),
        ..Self::PHOTOS
    };

    /// Nothing changes: both views are the picture itself.
    pub const NONE: Self = Self {
        crop: Self::PHOTOS.crop.switched_off(),
        flip: Self::PHOTOS.flip.switched_off(),
        ..Self::COLOUR_COUNTS
    };

    /// The augmentations recommended for a source of pictures.
    pub const fn recommended(images: Images) -> Self {
        match images {
            Images::Shapes => Self::SHAPES,
            Images::Fashion => Self::FASHION,
            Images::Own => Self::PHOTOS,
        }
    }
}

/// Everything a run depends on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Where the pictures come from.
    pub images: Images,
    /// The seed of weights, batches and augmentations.
    pub seed: u32,
    /// Training steps in a run.
    pub steps: u32,
    /// Pairs in a step; a set with fewer pictures uses as many as it has.
    pub batch: u32,
    /// The side of the encoder's square input, in pixels.
    pub side: u32,
    /// Channels of the encoder's first convolution; later ones are multiples of it.
    pub width: u32,
    /// Convolutions of the encoder; each after the first halves the picture.
    pub depth: u32,
    /// The contrastive loss.
    pub loss: LossKind,
    /// How InfoNCE and NCE compare two projections.
    pub similarity: Similarity,
    /// The temperature τ that divides every similarity; where it is learned, its first value.
    pub temperature: f32,
    /// Whether the temperature is trained along with the weights.
    pub learned_temperature: bool,
    /// By how much a triplet's negative has to be farther than its positive, in squared
    /// distance on the unit sphere.
    pub margin: f32,
    /// Which negative a triplet takes.
    pub mining: Mining,
    /// The peak learning rate, reached after warm-up, falling to 0 along a cosine.
    pub learning_rate: f32,
    /// The random changes that make views.
    pub augmentations: Augmentations,
    /// Which device the user asks for.
    pub backend: BackendChoice,
    /// Whether training starts as soon as the pictures are there.
    pub run: bool,
}

/// The numbers that a setting may take, ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range<T> {
    /// The least value.
    pub min: T,
    /// The greatest value.
    pub max: T,
}

impl<T: PartialOrd + Copy> Range<T> {
    /// Whether `value` lies within (never true of a NaN).
    pub fn contains(&self, value: T) -> bool {
        self.min <= value && value <= self.max
    }

    /// The value of the range that lies nearest; a NaN becomes the least.
    pub fn clamp(&self, value: T) -> T {
        if value > self.max {
            self.max
        } else if value >= self.min {
            value
        } else {
            self.min
        }
    }
}

/// Fewest pictures that training can work with: a batch of two pairs needs negatives to choose from.
pub const MIN_PICTURES: usize = 4;

impl Settings {
    /// Limits of [`Settings::steps`].
    pub const STEPS: Range<u32> = Range { min: 1, max: 100_000 };
    /// Limits of [`Settings::batch`].
    pub const BATCH: Range<u32> = Range { min: 2, max: 512 };
    /// Limits of [`Settings::side`].
    pub const SIDE: Range<u32> = Range { min: 16, max: 96 };
    /// Limits of [`Settings::width`].
    pub const WIDTH: Range<u32> = Range { min: 4, max: 64 };
    /// Limits of [`Settings::depth`]; the least side is one pixel after the greatest depth.
    pub const DEPTH: Range<u32> = Range { min: 2, max: 5 };
    /// Limits of [`Settings::temperature`].
    pub const TEMPERATURE: Range<f32> = Range { min: 0.01, max: 10.0 };
    /// Limits of [`Settings::margin`]; no two points of the unit sphere are farther apart than 4.
    pub const MARGIN: Range<f32> = Range { min: 0.01, max: 4.0 };
    /// Limits of [`Settings::learning_rate`].
    pub const LEARNING_RATE: Range<f32> = Range { min: 1e-5, max: 0.1 };
    /// Limits of [`Operation::strength`] and [`Operation::probability`].
    pub const UNIT: Range<f32> = Range { min: 0.0, max: 1.0 };

    /// The recommended settings for a source of pictures.
    pub const fn recommended(images: Images) -> Self {
        Self {
            images,
            seed: 1,
            steps: 1700,
            batch: 32,
            side: 32,
            width: 16,
            depth: 4,
            loss: LossKind::InfoNce,
            similarity: Similarity::Cosine,
            temperature: match images {
                Images::Shapes => 0.1,
                Images::Fashion | Images::Own => 0.2,
            },
            learned_temperature: false,
            margin: 0.5,
            mining: Mining::SemiHard,
            learning_rate: 0.004,
            augmentations: Augmentations::recommended(images),
            backend: BackendChoice::Auto,
            run: false,
        }
    }

    /// The temperature that goes with dot products, which grow with the projections' lengths.
    pub const DOT_TEMPERATURE: f32 = 1.0;

    /// Compares projections otherwise; a temperature that was left as it goes with the
    /// comparison before becomes what goes with this one.
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

    /// Bytes that the encoder's first block takes in a step of `pairs` pairs, the most of all
    /// blocks: what it convolves and what it makes of that, each with its gradient, in single
    /// precision.
    pub fn activation_bytes(&self, pairs: usize) -> u64 {
        let [pairs, side, width] = [pairs as u64, u64::from(self.side), u64::from(self.width)];
        4 * 2 * pairs * side * side * width * size_of::<f32>() as u64
    }

    /// What decides how many weights the network has and what it is shown: side, width and depth.
    /// Weights fit only a network of the same shape.
    pub fn network_shape(&self) -> [u32; 3] {
        [self.side, self.width, self.depth]
    }

    /// Whether these settings can only apply to a run that starts over.
    pub fn need_new_run_after(&self, other: &Self) -> bool {
        let start = |settings: &Self| (settings.images, settings.seed, settings.backend);
        self.network_shape() != other.network_shape() || start(self) != start(other)
    }

    /// The same settings with every number inside its limits.
    pub fn clamped(mut self) -> Self {
        self.steps = Self::STEPS.clamp(self.steps);
        self.batch = Self::BATCH.clamp(self.batch);
        self.side = Self::SIDE.clamp(self.side);
        self.width = Self::WIDTH.clamp(self.width);
        self.depth = Self::DEPTH.clamp(self.depth);
        self.temperature = Self::TEMPERATURE.clamp(self.temperature);
        self.margin = Self::MARGIN.clamp(self.margin);
        self.learning_rate = Self::LEARNING_RATE.clamp(self.learning_rate);
        for operation in self.augmentations.each_mut() {
            operation.strength = Self::UNIT.clamp(operation.strength);
            operation.probability = Self::UNIT.clamp(operation.probability);
        }
        self
    }
}

impl Augmentations {
    /// The operations in the order in which they are applied.
    pub fn each(mut self) -> [Operation; 13] {
        self.each_mut().map(|operation| *operation)
    }

    /// The same, to be changed.
    pub fn each_mut(&mut self) -> [&mut Operation; 13] {
        // Without `..`: an operation that is new cannot be forgotten here.
        let Self {
            crop,
            flip,
            vertical_flip,
            rotation,
            brightness,
            contrast,
            saturation,
            hue,
            invert,
            grayscale,
            blur,
            noise,
            cutout,
        } = self;
        [
            crop,
            flip,
            vertical_flip,
            rotation,
            brightness,
            contrast,
            saturation,
            hue,
            invert,
            grayscale,
            blur,
            noise,
            cutout,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_untouched_temperature_follows_the_comparison() {
        for images in [Images::Shapes, Images::Own] {
            let before = Settings::recommended(images);
            let mut settings = before;
            settings.compare_by(Similarity::Dot);
            assert_eq!(settings, Settings { similarity: Similarity::Dot, temperature: 1.0, ..before });
            settings.compare_by(Similarity::Dot);
            assert_eq!(settings.temperature, 1.0);
            settings.compare_by(Similarity::Cosine);
            assert_eq!(settings, before);
            // One that was set stays.
            settings.temperature = 0.35;
            settings.compare_by(Similarity::Dot);
            assert_eq!((settings.similarity, settings.temperature), (Similarity::Dot, 0.35));
        }
    }
}
