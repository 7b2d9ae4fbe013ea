//! Numbers, names, settings and findings in words.

mod engine;
mod failure;
pub mod glossary;
mod labelling;
mod numbers;
mod settings;
mod summary;

pub use engine::{backend_reason, environment, refusal, self_test};
pub use failure::{
    breakdown, engine_failure, experiment_failure, failure, link_problem, model_failure, staying_engine,
};
pub use labelling::{LACKING, split_in_words, standing};
pub use numbers::{
    close_similarity, count, counted, duration, exponential, fine_similarity, megabytes, ordinal, percent,
    similarity, speed, three_digits,
};
pub use settings::{
    augmentations, efforts, encoder, features, first_layer, loss, mining, network, readout, training,
};
pub use summary::{fewer_pairs, guest, images, score, summary, twins};

use crate::{
    page::state::{Engine, IntakeKind, State},
    protocol::{Backend, Stage},
};

/// Returns the backend's name.
pub const fn backend(backend: Backend) -> &'static str {
    match backend {
        Backend::WebGpu => "WebGPU",
        Backend::Cpu => "CPU",
    }
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
pub fn stage_at(at: Stage, step: Option<u32>) -> String {
    match (at, step) {
        (Stage::Trained, Some(step)) => format!("{}, after {}", stage(at), counted(step as usize, "step")),
        _ => stage(at).to_owned(),
    }
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

/// Describes the progress of incoming pictures.
pub const fn intake(kind: IntakeKind) -> &'static str {
    match kind {
        IntakeKind::Decoding => "Decoding",
        IntakeKind::Drawing => "Drawing",
        IntakeKind::Opening => "Opening",
    }
}

/// Describes the engine's progress in a few words.
pub fn engine(engine: &Engine) -> String {
    match engine {
        Engine::Loading { received, total: Some(total) } => {
            format!("engine {:.1} of {}", received / 1e6, megabytes(*total))
        }
        Engine::Loading { received, total: None } => format!("engine {}", megabytes(*received)),
        Engine::Starting => "starting".to_owned(),
        Engine::Ready(environment) => backend(environment.backend).to_owned(),
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
    #[test]
    fn loading_counts_megabytes() {
        let loading = Engine::Loading { received: 12_340_000.0, total: Some(20.1e6) };
        assert_eq!(engine(&loading), "engine 12.3 of 20.1 MB");
    }
}
