//! What the encoder overlooks, in rows and in words.

use super::{
    operations::OPERATIONS,
    state::State,
    words::{counted, similarity},
};
use crate::protocol::Stage;

/// One operation, and what each encoder makes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The operation's name.
    pub name: &'static str,
    /// Its strength in words; empty where it has none.
    pub strength: String,
    /// Whether training uses it.
    pub on: bool,
    /// The mean cosine between a picture and its changed self, untrained and trained.
    pub cosines: [Option<f32>; 2],
}

/// A row for every operation.
pub fn rows(state: &State) -> Vec<Row> {
    let mut settings = state.settings.augmentations;
    let found = [Stage::Untrained, Stage::Trained].map(|stage| state.invariance(stage));
    let row = |(place, operation): (usize, &super::operations::Presentation)| {
        let set = *(operation.field)(&mut settings);
        Row {
            name: operation.name,
            strength: operation.strength.map_or(String::new(), |words| words(set.strength)),
            on: set.on,
            cosines: found.map(|found| found.and_then(|found| found.operations.0.get(place).copied())),
        }
    };
    OPERATIONS.iter().enumerate().map(row).collect()
}

/// What training changed most, in a sentence.
pub fn sentence(state: &State) -> String {
    if state.pictures.is_empty() {
        return "No pictures yet.".to_owned();
    }
    let Some(untrained) = state.invariance(Stage::Untrained) else {
        return "Pictures are being changed and compared with themselves.".to_owned();
    };
    let trained = state.invariance(Stage::Trained).filter(|trained| trained.step > 0);
    let Some(trained) = trained else {
        return format!(
            "{} changed by each operation alone, and compared with themselves. Train to see what the encoder learns to overlook.",
            counted(untrained.pictures as usize, "picture")
        );
    };
    // An encoder that finds all pictures more alike has learned nothing by that.
    let overlooked = |cosine: f32, others: f32| (cosine - others) / (1.0 - others).max(1e-6);
    let gain = |row: &Row| {
        Some(overlooked(row.cosines[1]?, trained.others) - overlooked(row.cosines[0]?, untrained.others))
    };
    let rows = rows(state);
    let most = rows
        .iter()
        .filter(|row| gain(row).is_some())
        .max_by(|a, b| gain(a).unwrap_or_default().total_cmp(&gain(b).unwrap_or_default()));
    let after = counted(trained.step as usize, "step");
    match most {
        Some(row @ Row { name, cosines: [Some(before), Some(now)], .. }) if gain(row) >= Some(0.01) => {
            format!(
                "After {after}, the encoder has learned most to overlook {}: {} instead of {}, where two different pictures have {} instead of {}.",
                name.to_ascii_lowercase(),
                similarity(*now),
                similarity(*before),
                similarity(trained.others),
                similarity(untrained.others)
            )
        }
        _ => format!("After {after}, the encoder overlooks no operation more than before."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::{Evaluation, Event, Floats, Invariance, Neighbours},
        settings::{Images, Settings},
    };

    fn known(state: &mut State, stage: Stage, step: u32, operations: Vec<f32>) {
        state.apply(Event::Evaluated(Evaluation {
            stage,
            step,
            pictures: vec![0],
            dimensions: 0,
            embeddings: Floats::default(),
            neighbours: Neighbours { k: 0, indices: Vec::new(), similarities: Floats::default() },
            shared_labels: None,
            knn: None,
            effective_rank: None,
        }));
        let operations = Floats(operations);
        state.apply(Event::Invariance(Invariance { stage, step, pictures: 64, operations, others: 0.2 }));
    }

    #[test]
    fn each_operation_has_its_row_and_the_greatest_gain_is_named() {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        let image = crate::image::Image::draw(|_, _| [0; 3]);
        state.add(vec![crate::page::state::Newcomer { name: "a".to_owned(), label: None, image }]);
        known(&mut state, Stage::Untrained, 0, vec![0.5; OPERATIONS.len()]);
        assert!(sentence(&state).starts_with("64 pictures changed"));
        let mut trained = vec![0.6; OPERATIONS.len()];
        let hue = OPERATIONS.iter().position(|operation| operation.name == "Hue").expect("it is one");
        trained[hue] = 0.95;
        known(&mut state, Stage::Trained, 40, trained);
        let words = sentence(&state);
        assert_eq!(
            words,
            "After 40 steps, the encoder has learned most to overlook hue: 0.95 instead of 0.50, where two different pictures have 0.20 instead of 0.20."
        );
        let rows = rows(&state);
        assert_eq!((rows.len(), rows[hue].cosines), (OPERATIONS.len(), [Some(0.5), Some(0.95)]));
        assert_eq!((rows[0].strength.as_str(), rows[0].on), ("keeps 40–100 % of the area", true));
    }
}
