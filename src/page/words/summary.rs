//! The purpose of the page and the effect of training, in a sentence or two.

use super::{counted, ordinal};
use crate::{
    page::{
        autosave::state::AutosaveStatus,
        state::{Engine, State},
        views::watch::twins::recent,
    },
    protocol::{KnnScore, Stage},
    settings::{Images, MIN_PICTURES},
};

/// Explanation of training before anything is measured.
const TRAINING: &str = "Training pulls two views of a picture together, and pushes all others apart.";

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
    let kinds = if kinds > 1 { format!(", {kinds} labels") } else { String::new() };
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
    if state.has_labels() {
        labelled_summary(state) + &advice(state).unwrap_or_default()
    } else {
        unlabelled_summary(state)
    }
}

/// Describes how many of a picture's nearest share its label, now and before training.
pub fn labelled_summary(state: &State) -> String {
    let Some(score) = label_score(state, Stage::Untrained) else { return TRAINING.to_owned() };
    let before = whole(score);
    let pictures = if state.are_all_labelled() { "pictures" } else { "labelled pictures" };
    match label_score(state, Stage::Trained) {
        Some(trained) => {
            let (now, of) = (whole(trained), trained.neighbours);
            let verb = if now == 1 { "matches" } else { "match" };
            format!("{now} in {of} nearest {pictures} now {verb}. Before training it was {before}.")
        }
        None if state.run.running => {
            format!("Training. Before it, {before} in {} nearest {pictures} matched.", score.neighbours)
        }
        None if state.run.step() > 0 => {
            format!(
                "Comparing. Before training, {before} in {} nearest {pictures} matched.",
                score.neighbours
            )
        }
        None => {
            let verb = if before == 1 { "matches" } else { "match" };
            let of = score.neighbours;
            format!("Before training, {before} in {of} nearest {pictures} {verb}. Press Train.")
        }
    }
}

/// Returns how many of a picture's nearest share its label at a stage.
fn label_score(state: &State, stage: Stage) -> Option<KnnScore> {
    state.results.scored(stage)?.evaluation.knn
}

/// Returns the number of neighbours that share the label, to the next whole number.
fn whole(score: KnnScore) -> u32 {
    (score.shared_labels * score.neighbours as f32).round() as u32
}

/// Returns advice if training has ended and a baseline is still ahead.
fn advice(state: &State) -> Option<String> {
    let shared = |stage: Stage| label_score(state, stage).map(|score| score.shared_labels);
    let trained = shared(Stage::Trained)?;
    let baselines =
        [Stage::Classic, Stage::Pixels].into_iter().filter_map(|stage| Some((stage, shared(stage)?)));
    let (best, ahead) = baselines.max_by(|a, b| a.1.total_cmp(&b.1))?;
    (!state.run.running && ahead > trained)
        .then(|| format!(" {} do better still: try more steps or gentler changes.", super::stage(best)))
}

/// Describes how near the network places the twins of the latest batches.
fn unlabelled_summary(state: &State) -> String {
    if recent(&state.run.twins).is_some() {
        return twins(state);
    }
    // A reopened run has no batches yet.
    match state.results.changed_neighbours() {
        Some((changed, k)) => {
            format!("Training changed {changed:.0} of each picture’s {k} nearest. Explore shows which.")
        }
        _ if state.run.running => TRAINING.to_owned(),
        _ => "Press Train, and the network learns which of these pictures are alike.".to_owned(),
    }
}

/// Describes the mean rank of a picture's twin.
pub fn twins(state: &State) -> String {
    let Some(rank) = recent(&state.run.twins) else {
        return "Training changes each picture in two ways. The two are twins, and should be nearest."
            .to_owned();
    };
    let place = |rank: f32| ordinal(rank.round() as usize);
    let (now, others) = (place(rank.mean), super::count(rank.others));
    format!(
        "A picture’s twin is now its {now}-closest of {others}. Guessing would be {}.",
        place(rank.guess())
    )
}

/// The one score of the page, for a meter.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Result in a few words: `5 of 10`, `3rd of 63`.
    pub result: String,
    /// Its meaning.
    pub meaning: &'static str,
    /// Length of the meter, 0 to 1.
    pub share: f32,
    /// Positions and names to compare with.
    pub marks: Vec<(f32, &'static str)>,
}

/// Returns the score: how many of a picture's nearest share its label, or without labels the mean
/// rank of its twin; `None` while neither is known.
pub fn score(state: &State) -> Option<Score> {
    let share = |stage| label_score(state, stage).map(|score| score.shared_labels);
    let latest = label_score(state, Stage::Trained).or(label_score(state, Stage::Untrained));
    if let Some(score) = latest.filter(|_| state.has_labels()) {
        let mark = |(stage, name)| share(stage).map(|share| (share, name));
        return Some(Score {
            result: format!("{} of {}", whole(score), score.neighbours),
            meaning: "nearest pictures match",
            share: score.shared_labels,
            marks: [(Stage::Untrained, "before"), (Stage::Pixels, "pixels")]
                .into_iter()
                .filter_map(mark)
                .collect(),
        });
    }
    let rank = recent(&state.run.twins)?;
    Some(Score {
        result: format!("{} of {}", ordinal(rank.mean.round() as usize), super::count(rank.others)),
        meaning: "the rank of a twin",
        share: rank.progress(),
        marks: vec![(0.0, "guessing")],
    })
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
        page::{fixture::newcomer, state::IntakeKind, views::watch::twins::TwinRank},
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
        state.begin_intake(IntakeKind::Decoding, 2_000, &[]);
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
        state.begin_intake(IntakeKind::Decoding, 2, &[]);
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
        assert_eq!(score(&state), None);
        evaluated(&mut state, Stage::Pixels, 0, Some(0.16));
        evaluated(&mut state, Stage::Untrained, 0, Some(0.1));
        assert_eq!(summary(&state), "Before training, 1 in 10 nearest pictures matches. Press Train.");
        evaluated(&mut state, Stage::Trained, 120, Some(0.56));
        assert_eq!(summary(&state), "6 in 10 nearest pictures now match. Before training it was 1.");
        let shown = score(&state).expect("a score");
        assert_eq!((shown.result.as_str(), shown.share), ("6 of 10", 0.56));
        assert_eq!(shown.marks, [(0.1, "before"), (0.16, "pixels")]);
        // A baseline that is ahead is mentioned, the better of two, once training has stopped.
        evaluated(&mut state, Stage::Classic, 0, Some(0.7));
        assert!(summary(&state).contains("Classic features do better still"), "{}", summary(&state));
        evaluated(&mut state, Stage::Pixels, 0, Some(0.8));
        assert!(summary(&state).contains("Pixels do better still"), "{}", summary(&state));
        state.start_running();
        assert!(summary(&state).ends_with("Before training it was 1."), "{}", summary(&state));
    }

    #[test]
    fn twins_are_the_score_without_labels() {
        let mut state = twelve(|_| None);
        evaluated(&mut state, Stage::Untrained, 0, None);
        assert_eq!(score(&state), None);
        assert!(summary(&state).contains("Press Train"), "{}", summary(&state));
        // With the ten pictures after it instead of the ten from the fourth on, two are different.
        evaluated(&mut state, Stage::Trained, 120, None);
        assert_eq!(summary(&state), "Training changed 2 of each picture’s 10 nearest. Explore shows which.");
        state.run.twins.push(TwinRank { step: 3, mean: 2.6, others: 63 });
        assert_eq!(summary(&state), "A picture’s twin is now its 3rd-closest of 63. Guessing would be 32nd.");
        assert_eq!(score(&state).map(|score| score.result).as_deref(), Some("3rd of 63"));
    }

    #[test]
    fn unlabelled_pictures_are_left_out_of_the_score() {
        let mut state = twelve(|i| (i < 6).then_some(["a", "b"][i % 2]));
        let score = KnnScore { shared_labels: 0.4, accuracy: 0.5, neighbours: 5 };
        evaluated_as(&mut state, Stage::Untrained, 0, Some(score));
        let says = "Before training, 2 in 5 nearest labelled pictures match. Press Train.";
        assert_eq!(summary(&state), says);
    }

    #[test]
    fn too_few_pictures_are_counted() {
        let mut state = State::new(Settings::recommended(Images::Own));
        state.add(["a", "b"].map(|name| newcomer(name, None)).into());
        assert_eq!(summary(&state), "4 pictures or more are needed: 2 so far.");
        state.begin_intake(IntakeKind::Decoding, 2, &[]);
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
        state.begin_intake(IntakeKind::Decoding, 2, &[]);
        assert_eq!(guest(&state), None);
    }
}
