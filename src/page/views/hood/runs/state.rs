//! The runs of this visit, kept for comparison.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    page::{experiment::as_link, state::State},
    protocol::{Backend, BatchMatrix, Stage, StepReport},
    settings::Settings,
};

/// Maximum number of kept runs; older ones are forgotten.
pub const MAX_KEPT: usize = 20;

/// Number of steps over which final scores are averaged: single batches differ too much.
const LAST: usize = 20;

/// Notes on a run in progress.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// Settings of the latest steps.
    settings: Option<Settings>,
    /// Step after which they were last changed during the run.
    changed_after: Option<u32>,
    pictures: usize,
    /// kNN accuracy of the encoder, 0 to 1, by step.
    knn: Vec<(u32, f32)>,
    /// Effective rank of its embeddings, by step.
    ranks: Vec<(u32, f32)>,
    /// Learned temperature, by step of a reported batch.
    temperatures: Vec<(u32, f32)>,
}

impl Notes {
    /// Returns the notes of a kept run.
    pub(in crate::page) fn of(record: &Record, temperatures: Vec<(u32, f32)>) -> Self {
        Self {
            settings: Some(record.settings),
            changed_after: record.changed_after,
            pictures: record.pictures,
            // Scores of the untrained encoder are measured again.
            knn: record.knn.iter().copied().filter(|(step, _)| *step > 0).collect(),
            ranks: record.ranks.iter().copied().filter(|(step, _)| *step > 0).collect(),
            temperatures,
        }
    }

    /// Records the settings of further steps.
    pub(in crate::page) fn steps_taken(&mut self, now: &Settings, pictures: usize, before: u32) {
        self.pictures = pictures;
        let Some(settings) = &mut self.settings else {
            self.settings = Some(*now);
            return;
        };
        // Settings that need a new run change only with it, and the number of steps or a different
        // start does not affect the steps already taken.
        let Settings { images, seed, side, width, depth, backend, cores, run, .. } = *settings;
        let now = Settings { images, seed, side, width, depth, backend, cores, run, ..*now };
        if (Settings { steps: now.steps, ..*settings }) != now {
            self.changed_after = Some(before);
        }
        *settings = now;
    }

    pub(in crate::page) fn evaluated(&mut self, step: u32, knn: Option<f32>, rank: Option<f32>) {
        for (scores, score) in [(&mut self.knn, knn), (&mut self.ranks, rank)] {
            if let Some(score) = score.filter(|_| scores.last().is_none_or(|(last, _)| *last < step)) {
                scores.push((step, score));
            }
        }
    }

    /// Replaces the kNN accuracy after a step, the latest that was evaluated.
    pub(in crate::page) fn scored(&mut self, step: u32, knn: Option<f32>) {
        self.knn.retain(|(at, _)| *at != step);
        self.knn.extend(knn.map(|knn| (step, knn)));
    }

    pub(in crate::page) fn batch(&mut self, batch: &BatchMatrix) {
        if self.settings.is_some_and(|settings| settings.learned_temperature) {
            self.temperatures.push((batch.step, batch.details.temperature));
        }
    }

    /// Forgets the notes after a step.
    pub(in crate::page) fn go_back(&mut self, step: u32) {
        self.changed_after = self.changed_after.filter(|changed| *changed < step);
        self.knn.retain(|(at, _)| *at <= step);
        self.ranks.retain(|(at, _)| *at <= step);
        self.temperatures.retain(|(at, _)| *at <= step);
    }

    /// Returns the learned temperature, by step of a reported batch; empty if it is fixed.
    pub fn temperatures(&self) -> &[(u32, f32)] {
        &self.temperatures
    }
}

/// A run of at least one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Number of the run, from 1.
    pub number: u32,
    /// Settings of its last steps.
    #[serde(with = "as_link")]
    pub settings: Settings,
    /// Step after which they were last changed during the run, if they were.
    pub changed_after: Option<u32>,
    /// Number of pictures in the set.
    pub pictures: usize,
    /// Backend that computed it.
    pub backend: Option<Backend>,
    /// Reports of its steps.
    pub steps: Vec<StepReport>,
    /// kNN accuracy by step, 0 to 1; empty without labels.
    pub knn: Vec<(u32, f32)>,
    /// kNN accuracy of the raw pixels.
    pub pixels: Option<f32>,
    /// kNN accuracy of the classic features.
    pub classic: Option<f32>,
    /// Effective rank of the embeddings by step.
    pub ranks: Vec<(u32, f32)>,
}

/// Returns the score of the untrained encoder from scores by step.
fn at_start(scores: &[(u32, f32)]) -> Option<f32> {
    scores.first().filter(|(step, _)| *step == 0).map(|(_, score)| *score)
}

/// Returns the latest score of the trained encoder from scores by step.
fn at_end(scores: &[(u32, f32)]) -> Option<f32> {
    scores.last().filter(|(step, _)| *step > 0).map(|(_, score)| *score)
}

impl Record {
    /// Returns the mean over the last 20 steps.
    pub fn final_score(&self, read: impl Fn(&StepReport) -> f32) -> f32 {
        let last = &self.steps[self.steps.len().saturating_sub(LAST)..];
        last.iter().map(read).sum::<f32>() / last.len() as f32
    }

    /// Returns the kNN accuracy of the untrained encoder.
    pub fn untrained(&self) -> Option<f32> {
        at_start(&self.knn)
    }

    /// Returns the latest kNN accuracy of the trained encoder.
    pub fn trained(&self) -> Option<f32> {
        at_end(&self.knn)
    }

    /// Returns the effective rank of the untrained encoder's embeddings, and the latest of the
    /// trained one's.
    pub fn rank(&self) -> [Option<f32>; 2] {
        [at_start(&self.ranks), at_end(&self.ranks)]
    }

    /// Returns the duration of its steps, in seconds.
    pub fn seconds(&self) -> f32 {
        self.steps.iter().map(|report| report.milliseconds).sum::<f32>() / 1000.0
    }
}

/// The runs that have ended, and the two that are compared.
#[derive(Debug, Default)]
pub struct Runs {
    kept: Vec<Arc<Record>>,
    /// Number of runs that have ended, kept or forgotten.
    ended: u32,
    picked: Vec<u32>,
}

impl Runs {
    /// Returns whether no run is kept.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}

impl State {
    /// Keeps the present run, if it took a step, before another begins.
    pub(in crate::page) fn keep_run(&mut self) {
        let Some(record) = self.present_run() else { return };
        self.runs.ended = record.number;
        self.runs.kept.push(record);
        if self.runs.kept.len() > MAX_KEPT {
            self.runs.kept.remove(0);
        }
    }

    /// Returns the present run, if it took a step.
    fn present_run(&self) -> Option<Arc<Record>> {
        let outline = self.outline()?;
        Some(Arc::new(Record { steps: self.run.steps.clone(), ..outline }))
    }

    /// Returns the present run without its steps, which may be many.
    fn outline(&self) -> Option<Record> {
        let notes = &self.run.notes;
        let settings = notes.settings.filter(|_| !self.run.steps.is_empty())?;
        let backend = self.engine.environment().map(|environment| environment.backend);
        Some(Record {
            number: self.runs.ended + 1,
            settings,
            changed_after: notes.changed_after,
            pictures: notes.pictures,
            backend,
            steps: Vec::new(),
            knn: self.knn_by_step(),
            pixels: self.accuracy(Stage::Pixels),
            classic: self.accuracy(Stage::Classic),
            ranks: self.ranks_by_step(),
        })
    }

    /// Returns the kNN accuracy at a stage, 0 to 1.
    fn accuracy(&self, stage: Stage) -> Option<f32> {
        Some(self.results.scored(stage)?.evaluation.knn?.accuracy)
    }

    /// Returns the kNN accuracy by step, 0 to 1, from the untrained encoder on; empty without labels.
    pub fn knn_by_step(&self) -> Vec<(u32, f32)> {
        let untrained = self.results.scored(Stage::Untrained).and_then(|scored| scored.evaluation.knn);
        untrained
            .map(|score| (0, score.accuracy))
            .into_iter()
            .chain(self.run.notes.knn.iter().copied())
            .collect()
    }

    /// Returns the effective rank of the embeddings by step, from the untrained encoder on.
    pub fn ranks_by_step(&self) -> Vec<(u32, f32)> {
        let untrained = self.results.scored(Stage::Untrained);
        let untrained = untrained.and_then(|scored| scored.evaluation.effective_rank);
        untrained.map(|rank| (0, rank)).into_iter().chain(self.run.notes.ranks.iter().copied()).collect()
    }

    /// Replaces all kept runs.
    pub(in crate::page) fn put_runs(&mut self, runs: Vec<Arc<Record>>) {
        let ended = runs.last().map_or(0, |record| record.number);
        *self.runs = Runs { kept: runs, ended, picked: Vec::new() };
    }

    /// Returns all runs that took a step, the present one last.
    pub fn records(&self) -> Vec<Arc<Record>> {
        self.runs.kept.iter().cloned().chain(self.present_run()).collect()
    }

    /// Returns all runs that took a step, the present one last and without its steps.
    pub fn outlines(&self) -> Vec<Arc<Record>> {
        self.runs.kept.iter().cloned().chain(self.outline().map(Arc::new)).collect()
    }

    /// Returns the run with a number.
    pub fn record(&self, number: u32) -> Option<Arc<Record>> {
        let kept = self.runs.kept.iter().find(|record| record.number == number).cloned();
        kept.or_else(|| self.present_run().filter(|record| record.number == number))
    }

    /// Returns the numbers of the runs compared, in the order in which they were picked: the latest
    /// two unless the user picked others; fewer if there are not two.
    pub fn compared(&self) -> Vec<u32> {
        let present = (self.run.step() > 0).then_some(self.runs.ended + 1);
        let all: Vec<u32> = self.runs.kept.iter().map(|record| record.number).chain(present).collect();
        let picked: Vec<u32> = self.runs.picked.iter().copied().filter(|run| all.contains(run)).collect();
        if picked.is_empty() { all[all.len().saturating_sub(2)..].to_vec() } else { picked }
    }

    /// Adds a run to the comparison, or removes it; a third replaces the first.
    pub fn pick_run(&mut self, number: u32) {
        let mut picked = self.compared();
        match picked.iter().position(|run| *run == number) {
            Some(place) => drop(picked.remove(place)),
            None => picked.push(number),
        }
        let from = picked.len().saturating_sub(2);
        self.runs.picked = picked.split_off(from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::fixture::{failed, report},
        protocol::{Evaluation, Event, Floats, KnnScore, LossDetails},
        settings::Images,
    };

    fn stepped(steps: std::ops::RangeInclusive<u32>, loss: f32) -> Event {
        let report = |step| StepReport { loss, milliseconds: 500.0, ..report(step) };
        Event::Stepped(steps.map(report).collect())
    }

    /// Returns an evaluation whose effective rank is ten times its kNN accuracy.
    fn evaluated(stage: Stage, step: u32, knn: f32) -> Event {
        Event::Evaluated(Evaluation {
            step,
            knn: Some(KnnScore { shared_labels: knn, accuracy: knn, neighbours: 10 }),
            effective_rank: (stage != Stage::Pixels).then_some(10.0 * knn),
            ..Evaluation::bare(stage, vec![0])
        })
    }

    fn state() -> State {
        State::new(Settings::recommended(Images::Shapes))
    }

    const RESTARTED: Event = Event::Restarted { parameters: 1 };

    #[test]
    fn run_with_steps_is_kept_with_its_scores() {
        let mut state = state();
        state.apply(RESTARTED);
        assert!(state.runs.is_empty() && state.records().is_empty());
        state.apply(evaluated(Stage::Pixels, 0, 0.2));
        state.apply(evaluated(Stage::Untrained, 0, 0.3));
        state.apply(stepped(1..=30, 4.0));
        state.apply(stepped(31..=50, 2.0));
        state.apply(evaluated(Stage::Trained, 25, 0.4));
        state.apply(evaluated(Stage::Trained, 50, 0.6));
        state.apply(Event::Finished);
        assert_eq!(state.records().len(), 1);
        state.apply(RESTARTED);
        let record = state.records().remove(0);
        assert_eq!((record.number, record.steps.len(), record.changed_after), (1, 50, None));
        assert_eq!((record.final_score(|report| report.loss), record.seconds()), (2.0, 25.0));
        assert_eq!(record.knn, [(0, 0.3), (25, 0.4), (50, 0.6)]);
        assert_eq!(record.ranks, [(0, 3.0), (25, 4.0), (50, 6.0)]);
        assert_eq!(record.rank(), [Some(3.0), Some(6.0)]);
        assert_eq!((record.untrained(), record.trained(), record.pixels), (Some(0.3), Some(0.6), Some(0.2)));
        // The next run begins without any of it.
        state.apply(stepped(1..=2, 3.0));
        let next = state.records().remove(1);
        assert_eq!((next.number, next.steps.len(), next.trained()), (2, 2, None));
        assert_eq!((next.ranks.clone(), state.ranks_by_step()), (vec![(0, 3.0)], vec![(0, 3.0)]));
        // A single run and the outlines agree.
        assert_eq!((state.record(1), state.record(3)), (Some(state.records().remove(0)), None));
        assert_eq!(state.record(2).as_deref(), Some(&*next));
        let outline = state.outlines().remove(1);
        assert_eq!(Record { steps: next.steps.clone(), ..(*outline).clone() }, *next);
    }

    #[test]
    fn setting_that_starts_a_new_run_belongs_to_it() {
        let mut state = state();
        state.apply(stepped(1..=3, 4.0));
        state.edit(|settings| settings.side = 64);
        // A report that was sent before the setting was changed.
        state.apply(stepped(4..=5, 4.0));
        state.apply(RESTARTED);
        state.apply(stepped(1..=1, 4.0));
        let sides: Vec<u32> = state.records().iter().map(|record| record.settings.side).collect();
        assert_eq!(sides, [32, 64]);
        assert_eq!(state.records()[0].changed_after, None);
    }

    #[test]
    fn change_during_a_run_is_recorded() {
        let mut state = state();
        state.apply(stepped(1..=3, 4.0));
        state.edit(|settings| settings.steps = 9_000);
        state.apply(stepped(4..=5, 4.0));
        assert_eq!(state.records()[0].changed_after, None);
        state.edit(|settings| settings.temperature = 0.5);
        state.apply(stepped(6..=7, 4.0));
        let record = state.records().remove(0);
        assert_eq!((record.changed_after, record.settings.temperature), (Some(5), 0.5));
    }

    #[test]
    fn runs_survive_other_pictures_and_a_breakdown() {
        let mut state = state();
        state.apply(stepped(1..=3, 4.0));
        state.clear(Images::Own);
        state.apply(Event::Cleared);
        assert_eq!(state.records()[0].settings.images, Images::Shapes);
        state.apply(stepped(1..=4, 4.0));
        state.apply(failed());
        let lengths: Vec<usize> = state.records().iter().map(|record| record.steps.len()).collect();
        assert_eq!(lengths, [3, 4]);
    }

    #[test]
    fn latest_two_runs_are_compared_until_others_are_picked() {
        let mut state = state();
        for _ in 0..3 {
            state.apply(stepped(1..=2, 4.0));
            state.apply(RESTARTED);
        }
        assert_eq!(state.compared(), [2, 3]);
        state.pick_run(1);
        assert_eq!(state.compared(), [3, 1]);
        state.pick_run(3);
        state.pick_run(2);
        assert_eq!(state.compared(), [1, 2]);
        for _ in 0..MAX_KEPT {
            state.apply(stepped(1..=2, 4.0));
            state.apply(RESTARTED);
        }
        assert_eq!(state.records().len(), MAX_KEPT);
        assert_eq!(state.compared(), [22, 23]);
    }

    #[test]
    fn learned_temperature_is_recorded_by_step() {
        let batch = |step, temperature| {
            let details = LossDetails { temperature, ..LossDetails::default() };
            Event::Batch(BatchMatrix { step, pictures: vec![0], cells: Floats::default(), details })
        };
        let mut state = state();
        state.apply(stepped(1..=3, 4.0));
        state.apply(batch(3, 0.1));
        assert!(state.run.notes.temperatures().is_empty());
        state.edit(|settings| settings.learned_temperature = true);
        state.apply(stepped(4..=5, 4.0));
        state.apply(batch(5, 0.11));
        assert_eq!(state.run.notes.temperatures(), [(5, 0.11)]);
    }
}
