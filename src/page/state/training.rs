//! Training: start, pause, end, and obstacles to it.

use super::{Engine, State, Tab};
use crate::{
    page::{views::reveal::model::Reveal, words},
    protocol::{Command, Stage},
    settings::{MIN_PICTURES, Settings},
};

impl State {
    /// Starts or resumes training.
    pub fn train(&mut self) {
        if let Some(obstacle) = self.training_obstacle() {
            return self.notify(obstacle);
        }
        self.lengthen_run();
        self.send_settings();
        if self.start_running() {
            self.send(Command::Train);
        }
    }

    /// Stops after the current step.
    pub fn pause(&mut self) {
        self.stop_running();
        self.send(Command::Pause);
    }

    /// Takes one step.
    pub fn step(&mut self) {
        self.send_settings();
        self.suggest_tab(Tab::Watch);
        self.send(Command::Step);
    }

    /// Discards what was learned.
    pub fn reset(&mut self) {
        self.send_settings();
        self.stop_running();
        self.send(Command::Reset);
    }

    /// Tells the engine that the set is complete, unless pictures are still coming in, and starts
    /// training if it waited for them.
    pub fn settle(&mut self) {
        self.pictures.name_anew();
        if let Some(command) = self.settled() {
            self.send(command);
        }
    }

    /// Requests views of the focused picture and of the first others; another `draw` gives other views.
    pub fn request_views(&mut self, pictures: usize, views: u32, draw: u32) {
        self.send_settings();
        let focused = self.selected.filter(|id| self.pictures.get(*id).is_some());
        let others = self.pictures.entries().iter().map(|entry| entry.id).filter(|id| Some(*id) != focused);
        let pictures: Vec<_> = focused.into_iter().chain(others).take(pictures).collect();
        if !pictures.is_empty() {
            self.send(Command::Preview { pictures, views, draw });
        }
    }

    /// Records that the user wants training; returns whether it can start at once or has to wait for
    /// incoming pictures.
    pub(in crate::page) fn start_running(&mut self) -> bool {
        self.run.running = true;
        self.reveal.set(Reveal::Hidden);
        self.postponed.set(self.intake.is_active());
        self.resuming = !*self.postponed;
        self.suggest_tab(Tab::Watch);
        !*self.postponed
    }

    /// Returns the command to send after pictures were added or removed: that the set is complete,
    /// unless pictures are still coming in, or to train if training waited for them.
    pub(in crate::page) fn settled(&mut self) -> Option<Command> {
        let train = !self.intake.is_active() && std::mem::take(&mut *self.postponed);
        self.resuming |= train;
        self.completion(train)
    }

    /// Returns the command that says that the set is complete, unless pictures are still coming in.
    pub(in crate::page) fn completion(&self, train: bool) -> Option<Command> {
        // Two commands would make the engine begin to evaluate before it receives the second.
        let command = if train { Command::Train } else { Command::Settle };
        (!self.intake.is_active()).then_some(command)
    }

    /// Records that the user wants no more steps.
    pub fn stop_running(&mut self) {
        self.run.running = false;
        self.postponed.set(false);
        self.resuming = false;
    }

    pub(in crate::page) fn finished(&mut self) {
        self.stop_running();
        self.suggest_tab(Tab::Explore);
        self.reveal.set(Reveal::Due);
        self.reveal_if_due();
    }

    pub(in crate::page) fn restarted(&mut self, parameters: u32) {
        // Tab and stage selected before the first step count for this run.
        let is_first = self.run.step() == 0;
        self.tab_chosen.set(*self.tab_chosen && is_first);
        self.chosen_stage.set(self.chosen_stage.filter(|_| is_first));
        self.keep_run();
        *self.snapshot = None;
        self.resuming = false;
        self.run.restart(Some(parameters));
        self.forget_trained();
    }

    /// Forgets the results of the trained network, which is replaced.
    pub(in crate::page) fn forget_trained(&mut self) {
        self.labels.fine_tuning.end();
        self.reveal.set(Reveal::Hidden);
        self.moments.go_back(self.run.step());
        self.results.drop_stage(Stage::Trained);
        self.forget_answers(Stage::Trained);
        self.search.forget(Stage::Trained);
        self.stop_explaining_stage(Stage::Trained);
    }

    /// Inspects one row of the batch matrix, whose tab stays selected, or none.
    pub fn inspect(&mut self, anchor: Option<u32>) {
        self.run.inspected = anchor;
        self.run.row_views = None;
        if anchor.is_some() {
            self.choose_tab(Tab::Hood);
        }
        self.send(Command::Inspect { anchor });
    }

    /// Returns the number of pairs in a step: as many as set, at most one per picture.
    pub fn pairs(&self) -> usize {
        (self.settings.batch as usize).min(self.pictures.len())
    }

    /// Returns the reason why training cannot start or continue, as a sentence; `None` if it can.
    pub fn training_obstacle(&self) -> Option<String> {
        let pictures = self.pictures.len();
        if let Engine::Stopped(failure) = &*self.engine {
            return Some(words::engine_failure(failure));
        }
        if pictures < MIN_PICTURES {
            return Some(format!("Add at least {MIN_PICTURES} pictures to train."));
        }
        let at_most = Settings::STEPS.max;
        (self.run.step() >= at_most)
            .then(|| format!("The limit is {} steps. Reset starts over.", words::count(at_most as usize)))
    }

    /// Returns the reason why no single step can be taken; unlike training, a step does not lengthen
    /// the run.
    pub fn step_obstacle(&self) -> Option<String> {
        let complete = || {
            let complete = self.run.is_complete(&self.settings);
            complete.then(|| "The run is complete. Train adds steps, Reset starts over.".to_owned())
        };
        self.training_obstacle().or_else(complete)
    }

    /// Returns the number of steps that training adds to a complete run: its last length again.
    /// `None` if it is incomplete.
    pub fn steps_to_add(&self) -> Option<u32> {
        let (steps, step) = (self.settings.steps, self.run.step());
        let length = steps.checked_sub(self.run.lengthened_at).filter(|length| *length > 0).unwrap_or(steps);
        let most = Settings::STEPS.max.saturating_sub(step);
        (step > 0 && self.run.is_complete(&self.settings)).then_some(length.min(most))
    }

    /// Lengthens a complete run.
    pub fn lengthen_run(&mut self) {
        if let Some(more) = self.steps_to_add() {
            let step = self.run.step();
            self.edit(|settings| settings.steps = step + more);
            self.run.lengthened_at = step;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{
            fixture::{failed, newcomer, report, state},
            state::{Effect, IntakeKind},
        },
        protocol::{Evaluation, Event, RowViews},
    };

    #[test]
    fn inspected_row_survives_end_and_restart_of_a_run() {
        let mut state = state(4);
        state.inspect(Some(3));
        state.apply(Event::Row(RowViews { step: 1, anchor: 3, side: 1, rgb: vec![0; 6] }));
        state.start_running();
        state.apply(Event::Finished);
        assert_eq!((*state.tab, state.run.inspected), (Tab::Hood, Some(3)));
        state.apply(Event::Restarted { parameters: 1 });
        assert_eq!((state.run.inspected, &state.run.row_views), (Some(3), &None));
        // A new engine has no inspected row.
        state.apply(failed());
        assert_eq!(state.run.inspected, None);
    }

    #[test]
    fn focused_picture_is_previewed_first() {
        let previewed = |focused| {
            let mut state = state(4);
            *state.selected = focused;
            state.take_effects();
            state.request_views(3, 2, 0);
            state.take_effects().into_iter().find_map(|effect| match effect {
                Effect::Send(Command::Preview { pictures, .. }) => Some(pictures),
                _ => None,
            })
        };
        assert_eq!(previewed(None), Some(vec![0, 1, 2]));
        assert_eq!(previewed(Some(1)), Some(vec![1, 0, 2]));
        assert_eq!(previewed(Some(3)), Some(vec![3, 0, 1]));
        assert_eq!(previewed(Some(9)), Some(vec![0, 1, 2]), "it is gone");
    }

    #[test]
    fn restart_forgets_only_the_trained_encoder() {
        let mut state = state(4);
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Untrained, vec![0, 1, 2, 3])));
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Trained, vec![0, 1, 2, 3])));
        state.apply(Event::Stepped(vec![report(1), report(2)]));
        state.apply(Event::Restarted { parameters: 1234 });
        assert_eq!((state.run.step(), state.run.parameters), (0, Some(1234)));
        assert!(state.results.scored(Stage::Trained).is_none());
        assert!(state.results.scored(Stage::Untrained).is_some());
    }

    #[test]
    fn training_waits_for_incoming_pictures() {
        let mut state = state(4);
        assert!(state.start_running());
        assert_eq!(state.settled(), Some(Command::Settle));
        state.begin_intake(IntakeKind::Decoding, 2, &[]);
        assert!(!state.start_running());
        state.advance_intake(1, Vec::new());
        assert_eq!(state.settled(), None, "one was taken out while another is on its way");
        state.advance_intake(1, Vec::new());
        assert_eq!(state.settled(), Some(Command::Train));
        assert_eq!(state.settled(), Some(Command::Settle));
        state.begin_intake(IntakeKind::Decoding, 1, &[]);
        state.start_running();
        state.stop_running();
        state.end_intake();
        assert_eq!(state.settled(), Some(Command::Settle));
    }

    #[test]
    fn training_obstacles_are_reported() {
        let mut state = state(3);
        let obstacle = state.training_obstacle().expect("too few pictures");
        assert_eq!(obstacle, "Add at least 4 pictures to train.");
        state.add(vec![newcomer("d", "a")]);
        assert_eq!(state.training_obstacle(), None);
        state.edit(|settings| settings.steps = 2);
        state.apply(Event::Stepped(vec![report(1), report(2)]));
        assert!(state.step_obstacle().is_some_and(|sentence| sentence.contains("complete")));
        assert_eq!(state.training_obstacle(), None, "Train lengthens the run");
        state.edit(|settings| settings.steps = 3);
        assert_eq!((state.training_obstacle(), state.step_obstacle()), (None, None));
    }

    #[test]
    fn complete_run_is_lengthened_by_its_length() {
        let mut state = state(4);
        state.edit(|settings| settings.steps = 2);
        assert_eq!(state.steps_to_add(), None);
        state.apply(Event::Stepped(vec![report(1), report(2)]));
        assert_eq!(state.steps_to_add(), Some(2));
        state.lengthen_run();
        assert_eq!((state.settings.steps, state.steps_to_add()), (4, None));
        state.lengthen_run();
        assert_eq!(state.settings.steps, 4, "there are steps left");
        state.apply(Event::Stepped(vec![report(3), report(4)]));
        state.lengthen_run();
        assert_eq!(state.settings.steps, 6, "the same length again");
        state.edit(|settings| settings.steps = 3);
        state.lengthen_run();
        assert_eq!(state.settings.steps, 7, "beyond what was taken");
        state.apply(Event::Stepped(vec![report(100_000)]));
        assert!(state.training_obstacle().is_some_and(|sentence| sentence.contains("100,000")));
    }
}
