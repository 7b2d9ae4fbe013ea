//! Labels and predictions in words.

use super::{count, counted, percent, waiting};
use crate::{
    page::{
        state::State,
        views::labels::predictions::{Method, predictions},
    },
    protocol::{Classification, CrossValidation, LabelId, PictureId, Stage},
};

/// Advice while there are fewer than two labels.
pub const LACKING: &str = "Give at least two different labels to see what they are worth: pick a picture, type its label, then another.";

/// Describes the origin of a picture's label, or its prediction, or the reason why there is none.
pub fn standing(state: &State, stage: Stage, method: Method, id: PictureId) -> String {
    if state.labels.typed(id).is_some() {
        return "You gave it this label.".to_owned();
    }
    if let Some(found) = predictions(state, stage, method).iter().find(|found| found.id == id) {
        let label = state.pictures.label_name(found.label).unwrap_or_default();
        return format!("Guessed: {label}, confidence {}.", percent(found.confidence));
    }
    let given = method.answer(state, stage).map(|(classification, _)| &classification.given);
    match (state.label_names().len(), given) {
        (0, _) => "No labels yet, so no guess.".to_owned(),
        (1, _) => "Give a second, different label to get guesses.".to_owned(),
        (_, Some(given)) if given.contains(&id) => {
            let given = count(given.len());
            format!("One of the {given} labelled pictures that the classifier learns from.")
        }
        (_, None) if method == Method::FineTuned => "Press Fine-tune to get its guess.".to_owned(),
        _ => waiting(state, stage, "The classifiers are being trained."),
    }
}

/// Describes how many labels were given and how many pictures are held out, or what is missing.
pub fn split_in_words(state: &State, classification: &Classification) -> String {
    if classification.classes.len() < 2 {
        return LACKING.to_owned();
    }
    let typed = match state.labels.typed_count() {
        0 => String::new(),
        typed => format!(" ({} typed)", count(typed)),
    };
    let held_out = classification.held_out.len();
    if let Some(crossed) = &classification.crossed {
        return format!(
            "{} with labels{typed}, {} without. {}",
            counted(classification.given.len(), "picture"),
            count(held_out),
            crossed_in_words(state, crossed)
        );
    }
    let scored = match classification.scored as usize {
        0 => ", none of them with a label to compare with".to_owned(),
        scored if scored == held_out => String::new(),
        scored => format!(", {} of them with a label to compare with", count(scored)),
    };
    format!(
        "{} with labels{typed}, {} held out{scored}.",
        counted(classification.given.len(), "picture"),
        count(held_out),
    )
}

/// Describes the pictures of a cross-validation, and what it omits.
fn crossed_in_words(state: &State, crossed: &CrossValidation) -> String {
    let count = crossed.pictures.len();
    if count == 0 {
        return "Label 4 pictures or more of each kind to see how far to trust the guesses.".to_owned();
    }
    let folds = crossed.folds as usize;
    let how = if folds == count {
        "each guessed from all the others (leave-one-out)".to_owned()
    } else {
        format!("a part at a time guessed from the others ({folds}-fold cross-validation)")
    };
    let name = |label: &LabelId| format!("“{}”", state.pictures.label_name(*label).unwrap_or_default());
    let lone: Vec<_> = crossed.lone.iter().map(name).collect();
    let lone = match lone.as_slice() {
        [] => String::new(),
        lone => format!(" With a single picture each, {} cannot be scored.", lone.join(", ")),
    };
    format!("Right guesses are counted over {count} of those with labels, {how}.{lone}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{
            fixture::newcomer,
            views::labels::predictions::fixture::{state, typed},
        },
        settings::{Images, Settings},
    };

    #[test]
    fn label_or_prediction_of_a_picture_is_described_by_case() {
        let mut state = state();
        let said = |state: &State, id| standing(state, Stage::Pixels, Method::Probe, id);
        assert_eq!(said(&state, 2), "Guessed: a, confidence 90 %.");
        assert_eq!(said(&state, 0), "One of the 2 labelled pictures that the classifier learns from.");
        let tuned = standing(&state, Stage::Pixels, Method::FineTuned, 0);
        assert_eq!(tuned, "Press Fine-tune to get its guess.");
        state.type_label(0, "b");
        assert_eq!(said(&state, 0), "You gave it this label.");

        let mut unlabelled = State::new(Settings::recommended(Images::Own));
        unlabelled.add(["x", "y"].map(|name| newcomer(name, None)).into());
        assert_eq!(said(&unlabelled, 0), "No labels yet, so no guess.");
        unlabelled.type_label(0, "cat");
        assert_eq!(said(&unlabelled, 1), "Give a second, different label to get guesses.");
    }

    #[test]
    fn cross_validation_is_described_with_its_omissions() {
        let state = typed();
        let found = state.classification(Stage::Pixels).expect("it came");
        assert_eq!(
            split_in_words(&state, found),
            "5 pictures with labels (5 typed), 1 without. Right guesses are counted over 4 of those with labels, each guessed from all the others (leave-one-out). With a single picture each, “c” cannot be scored."
        );
    }

    #[test]
    fn missing_score_is_described_with_what_is_missing() {
        let state = typed();
        let mut found = state.classification(Stage::Pixels).expect("it came").clone();
        found.crossed = Some(CrossValidation { lone: vec![0, 1], ..CrossValidation::default() });
        assert!(split_in_words(&state, &found).ends_with("how far to trust the guesses."));
        let folds = CrossValidation { pictures: (0..30).collect(), folds: 5, ..CrossValidation::default() };
        found.crossed = Some(folds);
        assert!(split_in_words(&state, &found).contains("over 30 of those"));
        assert!(split_in_words(&state, &found).ends_with("(5-fold cross-validation)."));
    }

    #[test]
    fn split_is_described_with_its_counts() {
        let mut state = state();
        let words = |state: &State, scored| {
            let mut classification = state.classification(Stage::Pixels).expect("it came").clone();
            classification.scored = scored;
            split_in_words(state, &classification)
        };
        assert_eq!(words(&state, 4), "2 pictures with labels, 4 held out.");
        assert_eq!(
            words(&state, 3),
            "2 pictures with labels, 4 held out, 3 of them with a label to compare with."
        );
        let mut nothing = state.classification(Stage::Pixels).expect("it came").clone();
        nothing.classes.truncate(1);
        assert_eq!(split_in_words(&state, &nothing), LACKING);
        state.type_label(0, "c");
        assert!(words(&state, 0).starts_with("2 pictures with labels (1 typed), 4 held out, none"));
    }
}
