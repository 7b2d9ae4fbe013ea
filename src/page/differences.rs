//! What differs between two runs' settings, in words.

use super::{operations::OPERATIONS, words};
use crate::settings::{Images, LossKind, Operation, Settings, Similarity};

/// Every difference that matters to what was computed: "temperature 0.1 → 0.2".
pub fn differences(before: &Settings, after: &Settings) -> Vec<String> {
    let own = own_settings(before, after);
    let mut found: Vec<String> = Vec::new();
    let mut compare = |name: &str, before: Option<String>, after: Option<String>| {
        if let (Some(before), Some(after)) = (before, after)
            && before != after
        {
            found.push(format!("{name} {before} → {after}"));
        }
    };
    for (name, value) in VALUES {
        compare(name, value(before), value(after));
    }
    let (mut before, mut after) = (before.augmentations, after.augmentations);
    for operation in &OPERATIONS {
        let say = |settings: Operation| Some(operation_in_words(operation.strength.is_some(), settings));
        let [before, after] = [&mut before, &mut after].map(|settings| say(*(operation.field)(settings)));
        compare(&operation.name.to_ascii_lowercase(), before, after);
    }
    if let Some(change) = found.iter_mut().find(|change| change.starts_with("loss ")) {
        change.push_str(&own);
    }
    found
}

/// What the loss of `after` has to be set that of `before` has not: " (margin 0.5, hard
/// negatives)".
fn own_settings(before: &Settings, after: &Settings) -> String {
    let own = VALUES.iter().filter(|(_, value)| value(before).is_none());
    let own: Vec<_> = own.filter_map(|(name, value)| Some(owned(name, &value(after)?))).collect();
    if own.is_empty() { String::new() } else { format!(" ({})", own.join(", ")) }
}

/// A setting that only one of two losses has, in words.
fn owned(name: &str, value: &str) -> String {
    match name {
        "comparison" => value.to_owned(),
        "negatives" => format!("{value} negatives"),
        _ => format!("{name} {value}"),
    }
}

/// A setting in words; `None` where it has no effect.
type Value = fn(&Settings) -> Option<String>;

/// Every setting but the augmentations.
const VALUES: [(&str, Value); 17] = [
    ("pictures", |s| Some(images(s.images).to_owned())),
    ("seed", |s| Some(s.seed.to_string())),
    ("steps", |s| Some(words::count(s.steps as usize))),
    ("pairs", |s| Some(s.batch.to_string())),
    ("input size", |s| Some(format!("{} pixels", s.side))),
    ("channels", |s| Some(s.width.to_string())),
    ("layers", |s| Some(s.depth.to_string())),
    ("first layer", |s| Some(words::first_layer(s.first_layer).to_owned())),
    ("readout", |s| Some(words::readout(s))),
    ("outputs", |s| Some(s.outputs.to_string())),
    ("embedding", |s| Some(words::features(s.features).to_owned())),
    ("loss", |s| Some(loss(s.loss).to_owned())),
    ("comparison", |s| (s.loss != LossKind::Triplet).then(|| comparison(s.similarity).to_owned())),
    ("temperature", |s| (s.loss != LossKind::Triplet).then(|| temperature(s))),
    ("margin", |s| (s.loss == LossKind::Triplet).then(|| s.margin.to_string())),
    ("negatives", |s| (s.loss == LossKind::Triplet).then(|| words::mining(s.mining).to_owned())),
    ("learning rate", |s| Some(s.learning_rate.to_string())),
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
    fn equal_settings_differ_in_nothing() {
        let settings = Settings::recommended(Images::Shapes);
        // What starts a run, and what it was asked to compute on, are no part of the result.
        let other = Settings { run: true, backend: BackendChoice::Cpu, ..settings };
        assert!(differences(&settings, &other).is_empty());
    }

    #[test]
    fn each_difference_is_told_from_before_to_after() {
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
                "crop 60 % in 100 % of views → 30 % in 100 % of views",
                "horizontal flip in 50 % of views → off",
            ]
        );
    }

    #[test]
    fn settings_without_effect_do_not_count() {
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
        // Both have a temperature: nothing is new.
        assert_eq!(differences(&before, &Settings { loss: LossKind::Nce, ..before }), ["loss DCL → NCE"]);
        let learned = Settings { learned_temperature: true, ..before };
        assert_eq!(differences(&before, &learned), ["temperature 0.1 → 0.1, learned"]);
    }
}
