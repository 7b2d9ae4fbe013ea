//! Settings in words.

use super::{count, counted, duration};
use crate::settings::{
    Augmentations, Effort, Features, FirstLayer, Framing, LossKind, Mining, Operation, Settings, Similarity,
};
use strum::VariantArray;

/// Describes the augmentations that are switched on.
pub fn augmentations(augmentations: &Augmentations) -> String {
    let colour = [
        augmentations.brightness,
        augmentations.contrast,
        augmentations.saturation,
        augmentations.hue,
        augmentations.invert,
    ];
    let strongest = colour.into_iter().filter(|operation| operation.on).map(|operation| operation.strength);
    let colour = strongest.reduce(f32::max).map(|strength| match strength {
        ..0.3 => "colour gentle".to_owned(),
        0.3..0.7 => "colour medium".to_owned(),
        _ => "colour strong".to_owned(),
    });
    let on = |operation: Operation, words: String| operation.on.then_some(words);
    let parts = [
        on(augmentations.crop, format!("crop {:.0}–100%", (1.0 - augmentations.crop.strength) * 100.0)),
        on(augmentations.flip, "flip".to_owned()),
        on(augmentations.vertical_flip, "vertical flip".to_owned()),
        on(augmentations.rotation, format!("turn ±{:.0}°", augmentations.rotation.strength * 180.0)),
        colour,
        on(augmentations.grayscale, "grey".to_owned()),
        on(augmentations.blur, "blur".to_owned()),
        on(augmentations.noise, "noise".to_owned()),
        on(augmentations.cutout, "cutout".to_owned()),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "none: both views are the picture".to_owned() } else { parts.join(", ") }
}

/// Describes the loss and the numbers that it uses.
pub fn loss(settings: &Settings) -> String {
    let similarity = match settings.similarity {
        Similarity::Cosine => "",
        Similarity::Dot => ", dot product",
    };
    let learned = if settings.learned_temperature { " at first, learned" } else { "" };
    let temperature = format!("temperature {}{learned}{similarity}", settings.temperature);
    match settings.loss {
        LossKind::InfoNce => format!("InfoNCE, {temperature}"),
        LossKind::Dcl => format!("DCL, {temperature}"),
        LossKind::Nce => format!("NCE, {temperature}"),
        LossKind::Triplet => {
            format!("triplets, margin {}, {} negatives", settings.margin, mining(settings.mining))
        }
    }
}

/// Describes network and training in brief.
pub fn network(settings: &Settings, parameters: Option<u32>) -> String {
    let steps = counted(settings.steps as usize, "step");
    let weights = parameters.map_or(String::new(), |n| format!(", {} weights", count(n as usize)));
    format!("{steps}{weights}")
}

/// Describes loss and training.
pub fn training(settings: &Settings) -> String {
    format!(
        "{}; {} of {}",
        loss(settings),
        counted(settings.steps as usize, "step"),
        counted(settings.batch as usize, "pair")
    )
}

/// Names the part of a picture that the network sees.
pub fn framing(framing: Framing) -> &'static str {
    match framing {
        Framing::Centre => "central square",
        Framing::Whole => "whole picture",
    }
}

/// Names the start of the first convolution.
pub fn first_layer(first: FirstLayer) -> &'static str {
    match first {
        FirstLayer::Random => "random",
        FirstLayer::Whitened => "whitened",
    }
}

/// Describes the input of the linear layer.
pub fn readout(settings: &Settings) -> String {
    match settings.readout.min(settings.map_side()) {
        1 => "mean".to_owned(),
        places => format!("{places} × {places} places"),
    }
}

/// Names the features that embed a picture.
pub fn features(features: Features) -> &'static str {
    match features {
        Features::Outputs => "outputs",
        Features::Map => "whitened map",
    }
}

/// Describes the presets with the time that each would take if a step with these settings takes
/// `seconds`.
pub fn efforts(settings: &Settings, pictures: usize, seconds: f32) -> String {
    let preset = |effort: &Effort| {
        let chosen = effort.apply(*settings, pictures);
        let longer = chosen.multiplications() / settings.multiplications();
        format!("{} {}", effort.name(), duration(seconds * chosen.steps as f32 * longer as f32))
    };
    let presets: Vec<_> = Effort::VARIANTS.iter().map(preset).collect();
    format!("On this machine, about: {}.", presets.join(", "))
}

/// Names the choice of a triplet's negative.
pub fn mining(mining: Mining) -> &'static str {
    match mining {
        Mining::Random => "random",
        Mining::SemiHard => "semi-hard",
        Mining::Hard => "hard",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Images;

    #[test]
    fn loss_is_described_with_the_numbers_that_it_uses() {
        let mut settings = Settings::recommended(Images::Shapes);
        (settings.steps, settings.batch, settings.temperature) = (1200, 32, 0.1);
        assert_eq!(training(&settings), "DCL, temperature 0.1; 1,200 steps of 32 pairs");
        settings.learned_temperature = true;
        settings.similarity = Similarity::Dot;
        assert_eq!(loss(&settings), "DCL, temperature 0.1 at first, learned, dot product");
        settings.loss = LossKind::Triplet;
        assert_eq!(loss(&settings), "triplets, margin 0.5, semi-hard negatives");
    }

    #[test]
    fn presets_are_described_with_their_times() {
        let settings = Settings::recommended(Images::Own);
        let words = efforts(&settings, 100, 0.06);
        assert!(
            words.starts_with("On this machine, about: Quick 24 s, Balanced 1 min 42 s, Thorough "),
            "{words}"
        );
    }

    #[test]
    fn only_enabled_augmentations_are_named() {
        assert_eq!(augmentations(&Augmentations::NONE), "none: both views are the picture");
        let photos = augmentations(&Augmentations::PHOTOS);
        assert_eq!(photos, "crop 40–100%, flip, colour medium, grey");
    }
}
