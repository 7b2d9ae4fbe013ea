//! The present run.

use crate::{
    page::views::{
        hood::runs::state::Notes,
        watch::twins::{PictureRanks, TwinRank},
    },
    protocol::{Activity, BatchMatrix, RowViews, StepReport},
    settings::Settings,
};

/// Number of steps over which the speed is averaged.
const SPEED_WINDOW: usize = 30;

/// The present run.
#[derive(Debug, Default)]
pub struct Run {
    /// Number of trainable parameters, once the engine has built the network.
    pub parameters: Option<u32>,
    /// Reports of the steps.
    pub steps: Vec<StepReport>,
    /// Number of steps that the network had taken before the first report.
    from: u32,
    /// Other data that is kept when the run ends.
    pub notes: Notes,
    /// Step at which the run was last lengthened, or 0.
    pub lengthened_at: u32,
    /// Step after which the settings were last changed: losses before and after it may not be
    /// comparable.
    pub settings_since: u32,
    /// Whether the user wants training to continue.
    pub running: bool,
    /// The engine's activity.
    pub activity: Activity,
    /// Similarities within the latest reported batch.
    pub batch: Option<BatchMatrix>,
    /// Mean rank of the twin in each reported batch.
    pub twins: Vec<TwinRank>,
    /// Rank of each picture's twin, at first and now.
    pub picture_ranks: PictureRanks,
    /// Row of the batch that the user inspects.
    pub inspected: Option<u32>,
    /// Views of that row.
    pub row_views: Option<RowViews>,
}

impl Run {
    /// Starts over at step 0.
    pub fn restart(&mut self, parameters: Option<u32>) {
        let Self { running, activity, inspected, .. } = *self;
        *self = Self { parameters, running, activity, inspected, ..Self::default() };
    }

    /// Returns whether the run continues a network that was trained before, that of an opened model.
    pub fn began_elsewhere(&self) -> bool {
        self.from > 0
    }

    /// Goes back to an earlier step.
    pub fn go_back(&mut self, step: u32) {
        self.steps.retain(|report| report.step <= step);
        if self.steps.is_empty() {
            self.from = step;
        }
        self.notes.go_back(step);
        self.settings_since = self.settings_since.min(step);
        self.lengthened_at = self.lengthened_at.min(step);
        self.batch = None;
        self.twins.retain(|rank| rank.step <= step);
        self.row_views = None;
    }

    /// Forgets what belongs to an engine that is gone; `running` stays.
    pub fn set_engine_aside(&mut self) {
        self.activity = Activity::Idle;
        self.inspected = None;
    }

    /// Restores the curves of a kept run.
    pub fn restore(&mut self, steps: Vec<StepReport>, notes: Notes) {
        (self.steps, self.notes) = (steps, notes);
        self.settings_since = self.step();
    }

    /// Records the engine's activity, which decides whether the run is running.
    pub fn set_activity(&mut self, activity: Activity) {
        self.activity = activity;
        match activity {
            Activity::Training => self.running = true,
            Activity::Idle => self.running = false,
            Activity::Evaluating | Activity::Testing => {}
        }
    }

    /// Records that a command was refused: only what the engine is already doing continues.
    pub fn refused(&mut self) {
        self.running = self.activity == Activity::Training;
    }

    /// Returns the latest step, 0 before the first.
    pub fn step(&self) -> u32 {
        self.steps.last().map_or(self.from, |report| report.step)
    }

    /// Returns whether all steps were taken.
    pub fn is_complete(&self, settings: &Settings) -> bool {
        self.step() >= settings.steps
    }

    /// Returns the steps per second over the latest steps; `None` before the second.
    pub fn speed(&self) -> Option<f32> {
        // The first step of a run includes preparing the device.
        let steady = self.steps.get(1..)?;
        let recent = &steady[steady.len().saturating_sub(SPEED_WINDOW)..];
        let milliseconds: f32 = recent.iter().map(|report| report.milliseconds).sum();
        (milliseconds > 0.0).then(|| recent.len() as f32 * 1000.0 / milliseconds)
    }

    /// Returns the seconds until the last step at the present speed.
    pub fn seconds_left(&self, settings: &Settings) -> Option<f32> {
        let left = settings.steps.saturating_sub(self.step());
        self.speed().map(|speed| left as f32 / speed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{page::fixture, settings::Images};

    fn report(step: u32, milliseconds: f32) -> StepReport {
        StepReport { milliseconds, ..fixture::report(step) }
    }

    #[test]
    fn speed_excludes_the_first_step() {
        let mut run = Run::default();
        run.steps.push(report(1, 9_000.0));
        assert_eq!(run.speed(), None);
        run.steps.extend([report(2, 20.0), report(3, 30.0)]);
        assert_eq!(run.speed(), Some(40.0));
        let settings = Settings { steps: 43, ..Settings::recommended(Images::Shapes) };
        assert_eq!(run.seconds_left(&settings), Some(1.0));
        assert!(!run.is_complete(&settings));
    }

    #[test]
    fn lost_steps_are_taken_again() {
        let mut run = Run::default();
        run.steps.extend((1..=9).map(|step| report(step, 20.0)));
        run.go_back(6);
        assert_eq!((run.step(), run.steps.len()), (6, 6));
        // A network from a file has no curves.
        run.restart(Some(1));
        run.go_back(40);
        assert_eq!((run.step(), run.steps.len()), (40, 0));
        run.steps.push(report(41, 20.0));
        assert_eq!(run.step(), 41);
        run.restart(Some(1));
        assert_eq!(run.step(), 0);
    }

    #[test]
    fn refused_command_changes_nothing() {
        let mut run = Run { running: true, ..Run::default() };
        run.refused();
        assert!(!run.running);
        run.set_activity(Activity::Training);
        run.refused();
        assert!(run.running);
    }

    #[test]
    fn evaluating_does_not_end_a_run() {
        let mut run = Run::default();
        run.set_activity(Activity::Training);
        run.set_activity(Activity::Evaluating);
        assert!(run.running);
        run.set_activity(Activity::Idle);
        assert!(!run.running);
    }
}
