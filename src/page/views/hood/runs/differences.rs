//! Differences between two runs' settings, in words.

use std::fmt::Display;

use crate::{
    page::{rail::operations::OPERATIONS, words},
    settings::{Images, LossKind, Operation, Settings, Similarity},
};

/// Returns every difference that affects the results: "temperature 0.1 → 0.2".
pub fn differences(before: &Settings, after: &Settings) -> Vec<String> {
    let general = |(name, value): (&str, Value)| change(name, value(before), value(after));
    let mut found: Vec<String> = BEFORE_LOSS.into_iter().filter_map(general).collect();
    let own = own_settings(before, after);
    found.extend(change("loss", loss(before.loss), loss(after.loss)).map(|change| change + &own));
    found.extend(
        OF_LOSS.iter().filter_map(|OfLoss { name, value, .. }| change(name, value(before)?, value(after)?)),
    );
    found.extend(AFTER_LOSS.into_iter().filter_map(general));
    let (mut before, mut after) = (before.augmentations, after.augmentations);
    found.extend(OPERATIONS.iter().filter_map(|operation| {
        let say = |settings: Operation| operation_in_words(operation.strength.is_some(), settings);
        let [before, after] = [&mut before, &mut after].map(|settings| say(*(operation.field)(settings)));
        change(&operation.name.to_ascii_lowercase(), before, after)
    }));
    found
}

/// Describes a difference, if there is one.
fn change<T: PartialEq + Display>(name: &str, before: T, after: T) -> Option<String> {
    (before != after).then(|| format!("{name} {before} → {after}"))
}

/// Describes the settings of the loss of `after` that the loss of `before` does not have: " (margin
/// 0.5, hard negatives)".
fn own_settings(before: &Settings, after: &Settings) -> String {
    let own = OF_LOSS.iter().filter(|setting| (setting.value)(before).is_none());
    let own: Vec<_> = own.filter_map(|setting| Some((setting.alone)((setting.value)(after)?))).collect();
    if own.is_empty() { String::new() } else { format!(" ({})", own.join(", ")) }
}

/// Formats a setting.
type Value = fn(&Settings) -> String;

/// All settings but those of the loss, the optimizer and the augmentations.
const BEFORE_LOSS: [(&str, Value); 12] = [
    ("pictures", |s| images(s.images).to_owned()),
    ("framing", |s| words::framing(s.framing).to_owned()),
    ("seed", |s| s.seed.to_string()),
    ("steps", |s| words::count(s.steps as usize)),
    ("pairs", |s| s.batch.to_string()),
    ("input size", |s| format!("{} pixels", s.side)),
    ("channels", |s| s.width.to_string()),
    ("layers", |s| s.depth.to_string()),
    ("first layer", |s| words::first_layer(s.first_layer).to_owned()),
    ("readout", words::readout),
    ("outputs", |s| s.outputs.to_string()),
    ("embedding", |s| words::features(s.features).to_owned()),
];

/// Settings of the optimizer.
const AFTER_LOSS: [(&str, Value); 1] = [("learning rate", |s| s.learning_rate.to_string())];

/// A setting that not every loss has.
struct OfLoss {
    name: &'static str,
    /// Formats the setting, if the loss has it.
    value: fn(&Settings) -> Option<String>,
    /// Formats it without another value to compare with.
    alone: fn(String) -> String,
}

const OF_LOSS: [OfLoss; 4] = [
    OfLoss {
        name: "comparison",
        value: |s| (s.loss != LossKind::Triplet).then(|| comparison(s.similarity).to_owned()),
        alone: |value| value,
    },
    OfLoss {
        name: "temperature",
        value: |s| (s.loss != LossKind::Triplet).then(|| temperature(s)),
        alone: |value| format!("temperature {value}"),
    },
    OfLoss {
        name: "margin",
        value: |s| (s.loss == LossKind::Triplet).then(|| s.margin.to_string()),
        alone: |value| format!("margin {value}"),
    },
    OfLoss {
        name: "negatives",
        value: |s| (s.loss == LossKind::Triplet).then(|| words::mining(s.mining).to_owned()),
        alone: |value| format!("{value} negatives"),
    },
];

fn images(images: Images) -> &'static str {
    match images {
        Images::Shapes => "Shapes",
        Images::Fashion => "Fashion",
        Images::Own => "yours",
    }
}

fn loss(loss: LossKind) -> &'static str {
    match loss {
        LossKind::InfoNce => "InfoNCE",
        LossKind::Dcl => "DCL",
        LossKind::Nce => "NCE",
        LossKind::Triplet => "triplets",
    }
}

fn comparison(similarity: Similarity) -> &'static str {
    match similarity {
        Similarity::Cosine => "cosine",
        Similarity::Dot => "dot product",
    }
}

fn temperature(settings: &Settings) -> String {
    let learned = if settings.learned_temperature { ", learned" } else { "" };
    format!("{}{learned}", settings.temperature)
}

fn operation_in_words(has_strength: bool, operation: Operation) -> String {
    if !operation.on {
        return "off".to_owned();
    }
    let chance = format!("in {} of views", words::percent(operation.probability));
    if has_strength { format!("{} {chance}", words::percent(operation.strength)) } else { chance }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{BackendChoice, Mining};

    #[test]
    fn equal_settings_have_no_differences() {
        let settings = Settings::recommended(Images::Shapes);
        // Settings that start a run, and the requested backend, do not affect the result.
        let other = Settings { run: true, backend: BackendChoice::Cpu, cores: 2, ..settings };
        assert!(differences(&settings, &other).is_empty());
    }

    #[test]
    fn each_difference_is_described_from_before_to_after() {
        let before = Settings::recommended(Images::Shapes);
        let mut after = Settings { temperature: 0.2, steps: 2000, side: 48, ..before };
        after.augmentations.flip.on = false;
        after.augmentations.crop.strength = 0.3;
        assert_eq!(
            differences(&before, &after),
            [
                "steps 1,700 → 2,000",
                "input size 32 pixels → 48 pixels",
                "temperature 0.1 → 0.2",
                "crop 60% in 100% of views → 30% in 100% of views",
                "horizontal flip in 50% of views → off",
            ]
        );
    }

    #[test]
    fn settings_without_effect_are_ignored() {
        let before = Settings::recommended(Images::Shapes);
        let unused = Settings { margin: 1.5, mining: Mining::Hard, ..before };
        assert!(differences(&before, &unused).is_empty());
        let triplets = Settings { loss: LossKind::Triplet, temperature: 0.7, ..unused };
        assert_eq!(differences(&before, &triplets), ["loss DCL → triplets (margin 1.5, hard negatives)"]);
        assert_eq!(
            differences(
                &triplets,
                &Settings { similarity: Similarity::Dot, learned_temperature: true, ..before }
            ),
            ["loss triplets → DCL (dot product, temperature 0.1, learned)"]
        );
        // Both have a temperature, so nothing is new.
        assert_eq!(differences(&before, &Settings { loss: LossKind::Nce, ..before }), ["loss DCL → NCE"]);
        let learned = Settings { learned_temperature: true, ..before };
        assert_eq!(differences(&before, &learned), ["temperature 0.1 → 0.1, learned"]);
    }
}
