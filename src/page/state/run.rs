//! The run as far as it got.

use crate::{
    page::views::runs::state::Notes,
    protocol::{Activity, BatchMatrix, RowViews, StepReport},
    settings::Settings,
};

/// Steps over which speed is averaged.
const SPEED_WINDOW: usize = 30;

/// The run as far as it got.
#[derive(Debug)]
pub struct Run {
    /// Trainable numbers, once the engine has built the network.
    pub parameters: Option<u32>,
    /// One report a step.
    pub steps: Vec<StepReport>,
    /// Steps that its network had taken before the first of them.
    from: u32,
    /// What else is kept of it once it ends.
    pub notes: Notes,
    /// The step at which it was lengthened last, 0 before that.
    pub lengthened_at: u32,
    /// The step after which the settings were last changed: losses before and after it
    /// may not be compared.
    pub settings_since: u32,
    /// Whether the user wants steps to be taken.
    pub running: bool,
    /// What the engine is doing.
    pub activity: Activity,
    /// The similarities within the latest batch that was reported.
    pub batch: Option<BatchMatrix>,
    /// The row of it that the user looks into.
    pub inspected: Option<u32>,
    /// The views of that row.
    pub row_views: Option<RowViews>,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            parameters: None,
            steps: Vec::new(),
            from: 0,
            notes: Notes::default(),
            lengthened_at: 0,
            settings_since: 0,
            running: false,
            activity: Activity::Idle,
            batch: None,
            inspected: None,
            row_views: None,
        }
    }
}

impl Run {
    /// Starts over at step 0.
    pub fn restart(&mut self, parameters: Option<u32>) {
        self.parameters = parameters;
        self.steps.clear();
        self.from = 0;
        self.notes = Notes::default();
        self.lengthened_at = 0;
        self.settings_since = 0;
        self.batch = None;
        self.row_views = None;
    }

    /// Whether it goes on from a network that had been trained before: that of an opened model.
    pub fn began_elsewhere(&self) -> bool {
        self.from > 0
    }

    /// Goes back to an earlier step, and on from there.
    pub fn go_back(&mut self, step: u32) {
        self.steps.retain(|report| report.step <= step);
        if self.steps.is_empty() {
            self.from = step;
        }
        self.notes.go_back(step);
        self.settings_since = self.settings_since.min(step);
        self.lengthened_at = self.lengthened_at.min(step);
        self.batch = None;
        self.row_views = None;
    }

    /// Forgets what only the engine that is gone knew of; whether the user wants steps stays.
    pub fn set_engine_aside(&mut self) {
        self.activity = Activity::Idle;
        self.inspected = None;
    }

    /// Takes up the curves of a run that was kept.
    pub fn take_up(&mut self, steps: Vec<StepReport>, notes: Notes) {
        (self.steps, self.notes) = (steps, notes);
        self.settings_since = self.step();
    }

    /// Notes what the engine is doing; its word on whether it trains is final.
    pub fn set_activity(&mut self, activity: Activity) {
        self.activity = activity;
        match activity {
            Activity::Training => self.running = true,
            Activity::Idle => self.running = false,
            Activity::Evaluating | Activity::Testing => {}
        }
    }

    /// Notes what the engine does for a set that is gone, which is nothing to the run.
    pub fn set_activity_aside(&mut self, activity: Activity) {
        self.activity = activity;
    }

    /// Notes that a command was not carried out: only what the engine does already goes on.
    pub fn refused(&mut self) {
        self.running = self.activity == Activity::Training;
    }

    /// The latest step, 0 before the first.
    pub fn step(&self) -> u32 {
        self.steps.last().map_or(self.from, |report| report.step)
    }

    /// Whether all steps were taken.
    pub fn is_complete(&self, settings: &Settings) -> bool {
        self.step() >= settings.steps
    }

    /// Steps a second over the latest steps; `None` before the second.
    pub fn speed(&self) -> Option<f32> {
        // The first step of a run also pays for preparing the device.
        let steady = self.steps.get(1..)?;
        let recent = &steady[steady.len().saturating_sub(SPEED_WINDOW)..];
        let milliseconds: f32 = recent.iter().map(|report| report.milliseconds).sum();
        (milliseconds > 0.0).then(|| recent.len() as f32 * 1000.0 / milliseconds)
    }

    /// Seconds until the last step at the present speed.
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
    fn speed_leaves_the_first_step_out() {
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
    fn what_was_lost_of_a_run_is_taken_again() {
        let mut run = Run::default();
        run.steps.extend((1..=9).map(|step| report(step, 20.0)));
        run.go_back(6);
        assert_eq!((run.step(), run.steps.len()), (6, 6));
        // A network from a file brings no curves.
        run.restart(Some(1));
        run.go_back(40);
        assert_eq!((run.step(), run.steps.len()), (40, 0));
        run.steps.push(report(41, 20.0));
        assert_eq!(run.step(), 41);
        run.restart(Some(1));
        assert_eq!(run.step(), 0);
    }

    #[test]
    fn a_refused_command_changes_nothing() {
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
