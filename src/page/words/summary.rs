//! The purpose of the page and the effect of training, in a sentence or two.

use super::counted;
use crate::{
    page::{
        autosave::state::AutosaveStatus,
        state::{Engine, State},
    },
    protocol::{KnnScore, Stage},
    settings::{Images, MIN_PICTURES},
};

/// Explanation of training before anything is measured.
const TRAINING: &str = "Training: two views of one picture are pulled together, all others pushed apart.";

/// Describes the set of pictures.
pub fn images(state: &State) -> String {
    let pictures = state.pictures.len();
    let kinds = state.pictures.kinds();
    let name = match state.settings.images {
        Images::Shapes => "Shapes, ",
        Images::Fashion => "Fashion, ",
        Images::Own if pictures == 0 => return "none yet".to_owned(),
        Images::Own => "yours, ",
    };
    let kinds = if kinds > 1 { format!(", {kinds} kinds") } else { String::new() };
    format!("{name}{}{kinds}", counted(pictures, "picture"))
}

/// Returns a sentence for a guest, once it is known that no work of theirs is kept here.
pub fn guest(state: &State) -> Option<&'static str> {
    let known = *state.is_guest && *state.autosave != AutosaveStatus::Unknown && !state.intake.is_active();
    known.then_some(
        "This link was made with private pictures, which stay with their owner. Drop in yours to run the same setup.",
    )
}

/// Returns the sentence above the stage: the present state, and what to do next.
pub fn summary(state: &State) -> String {
    let pictures = state.pictures.len();
    if pictures == 0 {
        return "Drop your pictures in. Watch a network learn which of them are alike.".to_owned();
    }
    // Without the number read so far, which would be announced with every picture.
    if state.intake.is_active() && state.settings.images == Images::Own && !state.run.running {
        return format!("Reading your {}.", counted(state.intake.total, "picture"));
    }
    if pictures < MIN_PICTURES && !state.intake.is_active() {
        return format!("{MIN_PICTURES} pictures or more are needed: {pictures} so far.");
    }
    if state.results.scored(Stage::Untrained).is_none() {
        return match &*state.engine {
            Engine::Stopped(failure) => super::failure::engine_failure(failure),
            _ if state.run.running => TRAINING.to_owned(),
            _ => "Press Train and watch a network learn which of these pictures are alike.".to_owned(),
        };
    }
    if state.has_labels() { labelled_summary(state) } else { unlabelled_summary(state) }
}

/// Describes how many of a picture's nearest neighbours share its label, for each known stage.
fn labelled_summary(state: &State) -> String {
    let score = |stage| state.results.scored(stage)?.evaluation.knn;
    let shared = |stage| {
        let KnnScore { shared_labels, neighbours, .. } = score(stage)?;
        Some(format!("{:.1}", shared_labels * neighbours as f32))
    };
    let nearest = score(Stage::Untrained).map_or(10, |score| score.neighbours);
    let of = if state.are_all_labelled() {
        format!("of each picture’s {nearest} nearest")
    } else {
        format!("of each labelled picture’s {nearest} nearest with a label")
    };
    let untrained = shared(Stage::Untrained).unwrap_or_default();
    let baseline = |stage| shared(stage).map_or(String::new(), |n| format!(" {}: {n}.", super::stage(stage)));
    let baselines = [Stage::Classic, Stage::Pixels].map(baseline).concat();
    match (shared(Stage::Trained), trained_step(state)) {
        (Some(trained), step) if step > 0 => {
            let after = counted(step, "step");
            let advice = advice(state, score).unwrap_or_default();
            format!(
                "After {after}, {trained} {of} share its kind. Untrained: {untrained}.{baselines}{advice}"
            )
        }
        _ if state.run.running => {
            format!("Training. Before it, {untrained} {of} shared its kind.{baselines}")
        }
        _ => format!("Untrained: {untrained} {of} share its kind.{baselines} Press Train."),
    }
}

/// Returns advice if training has ended and a baseline is still ahead.
fn advice(state: &State, score: impl Fn(Stage) -> Option<KnnScore>) -> Option<String> {
    let shared = |stage| Some(score(stage)?.shared_labels);
    let trained = shared(Stage::Trained)?;
    let ahead = |stage: &Stage| shared(*stage).is_some_and(|shared| shared > trained);
    let best = [Stage::Classic, Stage::Pixels].into_iter().filter(ahead);
    let best =
        best.max_by(|a, b| shared(*a).unwrap_or_default().total_cmp(&shared(*b).unwrap_or_default()))?;
    (!state.run.running)
        .then(|| format!(" {} are still ahead: try more steps or gentler augmentations.", super::stage(best)))
}

/// Describes how many of a picture's nearest neighbours training has changed.
fn unlabelled_summary(state: &State) -> String {
    match (state.results.changed_neighbours(), trained_step(state)) {
        (Some((changed, k)), step) if step > 0 => format!(
            "After {}, about {changed:.0} of each picture’s {k} nearest have changed. Look at Neighbours to judge whether they fit better.",
            counted(step, "step")
        ),
        _ if state.run.running => TRAINING.to_owned(),
        _ => "Untrained: the nearest pictures come from random weights. Press Train and watch them change."
            .to_owned(),
    }
}

fn trained_step(state: &State) -> usize {
    state.results.scored(Stage::Trained).map_or(0, |scored| scored.evaluation.step as usize)
}

/// Describes the batch if it cannot contain as many pairs as are set.
pub fn fewer_pairs(state: &State) -> Option<String> {
    let pairs = state.pairs();
    let too_few = (MIN_PICTURES..state.settings.batch as usize).contains(&pairs);
    (too_few && !state.intake.is_active())
        .then(|| format!("The set has {pairs} pictures: a step holds {pairs} pairs."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{fixture::newcomer, state::IntakeKind},
        protocol::{Evaluation, Event, Floats, Neighbours},
        settings::Settings,
    };

    #[test]
    fn empty_page_states_its_purpose() {
        let state = State::new(Settings::recommended(Images::Own));
        assert!(summary(&state).starts_with("Drop your pictures in."));
        assert_eq!(images(&state), "none yet");
    }

    #[test]
    fn incoming_pictures_are_mentioned() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.begin_intake(IntakeKind::Decoding, 2_000, 0);
        state.add(["a", "b", "c", "d"].map(|name| newcomer(name, None)).into());
        assert_eq!(summary(&state), "Reading your 2,000 pictures.");
        state.advance_intake(2_000, Vec::new());
        assert!(summary(&state).starts_with("Press Train"));
    }

    /// Applies an evaluation of twelve pictures, whose ten nearest neighbours share the label at this
    /// rate.
    fn evaluated(state: &mut State, stage: Stage, step: u32, shared_labels: Option<f32>) {
        let score = |shared_labels| KnnScore { shared_labels, accuracy: 0.5, neighbours: 10 };
        evaluated_as(state, stage, step, shared_labels.map(score));
    }

    fn evaluated_as(state: &mut State, stage: Stage, step: u32, knn: Option<KnnScore>) {
        let pictures = state.order();
        let first = if stage == Stage::Trained { 1 } else { 4 };
        let indices = (0..12).flat_map(|row| (0..10).map(move |i| (row + first + i) % 12)).collect();
        state.apply(Event::Evaluated(Evaluation {
            step,
            neighbours: Neighbours { k: 10, indices, similarities: Floats(vec![0.5; 120]) },
            knn,
            ..Evaluation::bare(stage, pictures)
        }));
    }

    fn twelve(label: impl Fn(usize) -> Option<&'static str>) -> State {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.add((0..12).map(|i| newcomer(&i.to_string(), label(i))).collect());
        state
    }

    #[test]
    fn batch_larger_than_the_set_is_mentioned() {
        let mut state = twelve(|_| None);
        state.edit(|settings| settings.batch = 13);
        assert_eq!(fewer_pairs(&state).as_deref(), Some("The set has 12 pictures: a step holds 12 pairs."));
        state.begin_intake(IntakeKind::Decoding, 2, 0);
        assert_eq!(fewer_pairs(&state), None, "more are on their way");
        state.end_intake();
        state.edit(|settings| settings.batch = 12);
        assert_eq!(fewer_pairs(&state), None);
        state.clear(Images::Own);
        assert_eq!(fewer_pairs(&state), None, "there is nothing to train on");
    }

    #[test]
    fn effect_of_training_is_described_in_meaningful_numbers() {
        let mut state = twelve(|i| Some(["a", "b"][i % 2]));
        evaluated(&mut state, Stage::Pixels, 0, Some(0.16));
        evaluated(&mut state, Stage::Untrained, 0, Some(0.1));
        assert_eq!(
            summary(&state),
            "Untrained: 1.0 of each picture’s 10 nearest share its kind. Raw pixels: 1.6. Press Train."
        );
        evaluated(&mut state, Stage::Trained, 120, Some(0.56));
        assert_eq!(
            summary(&state),
            "After 120 steps, 5.6 of each picture’s 10 nearest share its kind. Untrained: 1.0. Raw pixels: 1.6."
        );
        // A baseline that is ahead is mentioned, the better of two, once training has stopped.
        evaluated(&mut state, Stage::Classic, 0, Some(0.7));
        assert!(summary(&state).ends_with(
            "Classic features: 7.0. Raw pixels: 1.6. Classic features are still ahead: try more steps or gentler augmentations."
        ), "{}", summary(&state));
        evaluated(&mut state, Stage::Pixels, 0, Some(0.8));
        assert!(summary(&state).contains("Raw pixels are still ahead"), "{}", summary(&state));
        state.start_running();
        assert!(summary(&state).ends_with("Raw pixels: 8.0."), "{}", summary(&state));
        // With the ten pictures after it instead of the ten from the fourth on, two are different.
        let mut state = twelve(|_| None);
        evaluated(&mut state, Stage::Untrained, 0, None);
        evaluated(&mut state, Stage::Trained, 120, None);
        assert_eq!(
            summary(&state),
            "After 120 steps, about 2 of each picture’s 10 nearest have changed. Look at Neighbours to judge whether they fit better."
        );
    }

    #[test]
    fn unlabelled_pictures_are_left_out_of_the_score() {
        let mut state = twelve(|i| (i < 6).then_some(["a", "b"][i % 2]));
        let score = KnnScore { shared_labels: 0.4, accuracy: 0.5, neighbours: 5 };
        evaluated_as(&mut state, Stage::Untrained, 0, Some(score));
        let says =
            "Untrained: 2.0 of each labelled picture’s 5 nearest with a label share its kind. Press Train.";
        assert_eq!(summary(&state), says);
    }

    #[test]
    fn too_few_pictures_are_counted() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.add(["a", "b"].map(|name| newcomer(name, None)).into());
        assert_eq!(summary(&state), "4 pictures or more are needed: 2 so far.");
        state.begin_intake(IntakeKind::Decoding, 2, 0);
        assert_eq!(summary(&state), "Reading your 2 pictures.", "more are on their way");
        state.end_intake();
        state.add(["c", "d"].map(|name| newcomer(name, None)).into());
        assert!(summary(&state).contains("Press Train"));
    }

    #[test]
    fn guest_is_addressed_once_no_kept_work_is_found() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.is_guest.set(true);
        assert_eq!(guest(&state), None);
        state.set_autosave(AutosaveStatus::Denied);
        assert!(guest(&state).is_some());
        state.begin_intake(IntakeKind::Decoding, 2, 0);
        assert_eq!(guest(&state), None);
    }
}
