//! Predictions of the classifiers for the held-out pictures.

#[cfg(test)]
pub mod fixture;

use crate::{
    page::{
        state::State,
        words::{Score, percent},
    },
    protocol::{Classification, CrossValidation, Guesses, LabelId, PictureId, Stage},
    small_sort::sorted,
};

/// A classifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A linear classifier.
    Probe,
    /// The vote of the nearest labelled pictures.
    Vote,
    /// A copy of the network fine-tuned on the labels; independent of the chosen embeddings.
    FineTuned,
}

impl Method {
    /// Returns its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Probe => "Linear probe",
            Self::Vote => "kNN vote",
            Self::FineTuned => "Fine-tuned",
        }
    }

    /// Returns its predictions at a stage, with the classification that they belong to.
    pub fn answer(self, state: &State, stage: Stage) -> Option<(&Classification, &Guesses)> {
        match self {
            Self::Probe => state.classification(stage).map(|found| (found, &found.probe)),
            Self::Vote => state.classification(stage).map(|found| (found, &found.vote)),
            Self::FineTuned => state.labels.fine_tuning.result().map(|found| (found, &found.probe)),
        }
    }

    /// Returns its predictions for the given pictures by cross-validation, if that was requested.
    pub fn crossed(self, found: &Classification) -> Option<(&CrossValidation, &Guesses)> {
        let crossed = found.crossed.as_ref()?;
        match self {
            Self::Probe => Some((crossed, &crossed.probe)),
            Self::Vote => Some((crossed, &crossed.vote)),
            Self::FineTuned => None,
        }
    }

    /// Returns its accuracy on the held-out pictures, or on the given ones if no other has a label to
    /// compare with.
    pub fn accuracy(self, state: &State, stage: Stage) -> Option<f32> {
        let (found, guesses) = self.answer(state, stage)?;
        guesses.accuracy.or_else(|| self.crossed(found)?.1.accuracy)
    }
}

/// Returns the accuracy of a classifier at a stage, next to that before training and by pixels.
pub fn score(state: &State, stage: Stage, method: Method) -> Option<Score> {
    let share = method.accuracy(state, stage)?;
    let mark = |(other, name)| Some((method.accuracy(state, other).filter(|_| other != stage)?, name));
    let marks = [(Stage::Untrained, "before"), (Stage::Pixels, "pixels")].into_iter().filter_map(mark);
    Some(Score {
        result: percent(share),
        meaning: "guessed right",
        share,
        marks: if method == Method::FineTuned { Vec::new() } else { marks.collect() },
    })
}

/// The prediction of a label for a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// The picture.
    pub id: PictureId,
    /// The predicted label.
    pub label: LabelId,
    /// Its probability, 0 to 1.
    pub confidence: f32,
    /// The true label: the one that the picture came with, or was given.
    pub truth: Option<LabelId>,
}

/// Returns all predictions, least confident first; pictures that were since removed or labelled are
/// left out.
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

/// Returns the predictions that can be compared with a label: those of held-out pictures, else those
/// of the given ones by cross-validation.
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

#[cfg(test)]
mod tests {
    use super::{
        fixture::{state, typed},
        *,
    };

    fn order(state: &State) -> Vec<PictureId> {
        predictions(state, Stage::Pixels, Method::Probe).iter().map(|prediction| prediction.id).collect()
    }

    #[test]
    fn least_confident_predictions_come_first() {
        let mut state = state();
        assert_eq!(order(&state), [3, 4, 5, 2]);
        assert!(predictions(&state, Stage::Trained, Method::Probe).is_empty());
        assert!(predictions(&state, Stage::Pixels, Method::Vote).is_empty());
        state.type_label(4, "a");
        state.remove(&[5]);
        assert_eq!(order(&state), [3, 2]);
    }

    #[test]
    fn typed_labels_alone_are_scored_by_cross_validation() {
        let state = typed();
        let accuracy = |method: Method| method.accuracy(&state, Stage::Pixels);
        assert_eq!((accuracy(Method::Probe), accuracy(Method::Vote)), (Some(0.75), Some(0.25)));
        assert_eq!(accuracy(Method::FineTuned), None);
        let shown = score(&state, Stage::Pixels, Method::Probe).expect("a score");
        assert_eq!((shown.result.as_str(), shown.share, shown.marks.len()), ("75%", 0.75, 0));
        let compared = compared(&state, Stage::Pixels, Method::Probe);
        let pairs: Vec<_> = compared.iter().map(|guess| (guess.truth, guess.label)).collect();
        assert_eq!(pairs, [(Some(1), 1), (Some(0), 0), (Some(1), 0), (Some(0), 0)]);
        // Predictions for unlabelled pictures are listed as before.
        assert_eq!(order(&state), [5]);
    }
}
