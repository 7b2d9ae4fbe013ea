//! Presentation of the augmentations.

use crate::settings::{Augmentations, Images, Operation};

/// Presentation of one augmentation.
pub struct Presentation {
    /// Name on the page.
    pub name: &'static str,
    /// What it does, and what it teaches the network to ignore.
    pub lesson: &'static str,
    /// Formats its strength; `None` if strength has no meaning.
    pub strength: Option<fn(f32) -> String>,
    /// Returns its field in the settings.
    pub field: fn(&mut Augmentations) -> &mut Operation,
}

/// All augmentations in the order in which they are applied.
pub const OPERATIONS: [Presentation; 13] = [
    Presentation {
        name: "Crop",
        lesson: "Enlarges a random part of the picture. Teaches the network that place, size and surroundings don’t matter.",
        strength: Some(|s| format!("keeps {:.0}–100% of the area", (1.0 - s) * 100.0)),
        field: |a| &mut a.crop,
    },
    Presentation {
        name: "Horizontal flip",
        lesson: "Swaps left and right. Teaches the network that mirror images are the same.",
        strength: None,
        field: |a| &mut a.flip,
    },
    Presentation {
        name: "Vertical flip",
        lesson: "Swaps top and bottom. Teaches the network that it doesn’t matter which way is up.",
        strength: None,
        field: |a| &mut a.vertical_flip,
    },
    Presentation {
        name: "Rotation",
        lesson: "Turns the picture by a random angle. Teaches the network that direction doesn’t matter.",
        strength: Some(|s| format!("up to ±{:.0}°", s * 180.0)),
        field: |a| &mut a.rotation,
    },
    Presentation {
        name: "Brightness",
        lesson: "Makes the picture lighter or darker. Teaches the network to ignore the light.",
        strength: Some(|s| format!("±{:.0}%", s * 100.0 * Augmentations::MAX_JITTER)),
        field: |a| &mut a.brightness,
    },
    Presentation {
        name: "Contrast",
        lesson: "Makes the picture flatter or harsher. Teaches the network to ignore haze and exposure.",
        strength: Some(|s| format!("±{:.0}%", s * 100.0 * Augmentations::MAX_JITTER)),
        field: |a| &mut a.contrast,
    },
    Presentation {
        name: "Saturation",
        lesson: "Makes colours paler or stronger. Teaches the network to ignore how vivid they are.",
        strength: Some(|s| format!("±{:.0}%", s * 100.0 * Augmentations::MAX_JITTER)),
        field: |a| &mut a.saturation,
    },
    Presentation {
        name: "Hue",
        lesson: "Shifts every colour. Teaches the network that colour doesn’t matter.",
        strength: Some(|s| format!("up to ±{:.0}°", s * 180.0)),
        field: |a| &mut a.hue,
    },
    Presentation {
        name: "Invert",
        lesson: "Turns the picture into its negative. Teaches the network that dark on light and light on dark are the same.",
        strength: Some(blend),
        field: |a| &mut a.invert,
    },
    Presentation {
        name: "Greyscale",
        lesson: "Removes all colour. Teaches the network not to rely on it.",
        strength: Some(blend),
        field: |a| &mut a.grayscale,
    },
    Presentation {
        name: "Blur",
        lesson: "Softens the picture. Teaches the network to ignore focus and fine detail.",
        strength: Some(|s| format!("up to {:.1}% of the side", s * 100.0 * Augmentations::MAX_BLUR)),
        field: |a| &mut a.blur,
    },
    Presentation {
        name: "Noise",
        lesson: "Adds random grain. Teaches the network to ignore grain and single pixels.",
        strength: Some(|s| format!("up to ±{:.0}% brightness", s * 100.0 * Augmentations::MAX_NOISE)),
        field: |a| &mut a.noise,
    },
    Presentation {
        name: "Cutout",
        lesson: "Hides a random place behind a grey square. Teaches the network to recognise a thing by any part.",
        strength: Some(|s| format!("{:.0}% of the side", s * 100.0)),
        field: |a| &mut a.cutout,
    },
];

/// Formats the share of a full change.
fn blend(share: f32) -> String {
    if share < 1.0 { format!("{:.0}% blended in", share * 100.0) } else { "fully".to_owned() }
}

/// A preset: a name, and its augmentations for pictures from some source.
pub type Preset = (&'static str, fn(Images) -> Augmentations);

/// All presets.
pub const PRESETS: [Preset; 6] = [
    ("Recommended here", Augmentations::recommended),
    ("Photos", |_| Augmentations::PHOTOS),
    ("Colour matters", |_| Augmentations::COLOUR_COUNTS),
    ("Orientation matters", |_| Augmentations::ORIENTATION_COUNTS),
    ("SimCLR paper", |_| Augmentations::SIMCLR),
    ("None", |_| Augmentations::NONE),
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

    #[test]
    fn full_change_is_formatted_as_fully() {
        assert_eq!((blend(1.0), blend(0.25)), ("fully".to_owned(), "25% blended in".to_owned()));
    }

    #[test]
    fn presets_preserve_the_features_of_interest() {
        let of = |wanted: &str| {
            let found = PRESETS.iter().find(|(name, _)| *name == wanted);
            found.expect("a preset").1(Images::Shapes)
        };
        let on = |mut augmentations: Augmentations| -> Vec<&str> {
            let rows = OPERATIONS.iter().filter(|row| (row.field)(&mut augmentations).on);
            rows.map(|row| row.name).collect()
        };
        assert_eq!(on(of("None")), [""; 0]);
        assert_eq!(on(of("Colour matters")), ["Crop", "Horizontal flip"]);
        let upright = on(of("Orientation matters"));
        assert!(
            upright.contains(&"Hue")
                && !upright.iter().any(|name| name.contains("flip") || *name == "Rotation")
        );
        assert_eq!(of("Recommended here"), Augmentations::SHAPES);
        assert!(on(of("SimCLR paper")).contains(&"Blur"));
    }
}
