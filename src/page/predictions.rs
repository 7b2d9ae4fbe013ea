//! What classifiers say about the held-out pictures, ordered and counted.

use crate::{
    page::{state::State, words},
    protocol::{Classification, CrossValidation, Guesses, LabelId, PictureId, Stage},
    sorted::sorted,
};

/// What to do while there is nothing to tell apart.
pub const LACKING: &str = "Give at least two different labels to see what they are worth: pick a picture, type its label, then another.";

/// A way to guess labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A linear classifier.
    Probe,
    /// The vote of the nearest pictures with a label.
    Vote,
    /// A copy of the encoder that learned the labels; the same whatever the embeddings.
    FineTuned,
}

impl Method {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Probe => "Linear probe",
            Self::Vote => "kNN vote",
            Self::FineTuned => "Fine-tuned",
        }
    }

    /// What it says at a stage, and of what.
    pub fn answer(self, state: &State, stage: Stage) -> Option<(&Classification, &Guesses)> {
        match self {
            Self::Probe => state.classification(stage).map(|found| (found, &found.probe)),
            Self::Vote => state.classification(stage).map(|found| (found, &found.vote)),
            Self::FineTuned => state.labels.tuned().map(|found| (found, &found.probe)),
        }
    }

    /// What it says of the given pictures, each guessed from others, where that was asked.
    pub fn crossed(self, found: &Classification) -> Option<(&CrossValidation, &Guesses)> {
        let crossed = found.crossed.as_ref()?;
        match self {
            Self::Probe => Some((crossed, &crossed.probe)),
            Self::Vote => Some((crossed, &crossed.vote)),
            Self::FineTuned => None,
        }
    }

    /// How often it is right on the held-out pictures, in words; on the given ones where no
    /// other has a label to compare with.
    pub fn accuracy(self, state: &State, stage: Stage) -> String {
        let accuracy = self
            .answer(state, stage)
            .and_then(|(found, guesses)| guesses.accuracy.or_else(|| self.crossed(found)?.1.accuracy));
        accuracy.map_or("–".to_owned(), |share| format!("{:.1} %", share * 100.0))
    }
}

/// The label that a classifier gives to a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// The picture.
    pub id: PictureId,
    /// The label.
    pub label: LabelId,
    /// Its probability, 0 to 1.
    pub confidence: f32,
    /// The label to compare with: the one that the picture came with, or was given.
    pub truth: Option<LabelId>,
}

/// All predictions, least confident first; pictures that were removed or labelled since
/// are left out.
pub fn predictions(state: &State, stage: Stage, method: Method) -> Vec<Prediction> {
    let Some((classification, guesses)) = method.answer(state, stage) else { return Vec::new() };
    let scores = state.has_labels();
    let predictions: Vec<_> = (classification.held_out.iter())
        .zip(guesses.labels.iter().zip(&guesses.confidences.0))
        .filter(|(id, _)| state.labels.typed(**id).is_none())
        .filter_map(|(id, (label, confidence))| {
            let truth = state.pictures.get(*id)?.label.filter(|_| scores);
            Some(Prediction { id: *id, label: *label, confidence: *confidence, truth })
        })
        .collect();
    sorted(&predictions, |a, b| a.confidence.total_cmp(&b.confidence))
}

/// The predictions that there is a label to compare with: of held-out pictures, else of the
/// given ones, each guessed from others.
pub fn compared(state: &State, stage: Stage, method: Method) -> Vec<Prediction> {
    let crossed = method.answer(state, stage).and_then(|(found, _)| method.crossed(found));
    let Some((crossed, guesses)) = crossed else { return predictions(state, stage, method) };
    let said = guesses.labels.iter().zip(&guesses.confidences.0);
    let guessed = crossed.pictures.iter().zip(&crossed.labels).zip(said);
    guessed
        .filter(|((id, _), _)| state.pictures.get(**id).is_some())
        .map(|((id, truth), (label, confidence))| Prediction {
            id: *id,
            label: *label,
            confidence: *confidence,
            truth: Some(*truth),
        })
        .collect()
}

/// Where a picture's label comes from, or what is guessed of it, or why nothing is.
pub fn standing(state: &State, stage: Stage, method: Method, id: PictureId) -> String {
    if state.labels.typed(id).is_some() {
        return "You gave it this label.".to_owned();
    }
    if let Some(found) = predictions(state, stage, method).iter().find(|found| found.id == id) {
        let label = state.pictures.label_name(found.label).unwrap_or_default();
        return format!("Guessed: {label}, confidence {}.", words::percent(found.confidence));
    }
    let given = method.answer(state, stage).map(|(classification, _)| &classification.given);
    match (state.label_names().len(), given) {
        (0, _) => "No labels yet, so no guess.".to_owned(),
        (1, _) => "Give a second, different label to get guesses.".to_owned(),
        (_, Some(given)) if given.contains(&id) => {
            let given = words::count(given.len());
            format!("One of the {given} labelled pictures that the classifier learns from.")
        }
        (_, None) if method == Method::FineTuned => "Press Fine-tune to get its guess.".to_owned(),
        _ => "Computing…".to_owned(),
    }
}

/// How often each label is taken for each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Confusion {
    /// The labels of rows and columns.
    pub labels: Vec<LabelId>,
    /// Pictures whose label is the row's and that were taken for the column's, row by row.
    pub counts: Vec<u32>,
}

impl Confusion {
    /// Counts the predictions whose picture has one of `labels`; `None` when there is none.
    pub fn count(labels: &[LabelId], predictions: &[Prediction]) -> Option<Self> {
        let place = |label: LabelId| labels.iter().position(|other| *other == label);
        let mut counts = vec![0; labels.len() * labels.len()];
        for prediction in predictions {
            let row = prediction.truth.and_then(place);
            if let (Some(row), Some(column)) = (row, place(prediction.label)) {
                counts[row * labels.len() + column] += 1;
            }
        }
        counts.iter().any(|count| *count > 0).then(|| Self { labels: labels.to_vec(), counts })
    }

    /// How many pictures of a row's label there are.
    pub fn of_row(&self, row: usize) -> u32 {
        self.counts.chunks_exact(self.labels.len()).nth(row).map_or(0, |row| row.iter().sum())
    }

    /// Each cell's share of its row, 0 to 1.
    pub fn shares(&self) -> Vec<f32> {
        let share =
            |(at, count): (usize, &u32)| *count as f32 / self.of_row(at / self.labels.len()).max(1) as f32;
        self.counts.iter().enumerate().map(share).collect()
    }

    /// The labels of a cell: what its pictures are, and what they were taken for.
    pub fn labels_of(&self, (row, column): (usize, usize)) -> Option<(LabelId, LabelId)> {
        Some((*self.labels.get(row)?, *self.labels.get(column)?))
    }

    /// A cell in words.
    pub fn describe(&self, state: &State, (row, column): (usize, usize)) -> Option<String> {
        let (from, to) = self.labels_of((row, column))?;
        let name = |label| state.pictures.label_name(label).unwrap_or("no label");
        let (count, all) = (self.counts[row * self.labels.len() + column], self.of_row(row));
        let of = format!("{} of {} {}", words::count(count as usize), words::count(all as usize), name(from));
        let share = words::percent(count as f32 / all.max(1) as f32);
        Some(if from == to {
            format!("{of} recognised ({share})")
        } else {
            format!("{of} taken for {} ({share})", name(to))
        })
    }
}

/// How many labels were given and how many pictures are held out, or what is lacking.
pub fn split_in_words(state: &State, classification: &Classification) -> String {
    if classification.classes.len() < 2 {
        return LACKING.to_owned();
    }
    let typed = match state.labels.typed_count() {
        0 => String::new(),
        typed => format!(" ({} typed)", words::count(typed)),
    };
    let held_out = classification.held_out.len();
    if let Some(crossed) = &classification.crossed {
        return format!(
            "{} with labels{typed}, {} without. {}",
            words::counted(classification.given.len(), "picture"),
            words::count(held_out),
            crossed_in_words(state, crossed)
        );
    }
    let scored = match classification.scored as usize {
        0 => ", none of them with a label to compare with".to_owned(),
        scored if scored == held_out => String::new(),
        scored => format!(", {} of them with a label to compare with", words::count(scored)),
    };
    format!(
        "{} with labels{typed}, {} held out{scored}.",
        words::counted(classification.given.len(), "picture"),
        words::count(held_out),
    )
}

/// What a cross-validation was counted over, and what it leaves out.
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
        image::Image,
        page::state::Newcomer,
        protocol::{Evaluation, Event, Floats},
        settings::{Images, Settings},
    };

    fn evaluation() -> Evaluation {
        Evaluation::bare(Stage::Pixels, (0..6).collect())
    }

    /// Six pictures, "a" and "b" in turn; the first two give their labels.
    fn state() -> State {
        let mut state = State::new(Settings::recommended(Images::Own));
        let newcomer = |i: usize| Newcomer {
            name: i.to_string(),
            label: Some(["a", "b"][i % 2].to_owned()),
            image: Image::draw(|_, _| [0; 3]),
        };
        state.add((0..6).map(newcomer).collect());
        state.apply(Event::Evaluated(evaluation()));
        state.apply(Event::Classified(Classification {
            number: 0,
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
        }));
        state
    }

    fn order(state: &State) -> Vec<PictureId> {
        predictions(state, Stage::Pixels, Method::Probe).iter().map(|prediction| prediction.id).collect()
    }

    #[test]
    fn the_least_confident_come_first() {
        let mut state = state();
        assert_eq!(order(&state), [3, 4, 5, 2]);
        assert!(predictions(&state, Stage::Trained, Method::Probe).is_empty());
        assert!(predictions(&state, Stage::Pixels, Method::Vote).is_empty());
        state.type_label(4, "a");
        state.remove(&[5]);
        assert_eq!(order(&state), [3, 2]);
    }

    #[test]
    fn what_is_known_of_a_picture_is_said_by_case() {
        let mut state = state();
        let said = |state: &State, id| standing(state, Stage::Pixels, Method::Probe, id);
        assert_eq!(said(&state, 2), "Guessed: a, confidence 90 %.");
        assert_eq!(said(&state, 0), "One of the 2 labelled pictures that the classifier learns from.");
        let tuned = standing(&state, Stage::Pixels, Method::FineTuned, 0);
        assert_eq!(tuned, "Press Fine-tune to get its guess.");
        state.type_label(0, "b");
        assert_eq!(said(&state, 0), "You gave it this label.");

        let mut unlabelled = State::new(Settings::recommended(Images::Own));
        let image = || Image::draw(|_, _| [0; 3]);
        let newcomer = |name: &str| Newcomer { name: name.to_owned(), label: None, image: image() };
        unlabelled.add(["x", "y"].map(newcomer).into());
        assert_eq!(said(&unlabelled, 0), "No labels yet, so no guess.");
        unlabelled.type_label(0, "cat");
        assert_eq!(said(&unlabelled, 1), "Give a second, different label to get guesses.");
    }

    #[test]
    fn a_fine_tuning_is_asked_for_once_and_outdated_when_labels_change() {
        let mut state = state();
        assert_eq!(state.start_tuning(), None, "there is no encoder yet");
        state.apply(Event::Evaluated(Evaluation { stage: Stage::Untrained, ..evaluation() }));
        let asked = state.start_tuning().expect("there are labels");
        assert_eq!((asked.stage, state.start_tuning()), (Stage::Trained, None));
        state.apply(Event::Tuning { done: 3, total: 9 });
        assert_eq!(state.labels.tuning(), Some((3, 9)));
        let known = state.classification(Stage::Pixels).expect("it came").clone();
        let answer = Classification { number: asked.number, ..known };
        state.apply(Event::Tuned(answer.clone()));
        assert_eq!(
            (state.labels.tuning(), Method::FineTuned.accuracy(&state, Stage::Pixels)),
            (None, "75.0 %".to_owned())
        );
        assert!(!state.labels.is_tuned_outdated());
        state.type_label(2, "b");
        assert!(state.labels.is_tuned_outdated(), "it stays on show, and is told apart");
        assert_eq!(Method::FineTuned.accuracy(&state, Stage::Pixels), "75.0 %");

        state.start_tuning();
        assert!(!state.labels.is_tuned_outdated() && state.labels.tuned().is_none());
        state.type_label(3, "a");
        state.apply(Event::Tuning { done: 4, total: 9 });
        state.apply(Event::Tuned(answer));
        assert_eq!((state.labels.tuning(), state.labels.tuned()), (None, None));
        state.start_tuning();
        state.stop_tuning();
        assert_eq!(state.labels.tuning(), None);
        state.start_tuning();
        state.apply(Event::Tuning { done: 0, total: 0 });
        assert!(state.start_tuning().is_some(), "the engine could not");
    }

    #[test]
    fn confusion_counts_what_was_taken_for_what() {
        let state = state();
        let predictions = predictions(&state, Stage::Pixels, Method::Probe);
        let confusion = Confusion::count(&[0, 1], &predictions).expect("labels are known");
        assert_eq!((confusion.counts.as_slice(), confusion.of_row(0)), (&[1, 1, 0, 2][..], 2));
        assert_eq!(confusion.shares(), [0.5, 0.5, 0.0, 1.0]);
        assert_eq!(confusion.describe(&state, (0, 1)).as_deref(), Some("1 of 2 a taken for b (50 %)"));
        assert_eq!(confusion.describe(&state, (1, 1)).as_deref(), Some("2 of 2 b recognised (100 %)"));
        assert_eq!(confusion.describe(&state, (2, 0)), None);
        assert_eq!(Confusion::count(&[7], &predictions), None);
    }

    /// As when the user typed all labels: "a" for 0 and 1, "b" for 2 and 3, "c" for 4.
    fn typed() -> State {
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
        state.apply(Event::Classified(Classification {
            given,
            classes: vec![0, 1, 2],
            held_out: vec![5],
            scored: 0,
            probe: Guesses { labels: vec![1], confidences: Floats(vec![0.9]), accuracy: None },
            crossed: Some(crossed),
            ..state.classification(Stage::Pixels).expect("it came").clone()
        }));
        state
    }

    #[test]
    fn typed_labels_alone_are_scored_by_cross_validation() {
        let state = typed();
        let accuracy = |method: Method| method.accuracy(&state, Stage::Pixels);
        assert_eq!((accuracy(Method::Probe), accuracy(Method::Vote)), ("75.0 %".into(), "25.0 %".into()));
        assert_eq!(accuracy(Method::FineTuned), "–");
        let found = state.classification(Stage::Pixels).expect("it came");
        assert_eq!(
            split_in_words(&state, found),
            "5 pictures with labels (5 typed), 1 without. Right guesses are counted over 4 of those with labels, each guessed from all the others (leave-one-out). With a single picture each, “c” cannot be scored."
        );
        let compared = compared(&state, Stage::Pixels, Method::Probe);
        let confusion = Confusion::count(&[0, 1, 2], &compared).expect("labels are known");
        assert_eq!(confusion.counts, [2, 0, 0, 1, 1, 0, 0, 0, 0]);
        // The guesses of the unlabelled are listed as ever.
        assert_eq!(order(&state), [5]);
    }

    #[test]
    fn what_cannot_be_scored_yet_is_told_with_what_is_lacking() {
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
    fn the_split_is_told_with_its_counts() {
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
