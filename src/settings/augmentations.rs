//! The random changes that make views, and presets of them.

use serde::{Deserialize, Serialize};

use super::Images;

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
    /// Brightness factor in 1 ± [`Self::MAX_JITTER`] × strength.
    pub brightness: Operation,
    /// Contrast factor in 1 ± [`Self::MAX_JITTER`] × strength.
    pub contrast: Operation,
    /// Saturation factor in 1 ± [`Self::MAX_JITTER`] × strength.
    pub saturation: Operation,
    /// Rotation of the hue circle by up to ± strength × 180°.
    pub hue: Operation,
    /// Colours turned into their negative, blended by the strength.
    pub invert: Operation,
    /// Colours removed, blended by the strength.
    pub grayscale: Operation,
    /// Gaussian blur; standard deviation up to strength × [`Self::MAX_BLUR`] of the picture's side.
    pub blur: Operation,
    /// Gaussian noise; standard deviation up to strength × [`Self::MAX_NOISE`], where values are 0 … 1.
    pub noise: Operation,
    /// A grey square at a random place; its side is strength × the picture's.
    pub cutout: Operation,
}

impl Augmentations {
    /// The most that brightness, contrast and saturation deviate from 1, at full strength.
    pub const MAX_JITTER: f32 = 0.8;

    /// The strongest blur's standard deviation, as a share of the picture's side.
    pub const MAX_BLUR: f32 = 1.0 / 16.0;

    /// The strongest noise's standard deviation, where values are 0 … 1.
    pub const MAX_NOISE: f32 = 0.25;

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

    /// Whether some views are mirrored left and right.
    pub fn mirrors(&self) -> bool {
        self.flip.on && self.flip.probability > 0.0
    }

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
