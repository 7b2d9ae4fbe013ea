//! Fuzzing: readers of external input, tested with mutations of known inputs.
//!
//! A reader may refuse anything, but with a sentence; whatever it accepts has to keep its promises; and it
//! never panics.

#[cfg(feature = "checkpoints")]
mod checkpoints;
mod scripts;

use std::time::Duration;

use anyhow::{Result, bail, ensure};
use likeness::image::Image;
use likeness::link;
use likeness::page::address;
use likeness::page::experiment::{Experiment, picture_to_bytes, pictures_from_bytes};
use likeness::page::files::{exif, file_header};
use likeness::page::state::{Entry, Extent, Newcomer, Origin, State, Tab};
use likeness::page::words;
use likeness::protocol::{self, Command, Event, MatrixRequest, ModelFailure, Refusal, Stage, StepReport};
use likeness::settings::{Images, Settings};
use mutatis::check::{Check, CheckError, CheckFailure};
use mutatis::mutators;

use crate::Fate;

/// A reader, its initial inputs, and a property that must hold for any input.
pub struct Target {
    /// Name of what it reads.
    pub name: &'static str,
    corpus: fn() -> Result<Vec<Vec<u8>>>,
    property: fn(&[u8]) -> Result<()>,
}

/// All fuzzing targets.
pub const TARGETS: &[Target] = &[
    Target { name: "picture files", corpus: pictures, property: decodes_or_says_why },
    Target { name: "headers of picture files", corpus: pictures, property: has_dimensions_or_none },
    Target { name: "dates of pictures", corpus: pictures, property: has_a_date_or_none },
    Target { name: "tables of labels", corpus: tables, property: labels_or_says_why },
    Target { name: "links", corpus: links, property: reads_within_limits },
    Target { name: "addresses", corpus: addresses, property: shows_what_can_be_shown_again },
    Target { name: "messages", corpus: messages, property: is_a_message_or_none },
    Target { name: "experiments", corpus: experiments, property: goes_on_and_is_kept_again },
    Target { name: "kept pictures", corpus: kept_pictures, property: joins_a_set_or_says_why },
    Target { name: "zips", corpus: scripts::zips, property: scripts::reads_zip },
    Target { name: "files of experiments", corpus: scripts::containers, property: scripts::reads_container },
    Target { name: "their contents", corpus: scripts::contents, property: scripts::reads_contents },
    #[cfg(feature = "checkpoints")]
    Target { name: "models and snapshots", corpus: checkpoints::files, property: checkpoints::goes_on_from },
    #[cfg(feature = "checkpoints")]
    Target {
        name: "headers of models and snapshots",
        corpus: checkpoints::headers,
        property: checkpoints::goes_on_from_headers,
    },
];

/// Number of mutations of each input before all start anew: after more, little is left of it.
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

/// Returns the small ones of all files; large ones would take the time of many others.
fn pictures() -> Result<Vec<Vec<u8>>> {
    let files = crate::all()?.into_iter();
    let small = files.filter(|file| file.bytes.len() < 4096 && file.fate != Fate::Refused("empty"));
    Ok(small.map(|file| file.bytes).collect())
}

fn decodes_or_says_why(bytes: &[u8]) -> Result<()> {
    match Image::decode(bytes) {
        Ok(_) => Ok(()),
        Err(why) => is_sentence(&words::failure(&why)),
    }
}

fn has_dimensions_or_none(bytes: &[u8]) -> Result<()> {
    file_header::dimensions(bytes);
    Ok(())
}

fn has_a_date_or_none(bytes: &[u8]) -> Result<()> {
    let date = exif::date_taken(bytes);
    ensure!(
        date.as_ref().is_none_or(|date| date.len() == "2021-05-03T14:00:05".len()),
        "It was taken at {date:?}."
    );
    Ok(())
}

fn tables() -> Result<Vec<Vec<u8>>> {
    let tables = [
        "filename,label\nä.png,cat\nb/ä.png,\"a, \"\"b\"\"\"\n",
        "path\tclass\r\nb/ä.png\tdog\r\n",
        "ä.png;x\n",
        "name,label,e0,e1\nä.png,cat,0.5,1\n",
    ];
    Ok(tables.map(|table| table.as_bytes().to_vec()).into())
}

/// A table labels pictures or is refused, and leaves the set whole.
fn labels_or_says_why(bytes: &[u8]) -> Result<()> {
    let mut state = State::new(Settings::recommended(Images::Own));
    state.add(vec![newcomer(), newcomer()]);
    state.label_by_table("labels.csv", bytes);
    ensure!(state.pictures.len() == 2, "There are {} pictures.", state.pictures.len());
    state.notices.iter().try_for_each(|notice| is_sentence(&notice.text))?;
    let refused = state.intake.refused.iter().map(|refusal| words::failure(&refusal.why));
    refused.into_iter().try_for_each(|sentence| is_sentence(&sentence))
}

fn links() -> Result<Vec<Vec<u8>>> {
    let own = [Images::Shapes, Images::Fashion, Images::Own]
        .map(|images| link::write(&Settings::recommended(images)));
    let odd = ["", "#", "&&&", "=", "#images=shapes&images=own&run=1", "temperature=1e-45&batch=💥"];
    Ok(own.iter().map(String::as_str).chain(odd).map(|link| link.as_bytes().to_vec()).collect())
}

/// Whatever a link contains, its settings lie within their limits and can be written again.
fn reads_within_limits(bytes: &[u8]) -> Result<()> {
    let (settings, problems) = link::read(&String::from_utf8_lossy(bytes));
    ensure!(settings == settings.clamped(), "{settings:?} are beyond their limits.");
    problems.iter().try_for_each(|problem| is_sentence(&words::link_problem(problem)))?;
    let (again, problems) = link::read(&link::write(&settings));
    ensure!(problems.is_empty() && again == settings, "{settings:?} came back as {again:?}: {problems:?}");
    Ok(())
}

fn addresses() -> Result<Vec<Vec<u8>>> {
    let mut state = State::new(Settings::recommended(Images::Own));
    (*state.extent, *state.remote) = (Extent::Embedded, Some("https%3A%2F%2Fa.example%2Fb.zip".to_owned()));
    state.choose_tab(Tab::Sort);
    let odd = [
        "#tab=&embed=2&remote",
        "view=map&view=&embed=1",
        "images=http&tab=map&tab=loss",
        "remote=a=b&&embed=",
    ];
    let own = [address::own(&state), address::shared(&state)];
    Ok(own.into_iter().chain(odd.map(str::to_owned)).map(String::into_bytes).collect())
}

/// Whatever an address contains, the page that it opens has an equivalent address.
fn shows_what_can_be_shown_again(bytes: &[u8]) -> Result<()> {
    let hash = String::from_utf8_lossy(bytes);
    address::is_remote(&hash);
    let (found, problems) = address::read(&hash);
    problems.iter().try_for_each(|problem| is_sentence(problem))?;
    let mut state = State::new(found.settings);
    (*state.extent, *state.remote) = (found.extent, found.remote.clone());
    if let Some(tab) = found.tab {
        state.choose_tab(tab);
    }
    let (again, problems) = address::read(&address::own(&state));
    ensure!(problems.is_empty() && again == found, "{found:?} came back as {again:?}: {problems:?}");
    Ok(())
}

/// Returns messages without the build at their start: mutated, it would shield the rest.
fn messages() -> Result<Vec<Vec<u8>>> {
    let commands = [
        Command::Configure(Settings::recommended(Images::Fashion)),
        Command::Remove(vec![1, 2, 3]),
        Command::Preview { pictures: vec![7], views: 4, draw: 0 },
        Command::Ask(MatrixRequest { stage: Stage::Trained }.into()),
        Command::OpenModel { file: b"model".to_vec() },
    ];
    let events = [
        Event::Refused(Refusal::TooFewPictures(3)),
        Event::Tuning { done: 1, total: 20 },
        Event::Validated { request: 1, verdict: Err(ModelFailure::Entry("step".to_owned())) },
    ];
    let messages = commands.iter().map(protocol::encode).chain(events.iter().map(protocol::encode));
    Ok(messages.map(|message| message[protocol::encode(&()).len()..].to_vec()).collect())
}

/// A message of this build is read or refused, and a message that was read can be encoded again.
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

fn report(step: u32) -> StepReport {
    StepReport { step, loss: 4.0, accuracy: 0.5, alignment: 1.0, uniformity: -1.0, milliseconds: 20.0 }
}

fn newcomer() -> Newcomer {
    let image = Image::draw(|x, y| [x as u8, y as u8, 7]);
    let origin = Origin {
        path: "b/ä.png".to_owned(),
        modified: "2024-05-03T12:00:05Z".to_owned(),
        digest: Some([7; 32]),
        ..Origin::default()
    };
    Newcomer { name: "ä.png".to_owned(), label: Some("<b>".to_owned()), origin, image, whole: None }
}

fn experiments() -> Result<Vec<Vec<u8>>> {
    let mut state = State::new(Settings::recommended(Images::Shapes));
    let untouched = state.experiment().to_bytes();
    state.add(vec![newcomer(), newcomer()]);
    state.remove(&[0]);
    state.type_label(1, "odd");
    state.apply(Event::Stepped(vec![report(1), report(2)]));
    state.apply(Event::Restarted { parameters: 9 });
    state.apply(Event::Stepped(vec![report(1)]));
    state.apply(Event::Snapshot { step: 1, file: vec![1, 2, 3] });
    Ok(vec![untouched, state.experiment().to_bytes()])
}

/// An experiment that is accepted can be resumed, stored and read again.
fn goes_on_and_is_kept_again(bytes: &[u8]) -> Result<()> {
    let experiment = match Experiment::from_bytes(bytes) {
        Ok(experiment) => experiment,
        Err(failure) => return is_sentence(&words::experiment_failure(&failure)),
    };
    let mut state = State::new(Settings::recommended(Images::Shapes));
    state.clear(experiment.settings.images);
    let typed = experiment.typed.clone();
    let step = experiment.snapshot.as_ref().map_or(0, |snapshot| snapshot.step);
    state.restore(experiment);
    state.apply(Event::Cleared);
    state.apply(Event::Restored { step, parameters: 1 });
    state.add(vec![newcomer()]);
    state.type_labels_at(&typed);
    if step < Settings::STEPS.max {
        state.apply(Event::Stepped(vec![report(step + 1)]));
    }
    state.compared();
    state.kept_words();
    let again = Experiment::from_bytes(&state.experiment().to_bytes());
    ensure!(again.as_ref() == Ok(&state.experiment()), "It came back as {again:?}.");
    state.apply(Event::Restarted { parameters: 1 });
    state.records();
    Ok(())
}

fn kept_pictures() -> Result<Vec<Vec<u8>>> {
    let Newcomer { name, label, origin, image, .. } = newcomer();
    let whole = Some(image.clone());
    let entry = Entry { id: 0, name, label: None, origin, image, centre: None, whole };
    let without = Entry { name: String::new(), origin: Origin::default(), whole: None, ..entry.clone() };
    Ok(vec![picture_to_bytes(3, label.as_deref(), &entry), picture_to_bytes(0, None, &without)])
}

fn joins_a_set_or_says_why(bytes: &[u8]) -> Result<()> {
    let pictures = match pictures_from_bytes(std::iter::once(bytes)) {
        Ok(pictures) => pictures,
        Err(failure) => return is_sentence(&words::experiment_failure(&failure)),
    };
    let mut state = State::new(Settings::recommended(Images::Own));
    state.reserve_places(pictures.iter().map(|(place, _)| *place));
    let place = pictures[0].0;
    state.add_at(pictures);
    let kept = state.picture_bytes(state.pictures.at(place)).map(|(place, _)| place);
    ensure!(kept == Some(place), "The picture of place {place} came to {kept:?}.");
    Ok(())
}

fn is_sentence(text: &str) -> Result<()> {
    ensure!(text.ends_with('.') && text.chars().any(char::is_whitespace), "“{text}” is no sentence.");
    Ok(())
}
