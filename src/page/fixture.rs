//! States and events for tests.

use crate::{
    image::Image,
    page::state::{Effect, Newcomer, Origin, State},
    protocol::{
        Answer, Backend, BackendReason, Breakdown, ClassifierRequest, Command, Environment, Evaluation,
        Event, Floats, Question, Stage, StepReport,
    },
    settings::{Images, Settings},
};

/// Returns a state whose drawn set has this many pictures, labelled "a" and "b" in turn.
pub fn state(pictures: usize) -> State {
    let mut state = State::new(Settings::recommended(Images::Shapes));
    state.add((0..pictures).map(|i| newcomer(&i.to_string(), ["a", "b"][i % 2])).collect());
    state.log().take_changed();
    state
}

/// Returns a state with pictures embedded by the untrained network.
pub fn embedded(points: &[[f32; 2]]) -> State {
    let mut state = state(points.len());
    let ids = (0..points.len() as u32).collect();
    state.apply(Event::Evaluated(Evaluation {
        dimensions: 2,
        embeddings: Floats(points.concat()),
        ..Evaluation::bare(Stage::Untrained, ids)
    }));
    state
}

/// Returns the commands among the effects so far.
pub fn commands(state: &mut State) -> Vec<Command> {
    let command = |effect| match effect {
        Effect::Send(command) => Some(command),
        _ => None,
    };
    state.take_effects().into_iter().filter_map(command).collect()
}

/// Starts a fine-tuning and returns what it asks of the engine, if anything.
pub fn fine_tune(state: &mut State) -> Option<(u32, ClassifierRequest)> {
    state.fine_tune();
    commands(state).into_iter().find_map(|command| match command {
        Command::FineTune { number, request } => Some((number, request)),
        _ => None,
    })
}

/// Asks a question if it should be asked, and returns whether it was.
pub fn ask(state: &mut State, question: impl Into<Question>) -> bool {
    let question = question.into();
    let needed = state.needs(&question);
    if needed {
        state.answers.ask(question);
    }
    needed
}

/// Asks a question and stores its answer.
pub fn answer(state: &mut State, question: impl Into<Question>, answer: Answer) {
    let question = question.into();
    state.answers.ask(question.clone());
    state.answers.keep(&question, answer);
}

/// Returns a black picture with an optional label.
pub fn newcomer<'a>(name: &str, label: impl Into<Option<&'a str>>) -> Newcomer {
    let image = Image::draw(|_, _| [0; 3]);
    Newcomer {
        name: name.to_owned(),
        label: label.into().map(str::to_owned),
        origin: Origin::default(),
        image,
        whole: None,
    }
}

/// Returns a state with black pictures of one's own, from files at these paths.
pub fn from_paths(paths: &[&str]) -> State {
    let mut state = State::new(Settings::recommended(Images::Own));
    let picture = |path: &&str| {
        let origin = Origin { path: (*path).to_owned(), ..Origin::default() };
        Newcomer { origin, ..newcomer(path, None) }
    };
    state.add(paths.iter().map(picture).collect());
    state
}

/// Returns a report of a step.
pub fn report(step: u32) -> StepReport {
    StepReport { step, loss: 4.0, accuracy: 0.1, alignment: 1.0, uniformity: -2.0, milliseconds: 10.0 }
}

/// Returns the environment of an engine without an adapter.
pub fn environment(backend: Backend) -> Environment {
    let reason = BackendReason::NoAdapter;
    Environment { backend, adapter: String::new(), reason, self_test: None, is_unrecorded: false, cores: 1 }
}

/// Returns the event of an engine that has broken down.
pub fn failed() -> Event {
    Event::Failed(Breakdown::Ended)
}

/// Returns a snapshot that contains nothing but its step.
pub fn snapshot(step: u32) -> Event {
    Event::Snapshot { step, file: vec![step as u8] }
}
