//! Why something is not shown yet.

use crate::{
    page::state::{Engine, State},
    protocol::Stage,
    settings::MIN_PICTURES,
};

/// Returns what an answer about a stage's embeddings waits for; `computing` describes the work on it, if it
/// waits for nothing else.
pub fn waiting(state: &State, stage: Stage, computing: &str) -> String {
    let unknown = stage == Stage::Trained && state.results.scored(stage).is_none();
    let words = match (state.pictures.len(), &*state.engine) {
        (0, _) => "No pictures yet.",
        (1..MIN_PICTURES, _) => return format!("Needs {MIN_PICTURES} pictures or more."),
        (_, Engine::Stopped(_)) => "Needs the engine, which has stopped.",
        (_, Engine::Loading { .. } | Engine::Starting) => "Starting the engine…",
        _ if unknown && state.run.running => "Measuring…",
        _ if unknown && state.run.step() == 0 => "Press Train to see what the network makes of it.",
        _ => computing,
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{environment, failed, newcomer, report},
        protocol::{Backend, Evaluation, Event},
        settings::{Images, Settings},
    };

    #[test]
    fn what_is_waited_for_is_named() {
        let mut state = State::new(Settings::recommended(Images::Own));
        let said = |state: &State| {
            [Stage::Untrained, Stage::Trained].map(|stage| waiting(state, stage, "Measuring…"))
        };
        let both = |words: &str| [words, words].map(str::to_owned);
        assert_eq!(said(&state), both("No pictures yet."));
        state.add(vec![newcomer("a", None)]);
        assert_eq!(said(&state), both("Needs 4 pictures or more."));
        state.add(["b", "c", "d"].map(|name| newcomer(name, None)).into());
        assert_eq!(said(&state), both("Starting the engine…"));
        state.apply(Event::Ready(environment(Backend::Cpu)));
        assert_eq!(said(&state), ["Measuring…", "Press Train to see what the network makes of it."]);
        state.start_running();
        assert_eq!(said(&state), ["Measuring…", "Measuring…"]);
        state.apply(Event::Stepped(vec![report(1)]));
        state.stop_running();
        assert_eq!(said(&state), both("Measuring…"));
        let pictures = state.order();
        state.apply(Event::Evaluated(Evaluation { step: 1, ..Evaluation::bare(Stage::Trained, pictures) }));
        assert_eq!(said(&state), both("Measuring…"));
        state.apply(failed());
        assert!(said(&state)[0].contains("engine"));
    }
}
