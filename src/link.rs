//! Links: every setting by its name, readable and editable in the address bar.
//!
//! `#images=shapes&seed=1&steps=200&hue=1@0.8&blur=off` — numbers are written plainly; an operation is
//! `strength@probability`, preceded by `off:` if it is switched off. A setting missing from a link keeps the
//! value recommended for its pictures.

use serde::{Deserialize, Serialize};

use crate::settings::{
    Images, Operation, Settings,
    field::{FIELDS, Form},
};

/// Longest entry that a problem repeats, in characters.
const LONGEST: usize = 80;

/// An entry of a link that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Problem {
    /// There is no setting of this key.
    Unknown(String),
    /// The value has another form than it should have.
    Malformed {
        /// The entry.
        entry: String,
        /// The form that the value should have.
        form: Form,
        /// The value that applies instead.
        applies: String,
    },
}

/// Returns the augmentations with their names in links.
pub fn operations(settings: &Settings) -> impl Iterator<Item = (&'static str, Operation)> + '_ {
    FIELDS.iter().filter_map(|field| Some((field.key, field.operation(settings)?)))
}

/// Reads settings that some build of this page wrote in full. Settings missing from the text did not exist in
/// that build and get values equivalent to its behaviour.
pub fn read_stored(text: &str) -> (Settings, Vec<Problem>) {
    let (settings, problems) = read(text);
    let knows_readout = text.split('&').any(|entry| entry.starts_with("readout="));
    (if knows_readout { settings } else { settings.with_first_network() }, problems)
}

/// Writes every setting, without the leading `#`.
pub fn write(settings: &Settings) -> String {
    let entries: Vec<_> =
        FIELDS.iter().map(|field| format!("{}={}", field.key, field.write(settings))).collect();
    entries.join("&")
}

/// Reads a link's hash, with or without its `#`.
///
/// Returns the settings and a problem for each entry that was not understood; the others apply.
pub fn read(hash: &str) -> (Settings, Vec<Problem>) {
    let entries: Vec<(&str, &str)> = hash
        .trim_start_matches('#')
        .split('&')
        .filter(|entry| !entry.is_empty())
        .map(|entry| entry.split_once('=').unwrap_or((entry, "")))
        .collect();
    // The pictures determine the recommended values, so they are read before the rest.
    let mut settings = Settings::recommended(Images::Shapes);
    for (key, value) in entries.iter().filter(|(key, _)| *key == "images") {
        read_entry(&mut settings, key, value).ok();
    }
    settings = Settings::recommended(settings.images);
    let read = |(key, value)| read_entry(&mut settings, key, value).err();
    let problems = entries.into_iter().filter_map(read).collect();
    (settings, problems)
}

fn read_entry(settings: &mut Settings, key: &str, value: &str) -> Result<(), Problem> {
    let field = FIELDS.iter().find(|field| field.key == key);
    let field = field.ok_or_else(|| Problem::Unknown(shortened(key)))?;
    field.read(settings, value).map_err(|form| Problem::Malformed {
        entry: shortened(&format!("{key}={value}")),
        form,
        applies: field.write(settings),
    })
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{
        Augmentations, BackendChoice, Features, FirstLayer, Framing, LossKind, Mining, Similarity,
    };

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
            framing: Framing::Whole,
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
            cores: 3,
            run: true,
        }
    }

    #[test]
    fn every_setting_survives_the_link() {
        let settings = unusual();
        let (read_back, problems) = read(&write(&settings));
        assert_eq!(problems, []);
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
        let entries = problems.iter().map(|problem| match problem {
            Problem::Unknown(entry) | Problem::Malformed { entry, .. } => entry.as_str(),
        });
        assert!(
            entries.eq(["colour", "steps=0", "batch=many", "temperature=NaN", "hue=2@0.5"]),
            "{problems:?}"
        );
    }

    #[test]
    fn numbers_beyond_their_limits_are_refused_with_the_limits() {
        let limits = |min: &str, max: &str| Form::Number(min.to_owned(), max.to_owned());
        let names = |names: &[&str]| Form::Name(names.iter().map(|name| (*name).to_owned()).collect());
        for (entry, form) in [
            ("temperature=0", limits("0.01", "10")),
            ("temperature=-1e-45", limits("0.01", "10")),
            ("temperature=inf", limits("0.01", "10")),
            ("side=0", limits("16", "96")),
            ("side=97", limits("16", "96")),
            ("width=-4", limits("4", "64")),
            ("batch=1", limits("2", "512")),
            ("batch=4294967296", limits("2", "512")),
            ("steps=1e3", limits("1", "100000")),
            ("seed=-1", limits("0", "4294967295")),
            ("learning_rate=1", limits("0.00001", "0.1")),
            ("margin=0", limits("0.01", "4")),
            ("crop=10@1", Form::Operation),
            ("crop=0.5@NaN", Form::Operation),
            ("blur=off:0.5", Form::Operation),
            ("loss=quartet", names(&["infonce", "dcl", "nce", "triplet"])),
            ("mining=soft", names(&["random", "semihard", "hard"])),
            ("similarity=euclid", names(&["cosine", "dot"])),
            ("learned_temperature=2", names(&["0", "1"])),
        ] {
            let (settings, problems) = read(entry);
            assert_eq!(settings, Settings::recommended(Images::Shapes), "{entry}");
            let [Problem::Malformed { form: found, .. }] = problems.as_slice() else {
                panic!("{entry}: {problems:?}")
            };
            assert_eq!(*found, form, "{entry}");
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
    }

    #[test]
    fn limits_themselves_are_within() {
        for field in FIELDS.iter().filter(|field| field.operation(&unusual()).is_none()) {
            let mut settings = unusual();
            let Err(Form::Number(min, max)) = field.read(&mut settings, "NaN") else { continue };
            for limit in [min, max] {
                assert_eq!(field.read(&mut settings, &limit), Ok(()), "{} {limit}", field.key);
                assert_eq!(field.write(&settings.clamped()), limit);
            }
        }
    }

    #[test]
    fn a_change_of_what_a_run_begins_with_needs_a_new_one() {
        let settings = Settings::recommended(Images::Shapes);
        let needs = |change: fn(&mut Settings)| {
            let mut changed = settings;
            change(&mut changed);
            changed.need_new_run_after(&settings)
        };
        assert!(needs(|settings| settings.seed = 2) && needs(|settings| settings.readout = 1));
        assert!(needs(|settings| settings.first_layer = FirstLayer::Random));
        assert!(!needs(|settings| settings.temperature = 0.5));
        assert!(!needs(|settings| settings.augmentations.hue.on = false));
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
