//! The augmentations as the page presents them.

use crate::settings::{Augmentations, Images, Operation};

/// How the page presents one augmentation.
pub struct Presentation {
    /// Its name on the page.
    pub name: &'static str,
    /// What it teaches the encoder to overlook, in a sentence.
    pub lesson: &'static str,
    /// Its strength in words; `None` where strength has no meaning.
    pub strength: Option<fn(f32) -> String>,
    /// Where it lies among the settings.
    pub field: fn(&mut Augmentations) -> &mut Operation,
}

/// The augmentations in the order in which they are applied.
pub const OPERATIONS: [Presentation; 9] = [
    Presentation {
        name: "Crop",
        lesson: "A random part of the picture, enlarged: teaches that place, size and the rest of the scene do not matter.",
        strength: Some(|s| format!("keeps {:.0}–100 % of the area", (1.0 - s) * 100.0)),
        field: |a| &mut a.crop,
    },
    Presentation {
        name: "Mirror",
        lesson: "Left and right swapped: teaches that a thing and its mirror image are the same.",
        strength: None,
        field: |a| &mut a.flip,
    },
    Presentation {
        name: "Rotation",
        lesson: "Turned by a random angle: teaches that direction does not matter.",
        strength: Some(|s| format!("up to ±{:.0}°", s * 180.0)),
        field: |a| &mut a.rotation,
    },
    Presentation {
        name: "Brightness",
        lesson: "Made lighter or darker: teaches to overlook the light.",
        strength: Some(|s| format!("±{:.0} %", s * 80.0)),
        field: |a| &mut a.brightness,
    },
    Presentation {
        name: "Contrast",
        lesson: "Made flatter or harsher: teaches to overlook haze and exposure.",
        strength: Some(|s| format!("±{:.0} %", s * 80.0)),
        field: |a| &mut a.contrast,
    },
    Presentation {
        name: "Saturation",
        lesson: "Made paler or more colourful: teaches to overlook how vivid colours are.",
        strength: Some(|s| format!("±{:.0} %", s * 80.0)),
        field: |a| &mut a.saturation,
    },
    Presentation {
        name: "Hue",
        lesson: "All colours moved around the colour circle: teaches that which colour it is does not matter.",
        strength: Some(|s| format!("up to ±{:.0}°", s * 180.0)),
        field: |a| &mut a.hue,
    },
    Presentation {
        name: "Invert",
        lesson: "Turned into its negative: teaches that dark on light and light on dark are the same.",
        strength: Some(|s| format!("blended by {:.0} %", s * 100.0)),
        field: |a| &mut a.invert,
    },
    Presentation {
        name: "Greyscale",
        lesson: "Colours removed: teaches not to rely on colour at all.",
        strength: Some(|s| format!("blended by {:.0} %", s * 100.0)),
        field: |a| &mut a.grayscale,
    },
];

/// Augmentations to start from, by name.
pub const PRESETS: [(&str, Augmentations); 4] = [
    ("For photos", Augmentations::recommended(Images::Own)),
    ("For shapes", Augmentations::recommended(Images::Shapes)),
    ("For fashion", Augmentations::recommended(Images::Fashion)),
    ("None", Augmentations::NONE),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_presented_once_in_order() {
        let mut augmentations = Augmentations::NONE;
        for (i, operation) in augmentations.each_mut().into_iter().enumerate() {
            operation.strength = i as f32;
        }
        let order: Vec<_> = OPERATIONS.iter().map(|o| (o.field)(&mut augmentations).strength).collect();
        assert_eq!(order, (0..OPERATIONS.len()).map(|i| i as f32).collect::<Vec<_>>());
    }
}
