//! Links: every setting by its name, readable and editable in the address bar.
//!
//! `#images=shapes&seed=1&steps=200&hue=1@0.8&blur=off` — numbers are written plainly; an operation is
//! `strength@probability`, preceded by `off:` if it is switched off. A setting missing from a link keeps the
//! value recommended for its pictures.

use std::fmt::Display;

use crate::{
    decimal,
    settings::{
        BackendChoice, Features, FirstLayer, Images, LossKind, Mining, Operation, Range, Settings, Similarity,
    },
};

/// An entry of the link.
struct Key {
    name: &'static str,
    write: fn(&Settings) -> String,
    read: fn(&mut Settings, &str) -> Result<(), String>,
    /// The augmentation it stands for, if any.
    operation: Option<fn(&Settings) -> Operation>,
}

/// Names of a setting's values in a link.
trait Named: Copy + PartialEq + 'static {
    const NAMES: &'static [(&'static str, Self)];

    fn name(self) -> &'static str {
        let named = Self::NAMES.iter().find(|(_, value)| *value == self);
        named.expect("every value has a name").0
    }

    fn parse(text: &str) -> Result<Self, String> {
        let named = Self::NAMES.iter().find(|(name, _)| *name == text);
        named.map(|(_, value)| *value).ok_or_else(|| {
            let names: Vec<_> = Self::NAMES.iter().map(|(name, _)| *name).collect();
            format!("it is one of {}", names.join(", "))
        })
    }
}

impl Named for Images {
    const NAMES: &'static [(&'static str, Self)] =
        &[("shapes", Self::Shapes), ("fashion", Self::Fashion), ("own", Self::Own)];
}

impl Named for BackendChoice {
    const NAMES: &'static [(&'static str, Self)] =
        &[("auto", Self::Auto), ("webgpu", Self::WebGpu), ("cpu", Self::Cpu)];
}

impl Named for LossKind {
    const NAMES: &'static [(&'static str, Self)] =
        &[("infonce", Self::InfoNce), ("dcl", Self::Dcl), ("nce", Self::Nce), ("triplet", Self::Triplet)];
}

impl Named for FirstLayer {
    const NAMES: &'static [(&'static str, Self)] = &[("random", Self::Random), ("whitened", Self::Whitened)];
}

impl Named for Features {
    const NAMES: &'static [(&'static str, Self)] = &[("outputs", Self::Outputs), ("map", Self::Map)];
}

impl Named for Similarity {
    const NAMES: &'static [(&'static str, Self)] = &[("cosine", Self::Cosine), ("dot", Self::Dot)];
}

impl Named for Mining {
    const NAMES: &'static [(&'static str, Self)] =
        &[("random", Self::Random), ("semihard", Self::SemiHard), ("hard", Self::Hard)];
}

impl Named for bool {
    const NAMES: &'static [(&'static str, Self)] = &[("0", false), ("1", true)];
}

/// A number in a link.
trait Number: PartialOrd + Copy + Display {
    fn parse(text: &str) -> Option<Self>;
}

impl Number for u32 {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Number for f32 {
    fn parse(text: &str) -> Option<Self> {
        decimal::parse(text).map(|number| number as Self)
    }
}

/// Parses a number within its range; the error names the range.
fn number<T: Number>(text: &str, range: Range<T>) -> Result<T, String> {
    match T::parse(text) {
        Some(value) if range.contains(value) => Ok(value),
        _ => Err(format!("it is a number from {} to {}", range.min, range.max)),
    }
}

fn write_operation(operation: Operation) -> String {
    let off = if operation.on { "" } else { "off:" };
    format!("{off}{}@{}", operation.strength, operation.probability)
}

fn read_operation(operation: &mut Operation, text: &str) -> Result<(), String> {
    let form = || "it is strength@probability, each from 0 to 1, or off".to_owned();
    if text == "off" {
        operation.on = false;
        return Ok(());
    }
    let (on, numbers) = match text.strip_prefix("off:") {
        Some(rest) => (false, rest),
        None => (true, text),
    };
    let (strength, probability) = numbers.split_once('@').ok_or_else(form)?;
    *operation = Operation {
        on,
        strength: number(strength, Settings::UNIT).map_err(|_| form())?,
        probability: number(probability, Settings::UNIT).map_err(|_| form())?,
    };
    Ok(())
}

/// Entry whose value is one of a few names.
macro_rules! named {
    ($field:ident: $type:ty) => {
        Key {
            name: stringify!($field),
            write: |settings| settings.$field.name().to_owned(),
            read: |settings, text| <$type>::parse(text).map(|value| settings.$field = value),
            operation: None,
        }
    };
}

/// Entry whose value is a number with limits.
macro_rules! limited {
    ($field:ident, $range:expr) => {
        Key {
            name: stringify!($field),
            write: |settings| settings.$field.to_string(),
            read: |settings, text| number(text, $range).map(|value| settings.$field = value),
            operation: None,
        }
    };
}

/// Entry for an augmentation.
macro_rules! operation {
    ($field:ident) => {
        Key {
            name: stringify!($field),
            write: |settings| write_operation(settings.augmentations.$field),
            read: |settings, text| read_operation(&mut settings.augmentations.$field, text),
            operation: Some(|settings| settings.augmentations.$field),
        }
    };
}

/// All entries, in the order in which a link lists them.
const KEYS: &[Key] = &[
    named!(images: Images),
    limited!(seed, Settings::SEED),
    limited!(steps, Settings::STEPS),
    limited!(batch, Settings::BATCH),
    limited!(side, Settings::SIDE),
    limited!(width, Settings::WIDTH),
    limited!(depth, Settings::DEPTH),
    named!(first_layer: FirstLayer),
    limited!(readout, Settings::READOUT),
    limited!(outputs, Settings::OUTPUTS),
    named!(features: Features),
    named!(loss: LossKind),
    named!(similarity: Similarity),
    limited!(temperature, Settings::TEMPERATURE),
    named!(learned_temperature: bool),
    limited!(margin, Settings::MARGIN),
    named!(mining: Mining),
    limited!(learning_rate, Settings::LEARNING_RATE),
    operation!(crop),
    operation!(flip),
    operation!(vertical_flip),
    operation!(rotation),
    operation!(brightness),
    operation!(contrast),
    operation!(saturation),
    operation!(hue),
    operation!(invert),
    operation!(grayscale),
    operation!(blur),
    operation!(noise),
    operation!(cutout),
    named!(backend: BackendChoice),
    named!(run: bool),
];

/// Returns the augmentations with their names in links.
pub fn operations(settings: &Settings) -> impl Iterator<Item = (&'static str, Operation)> + '_ {
    KEYS.iter().filter_map(|key| Some((key.name, (key.operation?)(settings))))
}

/// Reads settings that some build of this page wrote in full. Settings missing from the text did not exist in
/// that build and get values equivalent to its behaviour.
pub fn read_stored(text: &str) -> (Settings, Vec<String>) {
    let (settings, problems) = read(text);
    let knows_readout = text.split('&').any(|entry| entry.starts_with("readout="));
    (if knows_readout { settings } else { settings.with_first_network() }, problems)
}

/// Writes every setting, without the leading `#`.
pub fn write(settings: &Settings) -> String {
    let entries: Vec<_> = KEYS.iter().map(|key| format!("{}={}", key.name, (key.write)(settings))).collect();
    entries.join("&")
}

/// Reads a link's hash, with or without its `#`.
///
/// Returns the settings and one sentence for each entry that was not understood; the others apply.
pub fn read(hash: &str) -> (Settings, Vec<String>) {
    let entries: Vec<(&str, &str)> = hash
        .trim_start_matches('#')
        .split('&')
        .filter(|entry| !entry.is_empty())
        .map(|entry| entry.split_once('=').unwrap_or((entry, "")))
        .collect();
    // The pictures determine the recommended values, so they are read before the rest.
    let images = entries.iter().rev().find(|(name, _)| *name == "images");
    let images = images.and_then(|(_, value)| Images::parse(value).ok());
    let mut settings = Settings::recommended(images.unwrap_or(Images::Shapes));
    let mut problems = Vec::new();
    for (name, value) in entries {
        match KEYS.iter().find(|key| key.name == name) {
            None => {
                problems.push(format!("The link’s setting “{name}” does not exist here; it was left out."))
            }
            Some(key) => {
                if let Err(form) = (key.read)(&mut settings, value) {
                    problems.push(format!(
                        "The link’s setting “{name}={value}” cannot be used: {form}; {} applies.",
                        (key.write)(&settings)
                    ));
                }
            }
        }
    }
    (settings, problems)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Augmentations;

    /// Returns settings that all differ from the recommended ones.
    fn unusual() -> Settings {
        let mut augmentations = Augmentations::recommended(Images::Fashion);
        for (place, operation) in augmentations.each_mut().into_iter().enumerate() {
            let Operation { on, strength, .. } = *operation;
            *operation =
                Operation { on: !on, strength: 0.9 * strength + 0.01, probability: place as f32 / 13.0 };
        }
        // Without `..`, so that a new setting has to survive, too.
        Settings {
            images: Images::Fashion,
            seed: u32::MAX,
            steps: 7,
            batch: 9,
            side: 48,
            width: 12,
            depth: 3,
            first_layer: FirstLayer::Random,
            readout: 2,
            outputs: 64,
            features: Features::Outputs,
            loss: LossKind::Triplet,
            similarity: Similarity::Dot,
            temperature: 0.123_456_79,
            learned_temperature: true,
            margin: 0.07,
            mining: Mining::Hard,
            learning_rate: 1.0 / 300.0,
            augmentations,
            backend: BackendChoice::Cpu,
            run: true,
        }
    }

    #[test]
    fn every_setting_survives_the_link() {
        let settings = unusual();
        let (read_back, problems) = read(&write(&settings));
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(read_back, settings);
    }

    #[test]
    fn valid_entries_apply_and_others_are_named() {
        let (settings, problems) =
            read("#seed=9&colour=red&steps=0&batch=many&temperature=NaN&hue=2@0.5&side=24");
        assert_eq!((settings.seed, settings.side), (9, 24));
        let recommended = Settings::recommended(Images::Shapes);
        assert_eq!((settings.steps, settings.batch), (recommended.steps, recommended.batch));
        assert_eq!(settings.temperature, recommended.temperature);
        assert_eq!(settings.augmentations.hue, recommended.augmentations.hue);
        assert_eq!(problems.len(), 5, "{problems:?}");
        for (problem, name) in problems.iter().zip(["colour", "steps", "batch", "temperature", "hue"]) {
            assert!(problem.contains(name), "{problem}");
        }
    }

    #[test]
    fn numbers_beyond_their_limits_are_refused_with_the_limits() {
        for (entry, limits) in [
            ("temperature=0", "0.01 to 10"),
            ("temperature=-1e-45", "0.01 to 10"),
            ("temperature=inf", "0.01 to 10"),
            ("side=0", "16 to 96"),
            ("side=97", "16 to 96"),
            ("width=-4", "4 to 64"),
            ("batch=1", "2 to 512"),
            ("batch=4294967296", "2 to 512"),
            ("steps=1e3", "1 to 100000"),
            ("seed=-1", "0 to 4294967295"),
            ("learning_rate=1", "0.00001 to 0.1"),
            ("margin=0", "0.01 to 4"),
            ("crop=10@1", "from 0 to 1"),
            ("crop=0.5@NaN", "from 0 to 1"),
            ("blur=off:0.5", "strength@probability"),
        ] {
            let (settings, problems) = read(entry);
            assert_eq!(settings, Settings::recommended(Images::Shapes), "{entry}");
            assert!(problems.len() == 1 && problems[0].contains(limits), "{entry}: {problems:?}");
        }
    }

    #[test]
    fn losses_are_parsed_by_name() {
        for (name, loss) in [
            ("infonce", LossKind::InfoNce),
            ("dcl", LossKind::Dcl),
            ("nce", LossKind::Nce),
            ("triplet", LossKind::Triplet),
        ] {
            let (settings, problems) = read(&format!("loss={name}"));
            assert_eq!((settings.loss, problems.len()), (loss, 0));
        }
        let (settings, problems) =
            read("loss=quartet&mining=soft&margin=5&similarity=euclid&learned_temperature=2");
        assert_eq!(settings, Settings::recommended(Images::Shapes));
        assert!(problems[0].contains("“loss=quartet”") && problems[0].contains("infonce, dcl, nce, triplet"));
        for (problem, names) in problems[1..].iter().zip(["semihard", "0.01 to 4", "cosine, dot", "0, 1"]) {
            assert!(problem.contains(names), "{problem}");
        }
    }

    #[test]
    fn pictures_determine_the_defaults_at_any_position() {
        let (settings, _) = read("seed=3&images=fashion");
        assert_eq!(settings.augmentations, Augmentations::FASHION);
    }

    #[test]
    fn an_empty_link_is_shapes() {
        assert_eq!(read(""), (Settings::recommended(Images::Shapes), Vec::new()));
    }
}
