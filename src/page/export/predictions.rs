//! The classifiers' predictions for every picture, as a table.

use super::csv::Csv;
use crate::{
    page::{
        picture_map::{Ids, PictureMap},
        state::State,
        views::{
            label::predictions::{Method, predictions},
            sort::picture_groups::numbers,
        },
    },
    protocol::Stage,
};

/// Columns of the table before those of the picture's file; two for each of [`METHODS`].
const HEADER: [&str; 9] = [
    "name",
    "label",
    "given",
    "linear_probe",
    "linear_probe_confidence",
    "knn_vote",
    "knn_vote_confidence",
    "fine_tuned",
    "fine_tuned_confidence",
];

/// Classifiers, in the order of their columns.
const METHODS: [Method; 3] = [Method::Probe, Method::Vote, Method::FineTuned];

/// Returns the table `name,label,given,…,path,…`, one picture per row; `given` is 1 if the classifiers knew
/// the label. Each classifier has two columns, its prediction and its confidence, which are empty if
/// it has none.
pub fn csv(state: &State, stage: Stage) -> String {
    let said = METHODS.map(|method| {
        // Results learned from other labels do not apply to these.
        let outdated = method == Method::FineTuned && state.labels.fine_tuning.is_outdated();
        let guesses = predictions(state, stage, method).into_iter().filter(|_| !outdated);
        guesses.map(|guess| (guess.id, guess)).collect::<PictureMap<_>>()
    });
    let given = state.classification(stage).map_or(&[][..], |found| &found.given);
    let given: Ids = given.iter().copied().collect();
    let groups = numbers(state);
    let mut csv = Csv::of_pictures(&HEADER);
    for entry in state.pictures.entries() {
        csv.picture(state, entry.id);
        csv.number(u8::from(given.contains(&entry.id)));
        for said in &said {
            match said.get(&entry.id) {
                Some(guess) => {
                    csv.text(state.pictures.label_name(guess.label).unwrap_or_default());
                    csv.number(guess.confidence);
                }
                None => ["", ""].iter().for_each(|nothing| csv.text(nothing)),
            }
        }
        csv.file_and_group(state, &groups, entry.id);
        csv.end_row();
    }
    csv.finish()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::{
        page::{
            export::{Export, samples::state},
            fixture::{answer, fine_tune},
        },
        protocol::{Answer, Classification, Event, Floats, Guesses},
    };

    #[test]
    fn every_picture_has_a_row_and_every_classifier_its_columns() {
        let mut state = state();
        state.type_label(0, "cats");
        state.type_label(1, "dogs");
        assert_eq!(Export::Predictions.obstacle(&state), None);
        assert_eq!(Export::Predictions.lacks(&state), Some(state.classifier_request(Stage::Trained).into()));
        let request = state.classifier_request(Stage::Trained);
        let classification = Classification {
            stage: Stage::Trained,
            step: 5,
            given: vec![0, 1],
            classes: vec![0, 1],
            held_out: vec![2],
            scored: 0,
            probe: Guesses { labels: vec![1], confidences: Floats(vec![0.75]), accuracy: None },
            vote: Guesses { labels: vec![0], confidences: Floats(vec![0.5]), accuracy: None },
            crossed: None,
        };
        answer(&mut state, request, Answer::Classification(classification));
        assert_eq!(Export::Predictions.lacks(&state), None);
        let text = csv(&state, Stage::Trained);
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<HashMap<String, String>> =
            reader.deserialize().map(|row| row.expect("it is well formed")).collect();
        let column = |name: &str| rows.iter().map(|row| row[name].as_str()).collect::<Vec<_>>();
        assert_eq!(column("label"), ["cats", "dogs", ""]);
        assert_eq!(column("given"), ["1", "1", "0"]);
        assert_eq!(column("linear_probe"), ["", "", "dogs"]);
        assert_eq!(column("linear_probe_confidence"), ["", "", "0.75"]);
        assert_eq!(column("knn_vote"), ["", "", "cats"]);
        assert_eq!(column("fine_tuned"), ["", "", ""]);
        let (number, _) = fine_tune(&mut state).expect("there are two labels");
        let found = state.classification(Stage::Trained).expect("it came").clone();
        state.apply(Event::Tuned { number, classification: found });
        assert!(csv(&state, Stage::Trained).contains(",cats,0.5,dogs,0.75"));
        state.type_label(1, "cats");
        assert!(csv(&state, Stage::Trained).contains(",cats,0.5,,"), "it learned other labels");
        state.type_label(2, "cats");
        assert_eq!(
            Export::Predictions.lacks(&state),
            Some(state.classifier_request(Stage::Trained).into()),
            "labels have changed since"
        );
    }
}
