//! Snapshots of the state of training.

use web_time::Duration;

use crate::checkpoint::Checkpoint;

/// Maximum number of steps that a breakdown may cost.
const EVERY: u32 = 20;

/// Largest fraction of training time spent on snapshots. It is large, so that a breakdown costs more steps
/// only if steps are far quicker than reading back.
const SHARE: f64 = 0.25;

/// Latest snapshot of a run, and the time budget of the next.
#[derive(Default)]
pub struct Snapshots {
    latest: Option<Checkpoint>,
    /// Time that the latest took, and training time since.
    cost: Duration,
    trained: Duration,
}

impl Snapshots {
    /// Returns the snapshots of a run that resumes from one.
    pub fn starting_with(snapshot: Checkpoint) -> Self {
        Self { latest: Some(snapshot), ..Self::default() }
    }

    /// Returns whether a snapshot is due, given that the next chance may be `next` steps away.
    pub fn is_due(&self, step: u32, next: u32) -> bool {
        let Some(latest) = &self.latest else { return true };
        let affordable = self.trained.as_secs_f64() * SHARE >= self.cost.as_secs_f64();
        affordable && step.saturating_sub(latest.step) + next > EVERY
    }

    /// Returns whether there is no snapshot yet.
    pub fn is_empty(&self) -> bool {
        self.latest.is_none()
    }

    /// Returns whether the latest snapshot is of this step.
    pub fn has(&self, step: u32) -> bool {
        self.latest.as_ref().is_some_and(|latest| latest.step == step)
    }

    /// Adds training time, snapshots included.
    pub fn trained(&mut self, time: Duration) {
        self.trained += time;
    }

    /// Stores a snapshot and the time that it took.
    pub fn keep(&mut self, snapshot: Checkpoint, cost: Duration) {
        (self.latest, self.cost, self.trained) = (Some(snapshot), cost, Duration::ZERO);
    }

    /// Returns the latest snapshot, if any.
    pub fn into_latest(self) -> Option<Checkpoint> {
        self.latest
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::{
        settings::{Images, Settings},
        train::{Trainer, upload},
    };

    fn snapshot(step: u32) -> Checkpoint {
        let settings = Settings { width: 4, side: 16, ..Settings::recommended(Images::Shapes) };
        let pictures = upload(vec![0.5; 4 * 3 * 16 * 16], 16, &Device::flex());
        let model = pollster::block_on(Trainer::new(settings, pictures, &[]).model());
        let numbers = model.expect("the CPU answers").expect("they are numbers").numbers().clone();
        Checkpoint::new(settings, step, None, numbers).expect("they are numbers")
    }

    #[test]
    fn no_breakdown_costs_more_than_twenty_steps() {
        let mut snapshots = Snapshots::default();
        let mut kept = 0;
        for step in (0..=400).step_by(8) {
            if snapshots.is_due(step, 8) {
                snapshots.keep(snapshot(step), Duration::from_millis(1));
                kept = step;
            }
            snapshots.trained(Duration::from_millis(80));
            // The steps until the next chance may be lost too.
            assert!(step + 8 - kept <= EVERY, "{kept} at step {step}");
        }
    }

    #[test]
    fn snapshots_do_not_hold_up_a_slow_device() {
        let mut snapshots = Snapshots::default();
        assert!(snapshots.is_due(0, 8));
        snapshots.keep(snapshot(0), Duration::from_secs(3));
        snapshots.trained(Duration::from_secs(11));
        assert!(!snapshots.is_due(100, 8));
        snapshots.trained(Duration::from_secs(1));
        assert!(snapshots.is_due(100, 8) && snapshots.has(0) && !snapshots.has(100));
    }
}
