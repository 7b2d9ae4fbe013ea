//! Settings of the random changes that make views, and presets of them.

use serde::{Deserialize, Serialize};

use super::Images;

/// Strength and probability of one augmentation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// Whether it is applied at all.
    pub on: bool,
    /// Strength: 0 leaves the picture unchanged, 1 is the maximum; each operation documents its unit.
    pub strength: f32,
    /// Probability that a view receives it, 0 to 1.
    pub probability: f32,
}

impl Operation {
    /// Returns an operation that is switched on.
    pub const fn new(strength: f32, probability: f32) -> Self {
        Self { on: true, strength, probability }
    }

    /// Returns an operation that is switched off, with the strength it would have.
    pub const fn off(strength: f32, probability: f32) -> Self {
        Self { on: false, strength, probability }
    }

    /// Returns the same operation, switched off.
    const fn switched_off(self) -> Self {
        Self { on: false, ..self }
    }
}

/// Random changes that make two views of one picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Augmentations {
    /// Random resized crop; strength `s` keeps between `1 − s` and 1 of the area.
    pub crop: Operation,
    /// Mirroring left to right; the strength has no effect.
    pub flip: Operation,
    /// Mirroring top to bottom; the strength has no effect.
    pub vertical_flip: Operation,
    /// Rotation by up to ± strength × 180°.
    pub rotation: Operation,
    /// Brightness factor in 1 ± [`Self::MAX_JITTER`] × strength.
    pub brightness: Operation,
    /// Contrast factor in 1 ± [`Self::MAX_JITTER`] × strength.
    pub contrast: Operation,
    /// Saturation factor in 1 ± [`Self::MAX_JITTER`] × strength.
    pub saturation: Operation,
    /// Rotation of the hue circle by up to ± strength × 180°.
    pub hue: Operation,
    /// Inversion of colours, blended by the strength.
    pub invert: Operation,
    /// Removal of colour, blended by the strength.
    pub grayscale: Operation,
    /// Gaussian blur; standard deviation up to strength × [`Self::MAX_BLUR`] of the picture's side.
    pub blur: Operation,
    /// Gaussian noise; standard deviation up to strength × [`Self::MAX_NOISE`], for values in 0 … 1.
    pub noise: Operation,
    /// Grey square at a random place; its side is strength × the picture's.
    pub cutout: Operation,
}

impl Augmentations {
    /// Largest deviation of brightness, contrast and saturation from 1, at full strength.
    pub const MAX_JITTER: f32 = 0.8;

    /// Standard deviation of the strongest blur, as a share of the picture's side.
    pub const MAX_BLUR: f32 = 1.0 / 16.0;

    /// Standard deviation of the strongest noise, for values in 0 … 1.
    pub const MAX_NOISE: f32 = 0.25;

    /// Preset for photographs: SimCLR's operations, weakened for small pictures.
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

    /// Preset for [`Images::Shapes`], where place, size, rotation and colour are irrelevant but the outline
    /// is not.
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

    /// Preset for [`Images::Fashion`]: grey, centred and upright, so only crop, mirroring and light.
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

    /// Preset for pictures that differ in colour, which stays unchanged.
    pub const COLOUR_COUNTS: Self = Self {
        brightness: Self::PHOTOS.brightness.switched_off(),
        contrast: Self::PHOTOS.contrast.switched_off(),
        saturation: Self::PHOTOS.saturation.switched_off(),
        hue: Self::PHOTOS.hue.switched_off(),
        grayscale: Self::PHOTOS.grayscale.switched_off(),
        ..Self::PHOTOS
    };

    /// Preset for pictures that differ in direction: no flip and no rotation.
    pub const ORIENTATION_COUNTS: Self = Self { flip: Self::PHOTOS.flip.switched_off(), ..Self::PHOTOS };

    /// Preset of SimCLR on ImageNet (Chen et al. 2020, appendix A: crops of 8 to 100 %, colour distortion of
    /// strength 1, blur by up to 2 of 224 pixels); the parts of its colour distortion are drawn independently
    /// here.
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

    /// No change: both views are the picture itself.
    pub const NONE: Self = Self {
        crop: Self::PHOTOS.crop.switched_off(),
        flip: Self::PHOTOS.flip.switched_off(),
        ..Self::COLOUR_COUNTS
    };

    /// Returns the augmentations recommended for a source of pictures.
    pub const fn recommended(images: Images) -> Self {
        match images {
            Images::Shapes => Self::SHAPES,
            Images::Fashion => Self::FASHION,
            Images::Own => Self::PHOTOS,
        }
    }

    /// Returns whether some views are mirrored left to right.
    pub fn mirrors(&self) -> bool {
        self.flip.on && self.flip.probability > 0.0
    }

    /// Returns the operations in the order in which they are applied.
    pub fn each(mut self) -> [Operation; 13] {
        self.each_mut().map(|operation| *operation)
    }

    /// Like [`Self::each`], mutably.
    pub fn each_mut(&mut self) -> [&mut Operation; 13] {
        // Without `..`, so that a new operation cannot be forgotten here.
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
