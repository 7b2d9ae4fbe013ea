//! Measurements requested on the command line.

use anyhow::{Result, bail};

/// Everything that can be measured, in order.
const ALL: [&str; 11] = [
    "sizes",
    "opening",
    "shapes",
    "fashion",
    "webgpu",
    "cores",
    "smoothness",
    "frames",
    "scale",
    "decode",
    HOUR,
];

/// Measured only on request, since it takes as long as its name says.
const HOUR: &str = "hour";

/// Default length of the hour, in minutes.
const MINUTES: u64 = 60;

/// Requested measurements.
#[derive(Debug, PartialEq, Eq)]
pub struct Asked {
    /// Names, each once.
    pub what: Vec<&'static str>,
    /// Length of the hour, in minutes.
    pub minutes: u64,
}

impl Asked {
    /// Parses `[WHAT…]`; a number after `hour` is its minutes.
    pub fn read(words: &[String]) -> Result<Self> {
        let mut minutes = MINUTES;
        let mut asked = Vec::new();
        for word in words {
            match (word.parse(), asked.last()) {
                (Ok(number), Some(&HOUR)) if number > 0 => minutes = number,
                _ if ALL.contains(&word.as_str()) => asked.push(word.as_str()),
                _ => bail!("“{word}” cannot be measured; these can: {} [MINUTES].", ALL.join(", ")),
            }
        }
        let is_asked = |what: &&str| if asked.is_empty() { *what != HOUR } else { asked.contains(what) };
        Ok(Self { what: ALL.into_iter().filter(is_asked).collect(), minutes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<Asked> {
        Asked::read(&words.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn everything_but_the_hour_is_measured_unless_told_otherwise() {
        let asked = read("").unwrap();
        assert_eq!(asked.what[..], ALL[..ALL.len() - 1]);
        assert_eq!(read("decode sizes").unwrap().what, ["sizes", "decode"]);
    }

    #[test]
    fn the_hour_can_be_shorter() {
        assert_eq!(read("hour").unwrap(), Asked { what: vec![HOUR], minutes: 60 });
        assert_eq!(read("hour 10 scale").unwrap(), Asked { what: vec!["scale", HOUR], minutes: 10 });
    }

    #[test]
    fn unknown_measurements_are_named() {
        for words in ["size", "10", "scale 10", "hour 0"] {
            assert!(read(words).is_err(), "{words}");
        }
    }
}
