//! What outlives an engine: the run as of its last snapshot.

use serde::{Deserialize, Serialize};

use super::{Part, State};
use crate::{page::words, protocol::Command, settings::Settings};

/// What an engine goes on from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Steps taken.
    pub step: u32,
    /// The engine's own file.
    #[serde(with = "serde_bytes")]
    pub file: Vec<u8>,
}

impl Snapshot {
    /// The message that makes an engine go on from it.
    pub(super) fn message(&self) -> Command {
        Command::Restore { file: self.file.clone() }
    }
}

impl State {
    /// What the engine is asked to go on from, or would be.
    pub(super) fn known_snapshot(&self) -> Option<&Snapshot> {
        self.awaited.as_ref().map(|awaited| &*awaited.snapshot).or(self.snapshot.as_deref())
    }

    /// Puts the run back to what the next engine will go on from. Returns what is to be
    /// said of it, in a sentence.
    pub(super) fn expect_another_engine(&mut self) -> String {
        self.touch(Part::Run);
        // What waits for pictures is begun with the last of them.
        self.resuming = self.run.running && !self.postponed;
        let Some(step) = self.known_snapshot().map(|snapshot| snapshot.step) else {
            self.keep_run();
            self.run.running = std::mem::take(&mut self.run).running;
            return "Your pictures and settings are kept; a new engine starts from step 0.".to_owned();
        };
        let lost = self.run.step().saturating_sub(step);
        self.run.go_back(step);
        self.run.set_engine_aside();
        match lost {
            0 => format!("A new one takes over at step {step}; nothing is lost."),
            lost => format!(
                "A new one takes over at step {step}; only the {} after it {} lost.",
                words::counted(lost as usize, "step"),
                if lost == 1 { "is" } else { "are" }
            ),
        }
    }

    /// Notes that the engine goes on from a step.
    pub(super) fn restored(&mut self, step: u32, parameters: u32) {
        self.touch(Part::Run);
        self.resuming = false;
        self.run.parameters = Some(parameters);
        self.meet_awaited();
        self.run.go_back(step);
        self.forget_trained();
    }

    /// Notes that a model file takes the run's place.
    pub(super) fn model_opened(&mut self, settings: Settings) {
        self.keep_run();
        (self.snapshot, self.awaited) = (None, None);
        self.stop_running();
        self.run.restart(None);
        self.edit(|now| *now = settings);
        self.notify("The model was opened: its network and the settings that it was trained by are in use.");
    }
}
