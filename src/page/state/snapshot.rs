//! The run as of its last snapshot, which outlives an engine.

use serde::{Deserialize, Serialize};

use super::{State, experiment::Awaited};
use crate::{page::words, protocol::Command, settings::Settings};

/// A snapshot from which an engine continues.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Number of steps taken.
    pub step: u32,
    /// Contents of the engine's snapshot file.
    #[serde(with = "serde_bytes")]
    pub file: Vec<u8>,
}

impl Snapshot {
    /// Returns the command that makes an engine continue from the snapshot.
    pub(in crate::page) fn message(&self) -> Command {
        Command::Restore { file: self.file.clone() }
    }
}

impl State {
    /// Returns the snapshot from which the engine is asked to continue, or would be.
    pub(in crate::page) fn known_snapshot(&self) -> Option<&Snapshot> {
        self.awaited.as_ref().map(|awaited| &*awaited.snapshot).or(self.snapshot.as_deref())
    }

    /// Resets the run to the state from which the next engine will continue, and returns a sentence
    /// on it for the user.
    pub(in crate::page) fn expect_another_engine(&mut self) -> String {
        // Training that waits for pictures begins with the last of them.
        self.postponed.set(self.run.running && self.intake.is_active());
        self.resuming = self.run.running && !*self.postponed;
        let Some(step) = self.known_snapshot().map(|snapshot| snapshot.step) else {
            self.keep_run();
            self.run.running = std::mem::take(&mut *self.run).running;
            return "Your pictures and settings are kept. A new engine restarts training.".to_owned();
        };
        let lost = self.run.step().saturating_sub(step);
        self.run.go_back(step);
        self.run.set_engine_aside();
        match lost {
            0 => format!("A new one takes over at step {step}. Nothing is lost."),
            lost => format!(
                "A new one takes over at step {step}. Only the {} after it {} lost.",
                words::counted(lost as usize, "step"),
                if lost == 1 { "is" } else { "are" }
            ),
        }
    }

    /// Records that the engine continues from a step.
    pub(in crate::page) fn restored(&mut self, step: u32, parameters: u32) {
        self.resuming = false;
        self.run.parameters = Some(parameters);
        if let Some(Awaited { steps, notes, .. }) = self.awaited.take() {
            self.run.restore(steps, notes);
        }
        self.run.go_back(step);
        self.forget_trained();
    }

    /// Records that a model file replaces the run.
    pub(in crate::page) fn model_opened(&mut self, settings: Settings) {
        self.keep_run();
        (*self.snapshot, self.awaited) = (None, None);
        self.stop_running();
        self.run.restart(None);
        self.edit(|now| *now = settings);
        self.notify("The model was opened. The page now uses its network and its settings.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{
            fixture::{failed, report, snapshot, state},
            state::IntakeKind,
        },
        protocol::{Activity, Event},
        settings::Images,
    };

    #[test]
    fn breakdown_costs_only_the_steps_since_the_snapshot() {
        let mut state = state(4);
        state.apply(Event::Restarted { parameters: 9 });
        state.start_running();
        state.apply(Event::Activity(Activity::Training));
        state.apply(Event::Stepped((1..=20).map(report).collect()));
        state.apply(snapshot(20));
        state.apply(Event::Stepped((21..=27).map(report).collect()));
        state.apply(failed());
        assert_eq!((state.run.step(), state.run.running, state.records().len()), (20, true, 1));
        let notice = &state.notices.last().expect("it is said").text;
        assert_eq!(
            notice,
            "The engine stopped: The browser ended it. A new one takes over at step 20. Only the 7 steps after it are lost."
        );
        let messages: Vec<_> = state.resync().collect();
        assert_eq!(messages[1], Command::Restore { file: vec![20] });
        assert_eq!(messages.last(), Some(&Command::Train));
        state.apply(Event::Restored { step: 20, parameters: 9 });
        assert_eq!((state.run.step(), state.run.parameters), (20, Some(9)));
        assert_ne!(state.resync().last(), Some(Command::Train));
        state.apply(Event::Stepped(vec![report(21)]));
        assert_eq!(
            state.run.steps.iter().map(|report| report.step).collect::<Vec<_>>(),
            (1..=21).collect::<Vec<_>>()
        );
    }

    #[test]
    fn training_without_a_snapshot_restarts_with_the_next_engine() {
        let mut state = state(4);
        state.apply(Event::Restarted { parameters: 9 });
        state.start_running();
        for _ in 0..2 {
            state.apply(failed());
            assert!(state.run.running);
            assert_eq!(state.resync().last(), Some(Command::Train));
        }
        state.apply(Event::Restarted { parameters: 9 });
        assert!(state.run.running);
        // Training that waits for pictures does not begin before they have arrived.
        state.begin_intake(IntakeKind::Decoding, 2, &[]);
        state.start_running();
        state.apply(failed());
        let says_that_all_are_there =
            |state: &State| state.resync().any(|told| matches!(told, Command::Train | Command::Settle));
        assert!(state.run.running && !says_that_all_are_there(&state));
        state.end_intake();
        assert_eq!(state.settled(), Some(Command::Train));
        // The engine that received the command may have been about to end.
        assert_eq!(state.resync().last(), Some(Command::Train));
    }

    #[test]
    fn training_started_during_replacement_reaches_the_next_engine() {
        let mut state = state(4);
        state.apply(failed());
        assert_eq!(state.resync().last(), Some(Command::Settle));
        state.start_running();
        assert_eq!(state.resync().last(), Some(Command::Train));
        state.apply(Event::Restarted { parameters: 9 });
        state.stop_running();
        assert_eq!(state.resync().last(), Some(Command::Settle));
    }

    #[test]
    fn run_interrupted_during_intake_resumes_after_the_last_picture() {
        let mut state = state(4);
        state.start_running();
        state.apply(Event::Stepped(vec![report(1)]));
        state.apply(snapshot(1));
        state.begin_intake(IntakeKind::Decoding, 2, &[]);
        state.apply(failed());
        assert!(state.run.running && state.resync().all(|command| command != Command::Train));
        state.end_intake();
        assert_eq!(state.settled(), Some(Command::Train));
    }

    #[test]
    fn replacement_engine_stays_idle_if_training_was_paused() {
        let mut state = state(4);
        state.apply(Event::Stepped(vec![report(1)]));
        state.apply(snapshot(1));
        state.apply(failed());
        assert!(!state.resync().any(|command| command == Command::Train));
        state.start_running();
        state.apply(failed());
        assert!(state.resync().any(|command| command == Command::Train));
        state.stop_running();
        assert!(!state.resync().any(|command| command == Command::Train));
    }

    #[test]
    fn new_run_or_other_pictures_discard_the_snapshot() {
        for change in [
            (|state: &mut State| state.apply(Event::Restarted { parameters: 1 })) as fn(&mut State),
            |state| state.clear(Images::Own),
            |state| state.apply(Event::Opened(Settings::recommended(Images::Shapes))),
        ] {
            let mut state = state(4);
            state.apply(snapshot(3));
            change(&mut state);
            assert_eq!(*state.snapshot, None);
        }
    }

    #[test]
    fn opened_model_brings_its_settings_and_no_curves() {
        let mut state = state(4);
        state.apply(Event::Stepped(vec![report(1), report(2)]));
        let settings = Settings { width: 8, temperature: 0.5, ..*state.settings };
        state.apply(Event::Opened(settings));
        state.apply(Event::Restored { step: 300, parameters: 7 });
        assert_eq!((*state.settings, state.run.step(), state.run.steps.len()), (settings, 300, 0));
        // The run before it is kept for comparison.
        assert_eq!(state.records().len(), 1);
    }
}
