//! Labels and predictions in words.

use super::{count, counted, percent, waiting};
use crate::{
    page::{
        state::State,
        views::label::predictions::{Method, predictions},
    },
    protocol::{Classification, CrossValidation, LabelId, PictureId, Stage},
};

/// Advice while there are fewer than two labels.
pub const LACKING: &str = "Give at least two labels, one picture each. The classifier guesses the rest.";

/// Refusal of a table without columns for names and labels.
pub const NO_LABELS_IN_TABLE: &str =
    "A table of labels needs two columns: one of file names, headed “filename”, and one headed “label”.";

/// Refusal of a table that is too large to be read at once.
pub const TABLE_TOO_LARGE: &str = "It is larger than 64 MB, the most that a table of labels can be.";

/// Refusal of a file in JSON without names and labels.
pub const NO_LABELS_IN_INDEX: &str =
    "It isn’t in a picture format, and names no pictures with labels either.";

/// Describes that pictures in an index have no one label.
pub fn ambiguous_in_index(file: &str, pictures: usize) -> String {
    let (show, have) = if pictures == 1 { ("shows", "has") } else { ("show", "have") };
    let pictures = counted(pictures, "picture");
    format!("{file}: {pictures} {show} things of several kinds, and {have} no label from it.")
}

/// Maximum number of names listed.
const LISTED: usize = 20;

/// Describes which of a table's names match no picture, or several.
pub fn missed_in_table(missed: &[&str], total: usize) -> String {
    if total == 0 {
        return "No row of this table has both a name and a label.".to_owned();
    }
    let more = match missed.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {}", counted(more, "other")),
    };
    let names = missed[..missed.len().min(LISTED)].join(", ");
    let counts = format!("{} of {}", count(missed.len()), counted(total, "name"));
    format!("These names belong to no picture, or to several: {names}{more} ({counts}).")
}

/// Describes the origin of a picture's label, or its prediction, or the reason why there is none.
pub fn standing(state: &State, stage: Stage, method: Method, id: PictureId) -> String {
    if state.labels.typed(id).is_some() {
        return "You gave it this label.".to_owned();
    }
    if let Some(found) = predictions(state, stage, method).iter().find(|found| found.id == id) {
        let label = state.pictures.label_name(found.label).unwrap_or_default();
        return format!("Guessed: {label}, {} sure.", percent(found.confidence));
    }
    let given = method.answer(state, stage).map(|(classification, _)| &classification.given);
    match (state.label_names().len(), given) {
        (0, _) => "No labels yet, so no guess.".to_owned(),
        (1, _) => "Add a second label to get guesses.".to_owned(),
        (_, Some(given)) if given.contains(&id) => {
            let others = counted(given.len() - 1, "other");
            format!("The classifier learns from this picture and {others}.")
        }
        (_, None) if method == Method::FineTuned => "Click Fine-tune to get its guess.".to_owned(),
        _ => waiting(state, stage, "Training the classifiers…"),
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
    let given = counted(classification.given.len(), "labelled picture");
    let score = match &classification.crossed {
        Some(crossed) => crossed_in_words(state, crossed),
        None => held_out_in_words(classification),
    };
    format!("The classifier learns from {given}{typed}. {score}")
}

/// Describes the held-out pictures that count towards the score.
fn held_out_in_words(classification: &Classification) -> String {
    match (classification.scored as usize, classification.held_out.len()) {
        (0, _) => "No other picture came with a label, so there is no score.".to_owned(),
        (scored, held_out) if scored == held_out => {
            format!("Its score counts right guesses on {} (held out).", counted(scored, "other picture"))
        }
        (scored, _) => format!(
            "Its score counts right guesses on {} that came with a label (held out).",
            counted(scored, "other picture")
        ),
    }
}

/// Describes the pictures of a cross-validation, and what it omits.
fn crossed_in_words(state: &State, crossed: &CrossValidation) -> String {
    let count = crossed.pictures.len();
    if count == 0 {
        return "Give each label at least 4 pictures to see how far to trust the guesses.".to_owned();
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
        lone => format!(" {} can’t be scored: a label needs two pictures.", lone.join(", ")),
    };
    format!("Its score counts right guesses on {count} of them, {how}.{lone}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{
            fixture::newcomer,
            views::label::predictions::fixture::{state, typed},
        },
        settings::{Images, Settings},
    };

    #[test]
    fn label_or_prediction_of_a_picture_is_described_by_case() {
        let mut state = state();
        let said = |state: &State, id| standing(state, Stage::Pixels, Method::Probe, id);
        assert_eq!(said(&state, 2), "Guessed: a, 90% sure.");
        assert_eq!(said(&state, 0), "The classifier learns from this picture and 1 other.");
        let tuned = standing(&state, Stage::Pixels, Method::FineTuned, 0);
        assert_eq!(tuned, "Click Fine-tune to get its guess.");
        state.type_label(0, "b");
        assert_eq!(said(&state, 0), "You gave it this label.");

        let mut unlabelled = State::new(Settings::recommended(Images::Own));
        unlabelled.add(["x", "y"].map(|name| newcomer(name, None)).into());
        assert_eq!(said(&unlabelled, 0), "No labels yet, so no guess.");
        unlabelled.type_label(0, "cat");
        assert_eq!(said(&unlabelled, 1), "Add a second label to get guesses.");
    }

    #[test]
    fn cross_validation_is_described_with_its_omissions() {
        let state = typed();
        let found = state.classification(Stage::Pixels).expect("it came");
        assert_eq!(
            split_in_words(&state, found),
            "The classifier learns from 5 labelled pictures (5 typed). Its score counts right guesses on 4 of them, each guessed from all the others (leave-one-out). “c” can’t be scored: a label needs two pictures."
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
        assert!(split_in_words(&state, &found).contains("on 30 of them"));
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
        assert_eq!(
            words(&state, 4),
            "The classifier learns from 2 labelled pictures. Its score counts right guesses on 4 other pictures (held out)."
        );
        assert_eq!(
            words(&state, 3),
            "The classifier learns from 2 labelled pictures. Its score counts right guesses on 3 other pictures that came with a label (held out)."
        );
        let mut nothing = state.classification(Stage::Pixels).expect("it came").clone();
        nothing.classes.truncate(1);
        assert_eq!(split_in_words(&state, &nothing), LACKING);
        state.type_label(0, "c");
        assert!(words(&state, 0).ends_with(
            "2 labelled pictures (1 typed). No other picture came with a label, so there is no score."
        ));
    }
}
