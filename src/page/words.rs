//! Numbers, names, settings and findings in words.

mod engine;
mod failure;
pub mod glossary;
mod labelling;
mod naming;
mod numbers;
mod settings;
pub mod status;
mod summary;
mod waiting;

pub use engine::{backend_reason, engine_reason, refusal, self_test};
pub use failure::{
    ROOM_FAILED, breakdown, engine_failure, experiment_failure, failure, link_problem, model_failure,
    no_camera, remark, staying_engine,
};
pub use labelling::{
    LACKING, NO_LABELS_IN_INDEX, NO_LABELS_IN_TABLE, TABLE_TOO_LARGE, ambiguous_in_index, missed_in_table,
    split_in_words, standing,
};
pub use naming::{cropped, file, label_and_name, size, title};
pub use numbers::{
    close_similarity, count, counted, decimal, duration, exponential, fine_similarity, megabytes, ordinal,
    percent, similarity, speed, three_digits,
};
pub use settings::{
    augmentations, efforts, features, first_layer, framing, loss, mining, network, readout, training,
};
pub use summary::{Score, fewer_pairs, guest, images, labelled_summary, score, summary, twins};
pub use waiting::waiting;

use crate::{
    image::Remark,
    page::{
        state::{Engine, Intake, IntakeKind, State},
        views::sort::picture_groups::StripRemark,
    },
    protocol::{Backend, Environment, Stage},
};

/// Returns how far the packing of pictures is.
pub fn packing(done: usize, all: usize) -> String {
    format!("Packing pictures: {} of {}. Dismiss this to stop.", count(done), count(all))
}

/// Name of what a camera sees.
pub const CAMERA: &str = "The camera’s picture";

/// Returns the backend's name.
pub const fn backend(backend: Backend) -> &'static str {
    match backend {
        Backend::WebGpu => "WebGPU",
        Backend::Cpu => "CPU",
    }
}

/// Returns `CPU, 4 cores`: the backend's name, and the number of workers if there are several.
pub fn device(environment: &Environment) -> String {
    let name = backend(environment.backend);
    if environment.cores > 1 { format!("{name}, {} cores", environment.cores) } else { name.to_owned() }
}

/// Returns a name for what embeds the pictures at a stage.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Pixels => "Pixels",
        Stage::Classic => "Classic features",
        Stage::Untrained => "Before training",
        Stage::Trained => "Now",
    }
}

/// Returns that name with the step of the weights, if it matters.
pub fn stage_at(state: &State, at: Stage, step: Option<u32>) -> String {
    match (at, step) {
        (Stage::Trained, Some(step)) => format!("{}, {}", stage(at), after(state, step)),
        _ => stage(at).to_owned(),
    }
}

/// States the step that an answer is about, and that a newer one is on its way.
pub fn after(state: &State, step: u32) -> String {
    if state.is_behind(step) {
        format!("as of step {}, updating", count(step as usize))
    } else {
        format!("after {}", counted(step as usize, "step"))
    }
}

/// Names a moment of the run that is played again.
pub fn replayed(step: u32) -> String {
    if step == 0 { "Before training".to_owned() } else { format!("After {}", counted(step as usize, "step")) }
}

/// Describes the shown groups: their number, its origin, and how clearly they are separated. `suffix`
/// states the step.
pub fn groups(state: &State, stage: Stage, suffix: &str) -> Option<String> {
    let (shown, clearest) = (state.partition(stage)?, state.clearest_partition(stage)?);
    let as_labels = state.groups.count().is_none() && shown.groups.len() == state.label_names().len();
    let origin = if as_labels { ", as many as labels" } else { "" };
    let count = counted(shown.groups.len(), "group");
    let clearness = similarity(shown.silhouette);
    let advice = if shown.groups.len() == clearest.groups.len() {
        "the highest".to_owned()
    } else {
        format!("highest with {} groups, {}", clearest.groups.len(), similarity(clearest.silhouette))
    };
    Some(format!("{count}{suffix}{origin} (silhouette {clearness}; {advice}). "))
}

/// Describes a strip of pictures: "92% circle", or "3 of 4 labelled are circle" if others have no label.
pub fn strip_remark(remark: &StripRemark) -> String {
    match remark {
        StripRemark::NoLabels => "no labels".to_owned(),
        StripRemark::CommonLabel { name, count, labelled, all } if labelled == all => {
            format!("{} {name}", percent(*count as f32 / *all as f32))
        }
        StripRemark::CommonLabel { name, count, labelled, .. } => {
            let are = if *labelled == 1 { "is" } else { "are" };
            format!("{} of {} labelled {are} {name}", self::count(*count), self::count(*labelled))
        }
        StripRemark::Similarity(weakest) => format!("similarity {}", fine_similarity(*weakest)),
        StripRemark::SameBytes => "same bytes".to_owned(),
        StripRemark::SamePicture => "same picture".to_owned(),
    }
}

/// Describes the progress of incoming pictures.
pub const fn intake(kind: IntakeKind) -> &'static str {
    match kind {
        IntakeKind::Decoding => "Decoding",
        IntakeKind::Drawing => "Drawing",
        IntakeKind::Opening => "Opening",
    }
}

/// Describes how many files could not be read, and once all are done, how many became pictures.
pub fn refused(intake: &Intake) -> String {
    let refused = intake.refused.len();
    let unread = format!("{} could not be read", counted(refused, "file"));
    match intake.done.saturating_sub(refused + intake.left_out) {
        _ if intake.is_active() => format!("{unread}."),
        0 if refused > 1 && intake.left_out == 0 => {
            format!("None of the {} could be read.", counted(refused, "file"))
        }
        0 => format!("{unread}."),
        1 => format!("{unread}; 1 picture was added."),
        added => format!("{unread}; {} were added.", counted(added, "picture")),
    }
}

/// Describes the skipped files and folders of the system.
pub fn skipped(intake: &Intake) -> String {
    let times = |(name, count): &(String, usize)| match count {
        1 => name.clone(),
        _ => format!("{name} ({})", self::count(*count)),
    };
    let names: Vec<_> = intake.skipped.iter().map(times).collect();
    let total = intake.skipped.iter().map(|(_, count)| count).sum();
    let verb = if total == 1 { "was" } else { "were" };
    format!("{} {verb} left out: {}.", counted(total, "system file"), names.join(", "))
}

/// Describes how some files were decoded, one line for each remark.
pub fn remarks(intake: &Intake) -> Vec<String> {
    let line = |(kind, names): &(Remark, Vec<String>)| {
        let more = match names.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {}", counted(more, "other")),
        };
        format!("{}: {}{more}.", remark(*kind), names[..names.len().min(NAMED)].join(", "))
    };
    intake.remarks.iter().map(line).collect()
}

/// Maximum number of files named in one line.
const NAMED: usize = 3;

/// Describes how many files were left out, since the set has their pictures.
pub fn left_out(intake: &Intake) -> String {
    let files = counted(intake.total, "file");
    match intake.left_out {
        1 if intake.total == 1 => {
            "This file is in the set already (same bytes), so it wasn’t added.".to_owned()
        }
        1 => format!("1 of the {files} is in the set already (same bytes) and wasn’t added."),
        all if all == intake.total => {
            format!("All {files} are in the set already (same bytes), so none was added.")
        }
        some => {
            format!("{} of the {files} are in the set already (same bytes) and weren’t added.", count(some))
        }
    }
}

/// Shortens a name to at most `most` characters, from its middle: its beginning and its end distinguish
/// files of one folder.
pub fn elide_middle(name: &str, most: usize) -> String {
    let characters: Vec<char> = name.chars().collect();
    let Some(kept) = most.checked_sub(1).filter(|_| characters.len() > most) else { return name.to_owned() };
    let (first, last) = (&characters[..kept / 2], &characters[characters.len() - kept.div_ceil(2)..]);
    first.iter().chain(['…'].iter()).chain(last).collect()
}

/// Describes the engine's progress in a few words.
pub fn engine(engine: &Engine) -> String {
    match engine {
        Engine::Loading { received, total: Some(total) } => {
            format!("engine {:.1} of {}", received / 1e6, megabytes(*total))
        }
        Engine::Loading { received, total: None } => format!("engine {}", megabytes(*received)),
        Engine::Starting => "starting".to_owned(),
        Engine::Ready(environment) => device(environment),
        Engine::Stopped(_) => "stopped".to_owned(),
    }
}

#[cfg(test)]
pub(crate) fn assert_all_differ(sentences: &[String]) {
    for (i, sentence) in sentences.iter().enumerate() {
        assert!(!sentences[..i].contains(sentence), "{sentence}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        image::Failure,
        page::{
            engine::failure::EngineFailure,
            fixture::{report, state},
            state::Refusal,
        },
        protocol::Event,
    };

    #[test]
    fn files_that_could_not_be_read_are_counted_beside_those_that_could() {
        let said = |files: usize, unread: usize, total: usize| {
            let refusal = Refusal { name: "x.png".to_owned(), why: Failure::Empty };
            refused(&Intake { total, done: files, refused: vec![refusal; unread], ..Intake::default() })
        };
        assert_eq!(said(1, 1, 1), "1 file could not be read.");
        assert_eq!(said(4, 4, 4), "None of the 4 files could be read.");
        assert_eq!(said(5, 4, 5), "4 files could not be read; 1 picture was added.");
        assert_eq!(said(16, 4, 16), "4 files could not be read; 12 pictures were added.");
        assert_eq!(said(4, 4, 16), "4 files could not be read.", "others may follow");
    }

    #[test]
    fn files_that_the_set_has_are_counted_among_all() {
        let said = |left_out: usize, total: usize| {
            super::left_out(&Intake { total, done: total, left_out, ..Intake::default() })
        };
        assert_eq!(said(1, 1), "This file is in the set already (same bytes), so it wasn’t added.");
        assert_eq!(said(1, 9), "1 of the 9 files is in the set already (same bytes) and wasn’t added.");
        assert_eq!(said(8, 9), "8 of the 9 files are in the set already (same bytes) and weren’t added.");
        assert_eq!(said(9, 9), "All 9 files are in the set already (same bytes), so none was added.");
        let refusal = Refusal { name: "x.png".to_owned(), why: Failure::Empty };
        let intake =
            Intake { total: 9, done: 9, left_out: 7, refused: vec![refusal; 2], ..Intake::default() };
        assert_eq!(refused(&intake), "2 files could not be read.");
    }

    #[test]
    fn answers_older_than_the_training_say_so() {
        let mut state = state(4);
        state.apply(Event::Stepped((1..=7).map(report).collect()));
        assert_eq!(stage_at(&state, Stage::Trained, Some(7)), "Now, after 7 steps");
        assert_eq!(stage_at(&state, Stage::Trained, Some(5)), "Now, as of step 5, updating");
        assert_eq!(stage_at(&state, Stage::Pixels, Some(0)), "Pixels");
        state.engine_is_stopped(EngineFailure::NoCode);
        assert_eq!(after(&state, 5), "after 5 steps", "nothing is on its way");
    }

    #[test]
    fn long_names_lose_their_middle() {
        assert_eq!(elide_middle("holiday-2019-in-the-alps-IMG_0042.jpg", 25), "holiday-2019…IMG_0042.jpg");
        assert_eq!(elide_middle("åéîøü.png", 9), "åéîøü.png");
        assert_eq!(elide_middle("åéîøü.png", 8), "åéî….png");
        assert_eq!(elide_middle("ab", 1), "…");
    }

    #[test]
    fn loading_counts_megabytes() {
        let loading = Engine::Loading { received: 12_340_000.0, total: Some(20.1e6) };
        assert_eq!(engine(&loading), "engine 12.3 of 20.1 MB");
    }
}
