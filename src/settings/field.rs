//! The table of settings: keys, limits, labels, and which need a new run.

use serde::{Deserialize, Serialize};

use super::{
    BackendChoice, Features, FirstLayer, Framing, Images, LossKind, Mining, Operation, Range, Settings,
    Similarity,
};
use crate::decimal;

/// A setting.
pub struct Field {
    /// Key in links and files.
    pub key: &'static str,
    /// Whether a change needs a new run.
    pub restarts: bool,
    value: Value,
}

/// Access to the value of a setting.
enum Value {
    Number(Number),
    Name(Name),
    Operation(fn(&mut Settings) -> &mut Operation),
}

/// A numeric setting.
pub struct Number {
    /// Label on the page.
    pub label: &'static str,
    /// Limits.
    range: Range<f64>,
    /// Whether it is a whole number; otherwise it is a number in single precision.
    pub is_whole: bool,
    get: fn(&Settings) -> f64,
    set: fn(&mut Settings, f64),
}

impl Number {
    /// Returns the value, with the digits that a person would type.
    pub fn get(&self, settings: &Settings) -> f64 {
        self.typed((self.get)(settings))
    }

    /// Sets the value to the nearest one within the limits; NaN becomes the smallest.
    pub fn set(&self, settings: &mut Settings, value: f64) {
        (self.set)(settings, self.range.clamp(value));
    }

    /// Returns the limits, with the digits that a person would type.
    pub fn limits(&self) -> Range<f64> {
        Range { min: self.typed(self.range.min), max: self.typed(self.range.max) }
    }

    /// Returns the shortest decimal number that means the same in this setting's precision.
    fn typed(&self, value: f64) -> f64 {
        decimal::parse(&self.text(value)).unwrap_or(value)
    }

    fn text(&self, value: f64) -> String {
        if self.is_whole { value.to_string() } else { (value as f32).to_string() }
    }

    fn parse(&self, text: &str) -> Option<f64> {
        let value = if self.is_whole { text.parse::<u32>().ok()?.into() } else { decimal::parse(text)? };
        // In the precision of the setting: a limit of 0.1 is no less than 0.1 typed.
        let value = if self.is_whole { value } else { f64::from(value as f32) };
        self.range.contains(value).then_some(value)
    }
}

/// A setting with a few named values.
struct Name {
    names: &'static [&'static str],
    get: fn(&Settings) -> usize,
    set: fn(&mut Settings, usize),
}

/// The form that a value in a link should have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// A number between limits, in digits.
    Number(String, String),
    /// One of these names.
    Name(Vec<String>),
    /// A strength and a probability.
    Operation,
}

/// Serialised form of an augmentation that is switched off, whatever its numbers.
const OFF: &str = "off";

impl Field {
    /// Returns the numeric setting.
    ///
    /// # Panics
    /// If its value is no number.
    pub const fn number(&self) -> &Number {
        match &self.value {
            Value::Number(number) => number,
            _ => panic!("the setting is no number"),
        }
    }

    /// Returns the augmentation, if the setting is one.
    pub fn operation(&self, settings: &Settings) -> Option<Operation> {
        match self.value {
            Value::Operation(operation) => Some(*operation(&mut settings.clone())),
            _ => None,
        }
    }

    /// Returns the value as text. An augmentation is `strength@probability`, preceded by `off:` if it is
    /// switched off.
    pub fn write(&self, settings: &Settings) -> String {
        match &self.value {
            Value::Number(number) => number.text((number.get)(settings)),
            Value::Name(name) => name.names[(name.get)(settings)].to_owned(),
            Value::Operation(operation) => {
                let Operation { on, strength, probability } = *operation(&mut settings.clone());
                format!("{}{strength}@{probability}", if on { "" } else { "off:" })
            }
        }
    }

    /// Sets the value that a text gives.
    ///
    /// # Errors
    /// The form that the text should have.
    pub fn read(&self, settings: &mut Settings, text: &str) -> Result<(), Form> {
        match &self.value {
            Value::Number(number) => {
                let form = || Form::Number(number.text(number.range.min), number.text(number.range.max));
                (number.set)(settings, number.parse(text).ok_or_else(form)?);
            }
            Value::Name(name) => {
                let form = || Form::Name(name.names.iter().map(|name| (*name).to_owned()).collect());
                (name.set)(settings, name.names.iter().position(|name| *name == text).ok_or_else(form)?);
            }
            Value::Operation(operation) => {
                let operation = operation(settings);
                *operation = read_operation(*operation, text).ok_or(Form::Operation)?;
            }
        }
        Ok(())
    }

    /// Moves the value to its nearest limits.
    pub fn clamp(&self, settings: &mut Settings) {
        match &self.value {
            Value::Number(number) => number.set(settings, (number.get)(settings)),
            Value::Name(_) => {}
            Value::Operation(operation) => {
                let operation = operation(settings);
                operation.strength = Settings::UNIT.clamp(operation.strength);
                operation.probability = Settings::UNIT.clamp(operation.probability);
            }
        }
    }
}

fn read_operation(operation: Operation, text: &str) -> Option<Operation> {
    if text == OFF {
        return Some(Operation { on: false, ..operation });
    }
    let (on, numbers) = text.strip_prefix("off:").map_or((true, text), |rest| (false, rest));
    let (strength, probability) = numbers.split_once('@')?;
    let unit =
        |text| decimal::parse(text).map(|value| value as f32).filter(|value| Settings::UNIT.contains(*value));
    Some(Operation { on, strength: unit(strength)?, probability: unit(probability)? })
}

macro_rules! whole {
    ($name:ident, $field:ident, $label:literal, $range:expr, restarts: $restarts:literal) => {
        #[doc = concat!("[`Settings::", stringify!($field), "`].")]
        pub const $name: Field = Field {
            key: stringify!($field),
            restarts: $restarts,
            value: Value::Number(Number {
                label: $label,
                range: Range { min: $range.min as f64, max: $range.max as f64 },
                is_whole: true,
                get: |settings| settings.$field.into(),
                set: |settings, value| settings.$field = value as u32,
            }),
        };
    };
}

macro_rules! real {
    ($name:ident, $field:ident, $label:literal, $range:expr) => {
        #[doc = concat!("[`Settings::", stringify!($field), "`].")]
        pub const $name: Field = Field {
            key: stringify!($field),
            restarts: false,
            value: Value::Number(Number {
                label: $label,
                range: Range { min: $range.min as f64, max: $range.max as f64 },
                is_whole: false,
                get: |settings| settings.$field.into(),
                set: |settings, value| settings.$field = value as f32,
            }),
        };
    };
}

macro_rules! named {
    ($field:ident: $type:ty, restarts: $restarts:literal, $($name:literal => $value:expr),+) => {{
        const VALUES: &[$type] = &[$($value),+];
        Field {
            key: stringify!($field),
            restarts: $restarts,
            value: Value::Name(Name {
                names: &[$($name),+],
                get: |settings| {
                    let value = VALUES.iter().position(|value| *value == settings.$field);
                    value.expect("every value has a name")
                },
                set: |settings, place| settings.$field = VALUES[place],
            }),
        }
    }};
}

macro_rules! operation {
    ($field:ident) => {
        Field {
            key: stringify!($field),
            restarts: false,
            value: Value::Operation(|settings| &mut settings.augmentations.$field),
        }
    };
}

whole!(SEED, seed, "Seed", Settings::SEED, restarts: true);
whole!(STEPS, steps, "Steps", Settings::STEPS, restarts: false);
whole!(BATCH, batch, "Pairs in a step", Settings::BATCH, restarts: false);
whole!(SIDE, side, "Input size, pixels", Settings::SIDE, restarts: true);
whole!(WIDTH, width, "Channels", Settings::WIDTH, restarts: true);
whole!(DEPTH, depth, "Layers", Settings::DEPTH, restarts: true);
whole!(READOUT, readout, "Readout, places a side", Settings::READOUT, restarts: true);
whole!(OUTPUTS, outputs, "Outputs", Settings::OUTPUTS, restarts: true);
real!(TEMPERATURE, temperature, "Temperature", Settings::TEMPERATURE);
real!(MARGIN, margin, "Margin", Settings::MARGIN);
real!(LEARNING_RATE, learning_rate, "Learning rate", Settings::LEARNING_RATE);

/// All settings, in the order in which a link lists them.
pub const FIELDS: &[Field] = &[
    named!(images: Images, restarts: true,
        "shapes" => Images::Shapes, "fashion" => Images::Fashion, "own" => Images::Own),
    named!(framing: Framing, restarts: true, "centre" => Framing::Centre, "whole" => Framing::Whole),
    SEED,
    STEPS,
    BATCH,
    SIDE,
    WIDTH,
    DEPTH,
    named!(first_layer: FirstLayer, restarts: true,
        "random" => FirstLayer::Random, "whitened" => FirstLayer::Whitened),
    READOUT,
    OUTPUTS,
    named!(features: Features, restarts: false,
        "outputs" => Features::Outputs, "map" => Features::Map),
    named!(loss: LossKind, restarts: false,
        "infonce" => LossKind::InfoNce, "dcl" => LossKind::Dcl, "nce" => LossKind::Nce,
        "triplet" => LossKind::Triplet),
    named!(similarity: Similarity, restarts: false,
        "cosine" => Similarity::Cosine, "dot" => Similarity::Dot),
    TEMPERATURE,
    named!(learned_temperature: bool, restarts: false, "0" => false, "1" => true),
    MARGIN,
    named!(mining: Mining, restarts: false,
        "random" => Mining::Random, "semihard" => Mining::SemiHard, "hard" => Mining::Hard),
    LEARNING_RATE,
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
    named!(backend: BackendChoice, restarts: true,
        "auto" => BackendChoice::Auto, "webgpu" => BackendChoice::WebGpu, "cpu" => BackendChoice::Cpu),
    named!(cores: u32, restarts: false, "auto" => 0, "1" => 1, "2" => 2, "3" => 3, "4" => 4),
    named!(run: bool, restarts: false, "0" => false, "1" => true),
];
