//! Fine-tuning of a copy of the network on the labels.

use crate::{
    page::state::State,
    protocol::{Classification, Command, Stage},
};

/// Fine-tuning of a copy of the network on the labels.
#[derive(Debug, Default)]
pub struct FineTuning {
    /// Number of those that were started.
    started: u32,
    /// Number of steps taken of the one in progress, and their total, which is 0 before the first.
    progress: Option<(u32, u32)>,
    /// Predictions of the fine-tuned network, in the field of the probe.
    result: Option<Classification>,
    /// Whether labels have changed since.
    outdated: bool,
}

impl FineTuning {
    /// Returns the number of steps taken of the one in progress, and their total.
    pub fn progress(&self) -> Option<(u32, u32)> {
        self.progress
    }

    /// Returns the predictions of the fine-tuned network.
    pub fn result(&self) -> Option<&Classification> {
        self.result.as_ref()
    }

    /// Returns whether labels have changed since it was complete.
    pub fn is_outdated(&self) -> bool {
        self.outdated
    }

    /// Begins another, and returns its number.
    fn begin(&mut self) -> u32 {
        *self = Self { started: self.started + 1, progress: Some((0, 0)), ..Self::default() };
        self.started
    }

    /// Forgets the one in progress or complete.
    pub(in crate::page) fn end(&mut self) {
        *self = Self { started: self.started, ..Self::default() };
    }

    /// Records that labels have changed; returns whether one in progress was given up.
    pub(in crate::page) fn outdate(&mut self) -> bool {
        self.outdated = self.result.is_some();
        self.progress.take().is_some()
    }

    /// Records the progress, unless it was given up meanwhile. Without steps, it has failed.
    pub(in crate::page) fn advance(&mut self, done: u32, total: u32) {
        self.progress = self.progress.filter(|_| total > 0).map(|_| (done, total));
    }

    /// Keeps the answer, unless it was given up meanwhile.
    pub(in crate::page) fn keep(&mut self, number: u32, classification: Classification) {
        if self.progress.take_if(|_| number == self.started).is_some() {
            self.result = Some(classification);
        }
    }
}

impl State {
    /// Lets a copy of the network learn the labels, unless one does already, or there is no engine,
    /// no network or not two labels.
    pub fn fine_tune(&mut self) {
        let is_busy = self.labels.fine_tuning.progress().is_some() || self.is_without_engine();
        if is_busy || self.results.latest().is_none() || !self.can_classify() {
            return;
        }
        self.send_settings();
        let number = self.labels.fine_tuning.begin();
        let request = self.classifier_request(Stage::Trained);
        self.send(Command::FineTune { number, request });
    }

    /// Stops the fine-tuning.
    pub fn stop_tuning(&mut self) {
        self.labels.fine_tuning.end();
        self.send(Command::StopTuning);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{
            fixture::{self, commands, fine_tune},
            views::label::predictions::{
                Method,
                fixture::{evaluation, state},
            },
        },
        protocol::{Evaluation, Event},
    };

    #[test]
    fn fine_tuning_is_requested_once_and_outdated_by_new_labels() {
        let mut state = state();
        assert_eq!(fine_tune(&mut state), None, "there is no encoder yet");
        state.apply(Event::Evaluated(Evaluation { stage: Stage::Untrained, ..evaluation() }));
        let (number, asked) = fine_tune(&mut state).expect("there are labels");
        assert_eq!((asked.stage, fine_tune(&mut state)), (Stage::Trained, None));
        state.apply(Event::Tuning { done: 3, total: 9 });
        assert_eq!(state.labels.fine_tuning.progress(), Some((3, 9)));
        let known = state.classification(Stage::Pixels).expect("it came").clone();
        let answer = Event::Tuned { number, classification: known };
        state.apply(answer.clone());
        assert_eq!(
            (state.labels.fine_tuning.progress(), Method::FineTuned.accuracy(&state, Stage::Pixels)),
            (None, Some(0.75))
        );
        assert!(!state.labels.fine_tuning.is_outdated());
        state.type_label(2, "b");
        assert!(state.labels.fine_tuning.is_outdated(), "it stays on show, and is told apart");
        assert_eq!(Method::FineTuned.accuracy(&state, Stage::Pixels), Some(0.75));

        state.fine_tune();
        assert!(!state.labels.fine_tuning.is_outdated() && state.labels.fine_tuning.result().is_none());
        state.type_label(3, "a");
        state.apply(Event::Tuning { done: 4, total: 9 });
        state.apply(answer);
        assert_eq!((state.labels.fine_tuning.progress(), state.labels.fine_tuning.result()), (None, None));
        state.fine_tune();
        state.stop_tuning();
        assert_eq!(state.labels.fine_tuning.progress(), None);
        state.fine_tune();
        state.apply(Event::Tuning { done: 0, total: 0 });
        assert!(fine_tune(&mut state).is_some(), "the engine could not");
    }

    #[test]
    fn answer_to_an_earlier_fine_tuning_is_not_kept() {
        let mut state = state();
        state.apply(Event::Evaluated(Evaluation { stage: Stage::Untrained, ..evaluation() }));
        let [before, after] = [(); 2].map(|()| {
            state.stop_tuning();
            fine_tune(&mut state).expect("there is an encoder").0
        });
        let classification = state.classification(Stage::Pixels).expect("it came").clone();
        for (number, is_kept) in [(before, false), (after, true)] {
            state.apply(Event::Tuned { number, classification: classification.clone() });
            assert_eq!(state.labels.fine_tuning.result().is_some(), is_kept);
            assert_eq!(state.labels.fine_tuning.progress().is_none(), is_kept);
        }
    }

    #[test]
    fn fine_tuning_on_outdated_labels_is_stopped() {
        let mut state = fixture::state(4);
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Trained, vec![0, 1, 2, 3])));
        state.take_effects();
        state.type_label(0, "c");
        assert_eq!(commands(&mut state), [Command::Label(vec![(0, 2)])], "there is none");
        for change in [|state: &mut State| state.type_label(1, "d"), |state: &mut State| state.give_labels(3)]
        {
            fine_tune(&mut state).expect("there is an encoder");
            change(&mut state);
            assert!(state.labels.fine_tuning.progress().is_none());
            assert!(commands(&mut state).contains(&Command::StopTuning));
        }
    }
}
