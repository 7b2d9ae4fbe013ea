//! A set with answers of the classifiers, for tests.

use crate::{
    page::{
        fixture::{answer, newcomer},
        state::State,
    },
    protocol::{Answer, Classification, CrossValidation, Evaluation, Event, Floats, Guesses, LabelId, Stage},
    settings::{Images, Settings},
};

/// Returns an evaluation of six pictures' pixels.
pub fn evaluation() -> Evaluation {
    Evaluation::bare(Stage::Pixels, (0..6).collect())
}

/// Returns six pictures, "a" and "b" in turn; the labels of the first two are given.
pub fn state() -> State {
    let mut state = State::new(Settings::recommended(Images::Own));
    state.add((0..6).map(|i| newcomer(&i.to_string(), ["a", "b"][i % 2])).collect());
    state.apply(Event::Evaluated(evaluation()));
    let classification = Classification {
        stage: Stage::Pixels,
        step: 0,
        given: vec![0, 1],
        classes: vec![0, 1],
        held_out: vec![2, 3, 4, 5],
        scored: 4,
        probe: Guesses {
            labels: vec![0, 1, 1, 1],
            confidences: Floats(vec![0.9, 0.6, 0.7, 0.8]),
            accuracy: Some(0.75),
        },
        vote: Guesses::default(),
        crossed: None,
    };
    let request = state.classifier_request(Stage::Pixels);
    answer(&mut state, request, Answer::Classification(classification));
    state
}

/// Returns six pictures with typed labels: "a" for 0 and 1, "b" for 2 and 3, "c" for 4.
pub fn typed() -> State {
    let mut state = state();
    for (id, label) in [(0, "a"), (1, "a"), (2, "b"), (3, "b"), (4, "c")] {
        state.type_label(id, label);
    }
    let given = vec![0, 1, 2, 3, 4];
    let guesses = |labels: Vec<LabelId>, right: f32| Guesses {
        confidences: Floats(vec![0.5; labels.len()]),
        labels,
        accuracy: Some(right),
    };
    let crossed = CrossValidation {
        pictures: vec![2, 0, 3, 1],
        labels: vec![1, 0, 1, 0],
        folds: 4,
        lone: vec![2],
        probe: guesses(vec![1, 0, 0, 0], 0.75),
        vote: guesses(vec![1, 1, 0, 1], 0.25),
    };
    let classification = Classification {
        given,
        classes: vec![0, 1, 2],
        held_out: vec![5],
        scored: 0,
        probe: Guesses { labels: vec![1], confidences: Floats(vec![0.9]), accuracy: None },
        crossed: Some(crossed),
        ..state.classification(Stage::Pixels).expect("it came").clone()
    };
    let request = state.classifier_request(Stage::Pixels);
    answer(&mut state, request, Answer::Classification(classification));
    state
}
