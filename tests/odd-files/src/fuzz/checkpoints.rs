//! Models and snapshots, as read and resumed by the engine.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::LazyLock;

use anyhow::{Result, ensure};
use likeness::checkpoint::Checkpoint;
use likeness::engine::{Progress, Session};
use likeness::page::words;
use likeness::protocol::{Command, Event, ModelFailure, ModelFormat, Picture};
use likeness::samples;
use likeness::settings::{BackendChoice, Images, Settings};

use super::is_sentence;

/// Number of pictures in training.
const PICTURES: u32 = 6;

/// A model and a snapshot of the same small network.
static FILES: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
    let mut settings = Settings::recommended(Images::Shapes);
    settings.backend = BackendChoice::Cpu;
    (settings.side, settings.width, settings.depth) =
        (Settings::SIDE.min, Settings::WIDTH.min, Settings::DEPTH.min);
    let events = said(settings, [Command::Step, Command::SaveModel(ModelFormat::Safetensors)]);
    let model = events.iter().find_map(|event| match event {
        Event::Model { file, .. } => Some(file.clone()),
        _ => None,
    });
    let snapshot = events.into_iter().find_map(|event| match event {
        Event::Snapshot { file, .. } => Some(file),
        _ => None,
    });
    [model.expect("a step was taken"), snapshot.expect("a step was taken")]
});

/// Returns the events of an engine with some pictures on these commands and the work they cause.
fn said(settings: Settings, commands: impl IntoIterator<Item = Command>) -> Vec<Event> {
    let events = Rc::new(RefCell::new(Vec::new()));
    let kept = events.clone();
    let mut session = Session::new(settings, move |event| kept.borrow_mut().push(event));
    for command in [Command::Add(pictures()), Command::Settle].into_iter().chain(commands) {
        pollster::block_on(session.handle(command));
        while pollster::block_on(session.work()) == Progress::More {}
    }
    events.take()
}

fn pictures() -> Vec<Picture> {
    let picture = |id| Picture::square(id, None, samples::shape(id as usize, 1).image.into_rgb());
    (0..PICTURES).map(picture).collect()
}

/// Returns whole files.
pub fn files() -> Result<Vec<Vec<u8>>> {
    Ok(FILES.to_vec())
}

/// Returns only the headers: most of a file is numbers, where most mutations would end up.
pub fn headers() -> Result<Vec<Vec<u8>>> {
    Ok(FILES.iter().map(|file| parts(file).0.to_vec()).collect())
}

/// Returns a file's header and numbers; its first eight bytes are the length of the header.
fn parts(file: &[u8]) -> (&[u8], &[u8]) {
    let (length, rest) = file.split_first_chunk().expect("it has a header");
    rest.split_at(u64::from_le_bytes(*length) as usize)
}

/// Combines a header, with its correct length, with the numbers of a model or a snapshot.
pub fn goes_on_from_headers(header: &[u8]) -> Result<()> {
    FILES.iter().try_for_each(|file| {
        let length = (header.len() as u64).to_le_bytes();
        goes_on_from_it([&length, header, parts(file).1].concat())
    })
}

/// Files that are read are written back equal, and engines continue training from them.
pub fn goes_on_from(bytes: &[u8]) -> Result<()> {
    goes_on_from_it(bytes.to_vec())
}

fn goes_on_from_it(file: Vec<u8>) -> Result<()> {
    let checkpoint = match Checkpoint::from_file(&file) {
        Ok(checkpoint) => checkpoint,
        Err(failure) => return is_sentence(&words::model_failure(&failure)),
    };
    let again = Checkpoint::from_file(&checkpoint.to_file());
    ensure!(again.as_ref() == Ok(&checkpoint), "It came back as another.");
    let own = checkpoint.settings;
    let other = Settings::recommended(Images::Own);
    let opened = said(other, [Command::OpenModel { file: file.clone() }, Command::Step]);
    // Numbers may have changed since the network embedded the check pictures.
    let answered = |event: &Event| matches!(event, Event::Opened(_) | Event::NotOpened(ModelFailure::Check));
    ensure!(opened.iter().any(answered), "What can be read is not opened: {opened:?}");
    let restored = said(own, [Command::Restore { file }, Command::Step]);
    let refused = |event: &Event| matches!(event, Event::NotRestored(_));
    ensure!(!restored.iter().any(refused), "What can be read is not gone on from: {restored:?}");
    let sentences = opened.iter().chain(&restored).filter_map(|event| match event {
        Event::Refused(refusal) => Some(words::refusal(refusal)),
        Event::Failed(breakdown) => Some(words::breakdown(breakdown)),
        _ => None,
    });
    sentences.into_iter().try_for_each(|sentence| is_sentence(&sentence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unchanged_files_are_read_and_resumed() {
        for file in FILES.iter() {
            assert!(Checkpoint::from_file(file).is_ok());
            goes_on_from(file).unwrap();
        }
        let [model, snapshot] = FILES.each_ref().map(|file| Checkpoint::from_file(file).unwrap());
        assert!(model.training.is_none() && snapshot.training.is_some());
    }

    #[test]
    fn a_header_and_the_numbers_make_up_a_file() {
        for (file, header) in FILES.iter().zip(headers().unwrap()) {
            let length = (header.len() as u64).to_le_bytes();
            assert_eq!([&length, header.as_slice(), parts(file).1].concat(), *file);
            goes_on_from_headers(&header).unwrap();
        }
    }
}
