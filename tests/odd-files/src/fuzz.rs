//! Fuzzing: readers of what comes from outside, fed with mutations of what is known.
//!
//! A reader may refuse anything, but in a sentence; what it takes must keep its promises;
//! and it never panics.

use std::time::Duration;

use anyhow::{Result, bail, ensure};
use likeness::image::Image;
use likeness::link;
use likeness::page::file_header;
use likeness::protocol::{self, Command, Event, Stage};
use likeness::settings::{Images, Settings};
use mutatis::check::{Check, CheckError, CheckFailure};
use mutatis::mutators;

use crate::Fate;

/// A reader, what it is fed with at first, and what must hold of any input.
pub struct Target {
    /// What it reads.
    pub name: &'static str,
    corpus: fn() -> Result<Vec<Vec<u8>>>,
    property: fn(&[u8]) -> Result<()>,
}

/// Everything that is fuzzed.
pub const TARGETS: [Target; 4] = [
    Target { name: "picture files", corpus: pictures, property: decodes_or_says_why },
    Target { name: "headers of picture files", corpus: pictures, property: has_dimensions_or_none },
    Target { name: "links", corpus: links, property: reads_within_limits },
    Target { name: "messages", corpus: messages, property: is_a_message_or_none },
];

/// How often each input is mutated before all begin anew: after more, little is left of it.
const DEPTH: usize = 12;

impl Target {
    /// Tries mutations of all inputs; the same seed tries the same ones in the same order.
    pub fn round(&self, seed: u64) -> Result<()> {
        let corpus = (self.corpus)()?;
        let property = |input: &Vec<u8>| (self.property)(input).map_err(|error| error.to_string());
        let mut check = Check::new();
        check.seed(seed).iters(DEPTH * corpus.len()).max_duration(Duration::MAX);
        match check.run_with(mutators::default::<Vec<u8>>(), corpus, property) {
            Ok(()) => Ok(()),
            Err(CheckError::Failed(CheckFailure { value, message, .. })) => {
                bail!("{}, seed {seed}: {message}, by these {} bytes: {value:?}", self.name, value.len())
            }
            Err(other) => bail!("{other}"),
        }
    }
}

/// The small ones of all files; large ones would take the time of many others.
fn pictures() -> Result<Vec<Vec<u8>>> {
    let files = crate::all()?.into_iter();
    let small = files.filter(|file| file.bytes.len() < 4096 && file.fate != Fate::Refused("empty"));
    Ok(small.map(|file| file.bytes).collect())
}

fn decodes_or_says_why(bytes: &[u8]) -> Result<()> {
    match Image::decode(bytes) {
        Ok(_) => Ok(()),
        Err(sentence) => is_sentence(&sentence),
    }
}

fn has_dimensions_or_none(bytes: &[u8]) -> Result<()> {
    file_header::dimensions(bytes);
    Ok(())
}

fn links() -> Result<Vec<Vec<u8>>> {
    let own = [Images::Shapes, Images::Fashion, Images::Own]
        .map(|images| link::write(&Settings::recommended(images)));
    let odd = ["", "#", "&&&", "=", "#images=shapes&images=own&run=1", "temperature=1e-45&batch=💥"];
    Ok(own.iter().map(String::as_str).chain(odd).map(|link| link.as_bytes().to_vec()).collect())
}

/// Whatever a link says, its settings lie within their limits and can be handed on.
fn reads_within_limits(bytes: &[u8]) -> Result<()> {
    let (settings, problems) = link::read(&String::from_utf8_lossy(bytes));
    ensure!(settings == settings.clamped(), "{settings:?} are beyond their limits.");
    problems.iter().try_for_each(|problem| is_sentence(problem))?;
    let (again, problems) = link::read(&link::write(&settings));
    ensure!(problems.is_empty() && again == settings, "{settings:?} came back as {again:?}: {problems:?}");
    Ok(())
}

/// Messages without the build that they begin with: mutated, it would shield the rest.
fn messages() -> Result<Vec<Vec<u8>>> {
    let commands = [
        Command::Configure(Settings::recommended(Images::Fashion)),
        Command::Remove(vec![1, 2, 3]),
        Command::Preview { pictures: vec![7], views: 4, draw: 0 },
        Command::Matrix { stage: Stage::Trained },
        Command::Decode { request: 1, bytes: b"BM".to_vec() },
    ];
    let events = [
        Event::Refused("No.".to_owned()),
        Event::Tuning { done: 1, total: 20 },
        Event::Decoded { request: 1, picture: Err("It is broken.".to_owned()) },
    ];
    let messages = commands.iter().map(protocol::encode).chain(events.iter().map(protocol::encode));
    Ok(messages.map(|message| message[protocol::encode(&()).len()..].to_vec()).collect())
}

/// A message of this build is read or refused, and what is read can be said again.
fn is_a_message_or_none(bytes: &[u8]) -> Result<()> {
    let message = [protocol::encode(&()).as_slice(), bytes].concat();
    if let Ok(command) = protocol::decode::<Command>(&message) {
        protocol::encode(&command);
    }
    if let Ok(event) = protocol::decode::<Event>(&message) {
        protocol::encode(&event);
    }
    Ok(())
}

fn is_sentence(text: &str) -> Result<()> {
    ensure!(text.ends_with('.') && text.chars().any(char::is_whitespace), "“{text}” is no sentence.");
    Ok(())
}
