//! Failures in sentences.

use crate::{
    image::{Failure, ForeignFormat, Remark},
    link::Problem,
    page::{engine::failure::EngineFailure, experiment::ExperimentFailure},
    protocol::{Breakdown, MAX_MODEL_BYTES, ModelFailure},
    settings::field::Form,
};

/// Message for a room whose code did not come.
pub const ROOM_FAILED: &str =
    "This part of the page couldn’t be loaded. Check the connection and try again, or reload the page.";

/// Describes in a sentence why a file did not become a picture.
pub fn failure(failure: &Failure) -> String {
    let sentence = match failure {
        Failure::Unopened => "The file couldn’t be opened.",
        Failure::FolderInPart => "Part of the folder couldn’t be read.",
        Failure::Empty => "The file is empty.",
        Failure::UnknownFormat => {
            "It isn’t in a picture format that this page reads. If it’s a picture, save it as JPEG or PNG."
        }
        Failure::UnknownKind { format } => {
            return format!("It is in a form of {format} that this page can’t read. {SAVE_ANOTHER}");
        }
        Failure::OtherFormat(format) => {
            let (what, advice) = foreign(*format);
            return format!("It is {what}, which this page can’t read. {advice}");
        }
        Failure::Damaged { format } => {
            return format!("It begins as {format} files do, but is damaged or incomplete.");
        }
        Failure::Drawing => "The drawing could not be read. Save it as PNG, then add it again.",
        Failure::NoPixels => "It is a picture without any pixels.",
        Failure::TooManyPixels { width, height } => {
            return format!("It is too large: {width} × {height} pixels. Shrink it, then add it again.");
        }
        Failure::HiddenSides => {
            "It doesn’t say how large it is within its first 8 MiB. Save it again as JPEG or PNG."
        }
        Failure::TooMuchMemory => "It is too large to be decoded here. Shrink it, then add it again.",
        Failure::TooManyBytes => {
            "The browser can’t read it, and it is too large for this page’s own decoders. Shrink it first."
        }
        Failure::TooSlow => {
            "It took too long to be decoded, so the page gave up. Save it again as JPEG or PNG."
        }
        Failure::BrokeDown { .. } => {
            "It is damaged in a way that its decoder broke down over. Save it again as JPEG or PNG."
        }
        Failure::NoDecoder { .. } => {
            "The browser can’t read it, and this page’s own decoders could not be loaded. Reload the page."
        }
        Failure::Told(sentence) => sentence,
    };
    sentence.to_owned()
}

/// Names a format that this page does not read, and a way out.
const fn foreign(format: ForeignFormat) -> (&'static str, &'static str) {
    match format {
        ForeignFormat::Psd => ("in the format PSD", "Export it as PNG, then add that."),
        ForeignFormat::Pdf => ("in the format PDF", "Save its pages as PNG, then add those."),
        ForeignFormat::OpenExr => ("in the format OpenEXR", SAVE_ANOTHER),
        ForeignFormat::Jpeg2000 => ("in the format JPEG 2000", SAVE_ANOTHER),
        ForeignFormat::Raw => (
            "a camera’s raw file without a usable preview",
            "Export it as JPEG with the camera’s software, then add that.",
        ),
        ForeignFormat::Video => ("a video", "Save single frames as JPEG or PNG, then add those."),
        ForeignFormat::Archive => ("an archive", "Unpack it, then add the pictures in it."),
    }
}

/// Describes how files were decoded, before their names.
pub const fn remark(remark: Remark) -> &'static str {
    match remark {
        Remark::Scaled => "Brightened, since they use only part of their 16 bits",
        Remark::FirstPage => "Only the first page was taken",
        Remark::Preview => "The preview in the raw file was taken",
        Remark::FirstFrame => "The first frame of the video was taken",
    }
}

/// Advice for a picture in a format that this page does not read.
const SAVE_ANOTHER: &str = "Save it as JPEG or PNG, then add it again.";

/// Describes why a network cannot be used, in sentences.
pub fn model_failure(failure: &ModelFailure) -> String {
    let reason = match failure {
        ModelFailure::TooLarge => {
            format!(
                "it’s larger than {} MiB, the most that a model from this page can be",
                MAX_MODEL_BYTES >> 20
            )
        }
        ModelFailure::NotSafetensors => "it isn’t a complete safetensors file".to_owned(),
        ModelFailure::Foreign => "it holds tensors, but no network from this page".to_owned(),
        ModelFailure::Version { found, newest } => {
            format!("it has version {found} of the format, and this page reads versions up to {newest}")
        }
        ModelFailure::Entry(name) => format!("its {name} is missing or isn’t a number"),
        ModelFailure::Settings(problem) => {
            let why = match problem {
                Problem::Unknown(key) => format!("there is no setting “{key}” here"),
                Problem::Malformed { entry, form, .. } => format!("“{entry}”: {}", form_of(form)),
            };
            format!("its settings can’t be understood ({why})")
        }
        ModelFailure::Shape(name) => {
            format!("its {name} doesn’t fit any network from this page")
        }
        ModelFailure::TooManySteps => "it has taken more steps than any run on this page".to_owned(),
        ModelFailure::UnknownTensor(name) => format!("the tensor “{name}” doesn’t belong to such a network"),
        ModelFailure::MissingTensor(name) => format!("the tensor “{name}” is missing"),
        ModelFailure::TensorShape(name) => {
            format!("the tensor “{name}” has the wrong type or shape")
        }
        ModelFailure::TensorValues(name) => format!("“{name}” holds values that training never produces"),
        ModelFailure::WhiteningShape => "its whitening has the wrong type or shape".to_owned(),
        ModelFailure::WhiteningValues => "its whitening holds values that aren’t numbers".to_owned(),
        ModelFailure::Check => "its test pictures don’t come out as they did when it was saved".to_owned(),
        ModelFailure::OtherNetwork => "it belongs to a network of another shape".to_owned(),
        ModelFailure::Unread => "the engine stopped while reading it".to_owned(),
    };
    format!("The model cannot be used: {reason}. {NOTHING_CHANGED}")
}

/// Describes why an experiment cannot be opened, in sentences.
pub fn experiment_failure(failure: &ExperimentFailure) -> String {
    match failure {
        ExperimentFailure::Damaged => {
            format!("The experiment is damaged, or doesn’t come from this page. {NOTHING_CHANGED}")
        }
        ExperimentFailure::Version { found, read } => {
            let [older, newest] = read;
            format!(
                "This experiment was saved by another version of the page (format {found}; this page reads {older} and {newest}). {NOTHING_CHANGED}"
            )
        }
    }
}

/// Note that a refused file has changed nothing.
const NOTHING_CHANGED: &str = "Nothing was changed.";

/// Describes why an engine stopped, in a sentence.
pub fn breakdown(breakdown: &Breakdown) -> String {
    match breakdown {
        Breakdown::Message(error) => error.to_string(),
        Breakdown::ComputesWrongly => {
            "Even the untrained network gives values that aren’t numbers, so the device or its driver computes wrongly.".to_owned()
        }
        Breakdown::Unforeseen { .. } => "It hit an unexpected error.".to_owned(),
        Breakdown::Ended => "The browser ended it.".to_owned(),
    }
}

/// Returns why there is no engine, and what to do.
pub fn engine_failure(failure: &EngineFailure) -> String {
    match failure {
        EngineFailure::Status(_) | EngineFailure::NoCode | EngineFailure::NotLoaded(_) => {
            format!("{} Reload the page to try again.", not_loaded(failure))
        }
        EngineFailure::NotStarted(why) => format!("This browser can’t start the engine: {why}."),
        EngineFailure::Message(error) => error.to_string(),
        EngineFailure::KeepsBreakingDown => {
            "The engine keeps breaking down, so the page stopped restarting it. Reload the page to try again."
                .to_owned()
        }
    }
}

/// Returns why the engine with WebGPU does not take the place of the one without.
pub fn staying_engine(failure: &EngineFailure) -> String {
    format!("{} Training stays on the CPU.", not_loaded(failure))
}

fn not_loaded(failure: &EngineFailure) -> String {
    let why = match failure {
        EngineFailure::Status(status) => format!("the server answered {status}"),
        EngineFailure::NotLoaded(why) => why.clone(),
        _ => "the server sent nothing".to_owned(),
    };
    format!("The engine could not be loaded: {why}.")
}

/// Returns what became of an entry of a link.
pub fn link_problem(problem: &Problem) -> String {
    match problem {
        Problem::Unknown(key) => {
            format!("The link’s setting “{key}” doesn’t exist here, so it was left out.")
        }
        Problem::Malformed { entry, form, applies } => {
            let form = form_of(form);
            format!("The link’s setting “{entry}” cannot be used: {form}. The page uses {applies} instead.")
        }
    }
}

fn form_of(form: &Form) -> String {
    match form {
        Form::Number(min, max) => format!("it must be a number from {min} to {max}"),
        Form::Name(names) => format!("it must be one of {}", names.join(", ")),
        Form::Operation => "it must be strength@probability, each from 0 to 1, or off".to_owned(),
    }
}

/// Returns why there is no picture of a camera, by the name of the browser's error.
pub fn no_camera(error: Option<&str>) -> &'static str {
    match error {
        Some("NotAllowedError") => {
            "The browser does not give this page the camera. Allow it, then try again."
        }
        Some("NotFoundError" | "OverconstrainedError") => "There is no camera.",
        Some("NotReadableError") => "The camera is in use by another program.",
        _ => "This browser gives the page no camera.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::words::assert_all_differ;
    use crate::{link, protocol::MessageError};

    #[track_caller]
    #[test]
    fn every_failure_has_a_sentence_without_technical_words() {
        let (format, details) = ("TIFF".to_owned(), "assertion failed at image.rs:919:9".to_owned());
        let all = [
            Failure::Unopened,
            Failure::FolderInPart,
            Failure::Empty,
            Failure::UnknownFormat,
            Failure::UnknownKind { format: format.clone() },
            Failure::OtherFormat(ForeignFormat::Psd),
            Failure::Damaged { format },
            Failure::Drawing,
            Failure::NoPixels,
            Failure::TooManyPixels { width: 30_000, height: 20 },
            Failure::HiddenSides,
            Failure::TooMuchMemory,
            Failure::TooManyBytes,
            Failure::TooSlow,
            Failure::BrokeDown { details: details.clone() },
            Failure::NoDecoder { details },
            Failure::Told("The server answered 404.".to_owned()),
        ];
        let sentences = all.each_ref().map(failure);
        assert_all_differ(&sentences);
        for sentence in &sentences {
            assert!(sentence.ends_with('.') && !sentence.contains("assertion"), "{sentence}");
        }
        assert_eq!(
            failure(&all[5]),
            "It is in the format PSD, which this page can’t read. Export it as PNG, then add that."
        );
        assert!(failure(&all[9]).starts_with("It is too large: 30000 × 20 pixels."));
    }

    #[test]
    fn every_refused_model_and_experiment_has_its_own_sentences() {
        let name = || "encoder.blocks.0.weight".to_owned();
        let models = [
            ModelFailure::TooLarge,
            ModelFailure::NotSafetensors,
            ModelFailure::Foreign,
            ModelFailure::Version { found: 3, newest: 2 },
            ModelFailure::Entry(name()),
            ModelFailure::Settings(Problem::Unknown("taste".to_owned())),
            ModelFailure::Shape(name()),
            ModelFailure::TooManySteps,
            ModelFailure::UnknownTensor(name()),
            ModelFailure::MissingTensor(name()),
            ModelFailure::TensorShape(name()),
            ModelFailure::TensorValues(name()),
            ModelFailure::WhiteningShape,
            ModelFailure::WhiteningValues,
            ModelFailure::Check,
            ModelFailure::OtherNetwork,
            ModelFailure::Unread,
        ];
        let experiments = [ExperimentFailure::Damaged, ExperimentFailure::Version { found: 4, read: [2, 3] }];
        let sentences = models.iter().map(model_failure).chain(experiments.iter().map(experiment_failure));
        let sentences: Vec<_> = sentences.collect();
        assert_all_differ(&sentences);
        for sentence in &sentences {
            assert!(sentence.ends_with("Nothing was changed.") && !sentence.contains(".."), "{sentence}");
        }
        assert_eq!(
            model_failure(&models[5]),
            "The model cannot be used: its settings can’t be understood (there is no setting “taste” here). Nothing was changed."
        );
    }

    #[test]
    fn every_failure_of_the_engine_is_a_sentence_of_its_own() {
        let loading = [
            EngineFailure::Status(404),
            EngineFailure::NoCode,
            EngineFailure::NotLoaded("the network is down".to_owned()),
        ];
        let others = [
            EngineFailure::NotStarted("workers are blocked".to_owned()),
            EngineFailure::Message(MessageError::Malformed),
            EngineFailure::Message(MessageError::OtherBuild { theirs: "abc".to_owned() }),
            EngineFailure::KeepsBreakingDown,
        ];
        let sentences: Vec<_> = loading.iter().chain(&others).map(engine_failure).collect();
        assert_all_differ(&sentences);
        assert_eq!(
            sentences[0],
            "The engine could not be loaded: the server answered 404. Reload the page to try again."
        );
        assert!(loading.iter().map(staying_engine).all(|sentence| sentence.ends_with("stays on the CPU.")));
    }

    #[test]
    fn every_problem_of_a_link_names_the_entry_and_the_form() {
        let links = ["taste=sweet", "steps=0", "loss=quartet", "hue=2@0.5"];
        let sentences = links.map(|hash| link_problem(&link::read(hash).1[0]));
        assert_all_differ(&sentences);
        let forms = ["left out", "from 1 to 100000", "infonce, dcl, nce, triplet", "strength@probability"];
        for ((sentence, hash), form) in sentences.iter().zip(links).zip(forms) {
            let entry = if hash.starts_with("taste") { "“taste”" } else { &format!("“{hash}”") };
            assert!(sentence.contains(entry) && sentence.contains(form), "{sentence}");
        }
    }

    #[test]
    fn breakdowns_are_described_without_technical_words() {
        let details = "panicked at src/engine.rs:1:1: index out of bounds".to_owned();
        assert!(breakdown(&Breakdown::ComputesWrongly).contains("computes wrongly"));
        assert_eq!(breakdown(&Breakdown::Unforeseen { details }), "It hit an unexpected error.");
        assert_eq!(breakdown(&Breakdown::Ended), "The browser ended it.");
    }
}
