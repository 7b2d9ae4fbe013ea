//! Failures in sentences.

use crate::{
    image::Failure,
    link::Problem,
    page::{engine::failure::EngineFailure, experiment::ExperimentFailure},
    protocol::{Breakdown, MAX_MODEL_BYTES, ModelFailure},
    settings::field::Form,
};

/// Describes in a sentence why a file did not become a picture.
pub fn failure(failure: &Failure) -> String {
    let sentence = match failure {
        Failure::Unopened => "The file could not be opened.",
        Failure::FolderInPart => "Part of the folder could not be read.",
        Failure::Empty => "The file is empty.",
        Failure::UnknownFormat => "Its contents are not a picture format that can be read here.",
        Failure::UnknownKind { format } => {
            return format!("It is a kind of {format} file that cannot be read here.");
        }
        Failure::Damaged { format } => {
            return format!("It begins as {format} files do, but is damaged or not whole.");
        }
        Failure::Drawing => "The drawing could not be read.",
        Failure::NoPixels => "It is a picture without a single pixel.",
        Failure::TooManyPixels { width, height } => {
            return format!("It is too large: {width} × {height} pixels.");
        }
        Failure::HiddenSides => "It does not say how large it is within its first 8 MiB.",
        Failure::TooMuchMemory => "It is too large to be decoded here.",
        Failure::TooManyBytes => {
            "The browser cannot read it, and it is too large for this page’s own decoders."
        }
        Failure::TooSlow => "It took too long to be decoded, and was given up.",
        Failure::BrokeDown { .. } => "It is damaged in a way that its decoder broke down over.",
        Failure::NoDecoder { .. } => {
            "The browser cannot read it, and this page’s own decoders could not be loaded."
        }
        Failure::Told(sentence) => sentence,
    };
    sentence.to_owned()
}

/// Describes why a network cannot be used, in sentences.
pub fn model_failure(failure: &ModelFailure) -> String {
    let reason = match failure {
        ModelFailure::TooLarge => {
            format!("it is larger than {} MiB, which no model of this page is", MAX_MODEL_BYTES >> 20)
        }
        ModelFailure::NotSafetensors => "it is no whole safetensors file".to_owned(),
        ModelFailure::Foreign => "it holds tensors, but no network of this page".to_owned(),
        ModelFailure::Version { found, newest } => {
            format!("it is of version {found} of the format, and this page reads versions up to {newest}")
        }
        ModelFailure::Entry(name) => format!("its {name} is missing or no number"),
        ModelFailure::Settings(problem) => {
            let why = match problem {
                Problem::Unknown(key) => format!("there is no setting “{key}” here"),
                Problem::Malformed { entry, form, .. } => format!("“{entry}”: {}", form_of(form)),
            };
            format!("its settings cannot be understood ({why})")
        }
        ModelFailure::Shape(name) => {
            format!("its {name} is not that of a network that this page could have made")
        }
        ModelFailure::TooManySteps => "it has taken more steps than any run of this page".to_owned(),
        ModelFailure::UnknownTensor(name) => format!("the tensor “{name}” does not belong to such a network"),
        ModelFailure::MissingTensor(name) => format!("the tensor “{name}” is missing"),
        ModelFailure::TensorShape(name) => {
            format!("the tensor “{name}” has another type or shape than the network needs")
        }
        ModelFailure::TensorValues(name) => format!("“{name}” holds values that no training leaves there"),
        ModelFailure::WhiteningShape => {
            "what whitens its map has another type or shape than the network needs".to_owned()
        }
        ModelFailure::WhiteningValues => "what whitens its map holds values that are no numbers".to_owned(),
        ModelFailure::OtherNetwork => "it belongs to a network of another shape".to_owned(),
        ModelFailure::Unread => "the engine stopped while it read it".to_owned(),
    };
    format!("The model cannot be used: {reason}. {NOTHING_CHANGED}")
}

/// Describes why an experiment cannot be opened, in sentences.
pub fn experiment_failure(failure: &ExperimentFailure) -> String {
    match failure {
        ExperimentFailure::Damaged => {
            format!("The experiment is damaged, or no experiment of this page. {NOTHING_CHANGED}")
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
            "Even the untrained network’s embeddings are no numbers, so the device or its driver computes wrongly.".to_owned()
        }
        Breakdown::Unforeseen { .. } => "It met a fault that nobody foresaw.".to_owned(),
        Breakdown::Ended => "The browser ended it.".to_owned(),
    }
}

/// Returns why there is no engine, and what to do.
pub fn engine_failure(failure: &EngineFailure) -> String {
    match failure {
        EngineFailure::Status(_) | EngineFailure::NoCode | EngineFailure::NotLoaded(_) => {
            format!("{} Reload the page to try again.", not_loaded(failure))
        }
        EngineFailure::NotStarted(why) => format!("This browser cannot start the engine: {why}."),
        EngineFailure::Message(error) => error.to_string(),
        EngineFailure::KeepsBreakingDown => {
            "The engine keeps breaking down and was given up. Reload the page to try again.".to_owned()
        }
    }
}

/// Returns why the engine with WebGPU does not take the place of the one without.
pub fn staying_engine(failure: &EngineFailure) -> String {
    format!("{} The one that computes on the CPU goes on.", not_loaded(failure))
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
        Problem::Unknown(key) => format!("The link’s setting “{key}” does not exist here; it was left out."),
        Problem::Malformed { entry, form, applies } => {
            let form = form_of(form);
            format!("The link’s setting “{entry}” cannot be used: {form}; {applies} applies.")
        }
    }
}

fn form_of(form: &Form) -> String {
    match form {
        Form::Number(min, max) => format!("it is a number from {min} to {max}"),
        Form::Name(names) => format!("it is one of {}", names.join(", ")),
        Form::Operation => "it is strength@probability, each from 0 to 1, or off".to_owned(),
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
        assert_eq!(failure(&all[4]), "It is a kind of TIFF file that cannot be read here.");
        assert_eq!(failure(&all[8]), "It is too large: 30000 × 20 pixels.");
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
            "The model cannot be used: its settings cannot be understood (there is no setting “taste” here). Nothing was changed."
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
        assert!(loading.iter().map(staying_engine).all(|sentence| sentence.ends_with("CPU goes on.")));
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
        assert_eq!(breakdown(&Breakdown::Unforeseen { details }), "It met a fault that nobody foresaw.");
        assert_eq!(breakdown(&Breakdown::Ended), "The browser ended it.");
    }
}
