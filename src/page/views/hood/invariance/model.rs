//! The changes that the network ignores, in rows and in words.

use crate::{
    page::{
        rail::operations::{OPERATIONS, Presentation},
        state::State,
        words::{counted, similarity, waiting},
    },
    protocol::{InvarianceRequest, Stage},
};

/// One operation, and each network's response to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Name of the operation.
    pub name: &'static str,
    /// Its strength in words; empty if it has none.
    pub strength: String,
    /// Whether training uses it.
    pub on: bool,
    /// Mean cosine similarity of a picture and its changed version, untrained and trained.
    pub cosines: [Option<f32>; 2],
    /// The same on a scale from the similarity of another picture, 0, to identity, 1.
    pub overlooked: [Option<f32>; 2],
}

/// Returns the position of the changed picture between another picture, 0, and identity, 1: an
/// network that merely finds all pictures more similar has learned nothing.
fn overlooked(cosine: f32, others: f32) -> f32 {
    (cosine - others) / (1.0 - others).max(1e-6)
}

/// Increase in the similarity of other pictures above which it is mentioned.
const BLURRED: f32 = 0.05;

/// Returns a row for every operation.
pub fn rows(state: &State) -> Vec<Row> {
    let mut settings = state.settings.augmentations;
    let found = [Stage::Untrained, Stage::Trained].map(|stage| state.answer(InvarianceRequest { stage }));
    let row = |(place, operation): (usize, &Presentation)| {
        let set = *(operation.field)(&mut settings);
        let cosines = found.map(|found| found.and_then(|found| found.operations.0.get(place).copied()));
        let overlooked = [0, 1].map(|i| Some(overlooked(cosines[i]?, found[i]?.others)));
        Row {
            name: operation.name,
            strength: operation.strength.map_or(String::new(), |words| words(set.strength)),
            on: set.on,
            cosines,
            overlooked,
        }
    };
    OPERATIONS.iter().enumerate().map(row).collect()
}

impl Row {
    /// Returns both similarities in words once they are known.
    pub fn measured(&self) -> Option<String> {
        self.cosines.iter().all(Option::is_some).then(|| change(self.cosines))
    }
}

/// Formats a similarity before training and now.
pub fn change(cosines: [Option<f32>; 2]) -> String {
    cosines.map(|cosine| cosine.map_or("–".to_owned(), similarity)).join(" → ")
}

/// Returns a sentence on what training changed most, or on what is not measured yet.
pub fn sentence(state: &State) -> String {
    let missing = |stage, when| {
        waiting(state, stage, &format!("Measuring how much each change matters to the network {when}…"))
    };
    let Some(untrained) = state.answer(InvarianceRequest { stage: Stage::Untrained }) else {
        return missing(Stage::Untrained, "before training");
    };
    let trained =
        state.answer(InvarianceRequest { stage: Stage::Trained }).filter(|trained| trained.step > 0);
    let Some(trained) = trained else {
        return format!(
            "{} changed in one way at a time. {}",
            counted(untrained.pictures as usize, "picture"),
            missing(Stage::Trained, "now")
        );
    };
    let gain = |row: &Row| Some(row.overlooked[1]? - row.overlooked[0]?);
    let rows = rows(state);
    let most = rows
        .iter()
        .filter(|row| gain(row).is_some())
        .max_by(|a, b| gain(a).unwrap_or_default().total_cmp(&gain(b).unwrap_or_default()));
    let after = counted(trained.step as usize, "step");
    match most {
        Some(row @ Row { name, cosines: [Some(before), Some(now)], .. }) if gain(row) >= Some(0.01) => {
            let blurred = trained.others - untrained.others > BLURRED;
            format!(
                "After {after}, the network has learned most to ignore {}. Similarity with the changed picture: {} before training, {} now. Two different pictures: {} before training, {} now{}",
                noun(name),
                similarity(*before),
                similarity(*now),
                similarity(untrained.others),
                similarity(trained.others),
                if blurred { ", so in part it simply tells less apart.".to_owned() } else { ".".to_owned() }
            )
        }
        _ => format!("After {after}, the network ignores no change more than before training."),
    }
}

/// Returns the noun for an operation's change.
fn noun(name: &str) -> String {
    match name {
        "Invert" => "inversion".to_owned(),
        "Crop" => "cropping".to_owned(),
        name => name.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{answer, environment, newcomer, report},
        protocol::{Answer, Backend, Evaluation, Event, Floats, Invariance},
        settings::{Images, Settings},
    };

    fn known(state: &mut State, stage: Stage, step: u32, operations: Vec<f32>, others: f32) {
        state.apply(Event::Evaluated(Evaluation { step, ..Evaluation::bare(stage, vec![0]) }));
        let operations = Floats(operations);
        let invariance = Invariance { stage, step, pictures: 64, operations, others };
        answer(state, InvarianceRequest { stage }, Answer::Invariance(invariance));
    }

    #[test]
    fn each_operation_has_a_row_and_the_greatest_gain_is_named() {
        let mut state = State::new(Settings::recommended(Images::Shapes));
        state.add(["a", "b", "c", "d"].map(|name| newcomer(name, None)).into());
        state.apply(Event::Ready(environment(Backend::Cpu)));
        assert_eq!(
            sentence(&state),
            "Measuring how much each change matters to the network before training…"
        );
        assert_eq!((rows(&state)[0].measured(), change([Some(0.5), None])), (None, "0.50 → –".to_owned()));
        known(&mut state, Stage::Untrained, 0, vec![0.5; OPERATIONS.len()], 0.2);
        assert_eq!(
            sentence(&state),
            "64 pictures changed in one way at a time. Press Train to see what the network makes of it."
        );
        state.start_running();
        state.apply(Event::Stepped(vec![report(1)]));
        state.stop_running();
        assert!(sentence(&state).ends_with("Measuring how much each change matters to the network now…"));
        let mut trained = vec![0.6; OPERATIONS.len()];
        let hue = OPERATIONS.iter().position(|operation| operation.name == "Hue").expect("it is one");
        trained[hue] = 0.95;
        known(&mut state, Stage::Trained, 40, trained.clone(), 0.2);
        let words = sentence(&state);
        assert_eq!(
            words,
            "After 40 steps, the network has learned most to ignore hue. Similarity with the changed picture: 0.50 before training, 0.95 now. Two different pictures: 0.20 before training, 0.20 now."
        );
        let rows = rows(&state);
        assert_eq!(rows[hue].measured().as_deref(), Some("0.50 → 0.95"));
        assert_eq!((rows.len(), rows[hue].cosines), (OPERATIONS.len(), [Some(0.5), Some(0.95)]));
        let [before, now] = rows[hue].overlooked.map(|share| share.expect("it was measured"));
        // 0.5 is 0.3 of 0.8 above other pictures, 0.95 is 0.75 of 0.8 above them.
        assert!((before - 0.375).abs() < 1e-6 && (now - 0.9375).abs() < 1e-6);
        assert_eq!((rows[0].strength.as_str(), rows[0].on), ("keeps 40–100% of the area", true));
        known(&mut state, Stage::Trained, 80, trained, 0.4);
        let words = sentence(&state);
        assert!(
            words.ends_with("Two different pictures: 0.20 before training, 0.40 now, so in part it simply tells less apart."),
            "{words}"
        );
        // If all pictures become more similar, other pictures included, there is no gain.
        known(&mut state, Stage::Trained, 90, vec![0.8; OPERATIONS.len()], 0.68);
        assert_eq!(
            sentence(&state),
            "After 90 steps, the network ignores no change more than before training."
        );
    }
}
