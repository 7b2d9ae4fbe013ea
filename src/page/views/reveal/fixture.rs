//! A run that has ended, for tests.

use super::model::Reveal;
use crate::{
    page::{
        fixture::{newcomer, report},
        state::State,
    },
    protocol::{Evaluation, Event, Floats, Neighbours, Stage},
    settings::{Images, Settings},
};

/// Returns a state of six pictures: 0, 1, 2 of one label and 3, 4, 5 of another, or without labels.
pub fn state(labelled: bool) -> State {
    let mut state = State::new(Settings::recommended(Images::Own));
    let label = |i: usize| labelled.then_some(["a", "b"][i / 3]);
    state.add((0..6).map(|i| newcomer(&i.to_string(), label(i))).collect());
    state.edit(|settings| settings.steps = 2);
    state
}

/// Applies the evaluation of a stage with these two nearest of each picture.
pub fn evaluate(state: &mut State, stage: Stage, step: u32, indices: [u32; 12]) {
    state.apply(Event::Evaluated(Evaluation {
        step,
        neighbours: Neighbours { k: 2, indices: indices.into(), similarities: Floats(vec![0.5; 12]) },
        ..Evaluation::bare(stage, (0..6).collect())
    }));
}

/// Nearest that are all of the other label, and those of which all but picture 5's are of the own.
pub const BEFORE: [u32; 12] = [3, 4, 3, 4, 3, 4, 0, 1, 0, 1, 3, 4];
pub const NOW: [u32; 12] = [1, 2, 0, 3, 0, 1, 4, 5, 3, 5, 3, 4];

/// Runs two steps, which change the nearest from [`BEFORE`] to [`NOW`].
pub fn finished(state: &mut State) {
    evaluate(state, Stage::Untrained, 0, BEFORE);
    state.start_running();
    state.apply(Event::Stepped(vec![report(1), report(2)]));
    state.apply(Event::Finished);
    assert!(matches!(*state.reveal, Reveal::Due | Reveal::Folded), "the evaluation is missing");
    evaluate(state, Stage::Trained, 2, NOW);
}
