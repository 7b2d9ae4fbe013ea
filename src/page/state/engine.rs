//! The engine's progress, and the state after its end.

use super::{Effect, State};
use crate::{
    page::{engine::failure::EngineFailure, words},
    protocol::{Activity, Backend, Breakdown, Environment, Stage},
    settings::BackendChoice,
};
use strum::VariantArray;

/// Progress of the engine's start.
#[derive(Clone, Debug, PartialEq)]
pub enum Engine {
    /// Download of the engine's code.
    Loading {
        /// Number of bytes received.
        received: f64,
        /// Total number of bytes, if the server announced it.
        total: Option<f64>,
    },
    /// Search for a device.
    Starting,
    /// An engine that takes commands, with its environment.
    Ready(Environment),
    /// It cannot be had; why.
    Stopped(EngineFailure),
}

impl Engine {
    /// Returns the environment in which the engine computes, once it is ready.
    pub fn environment(&self) -> Option<&Environment> {
        match self {
            Self::Ready(environment) => Some(environment),
            _ => None,
        }
    }
}

impl State {
    /// Records how much of the engine's code has arrived, while it is awaited: a download may
    /// continue for a while after the engine was given up.
    pub fn engine_is_loading(&mut self, received: f64, total: Option<f64>) {
        if matches!(*self.engine, Engine::Loading { .. }) {
            *self.engine = Engine::Loading { received, total };
        }
    }

    /// Records that the engine's code has arrived, while it is awaited.
    pub fn engine_is_starting(&mut self) {
        if matches!(*self.engine, Engine::Loading { .. }) {
            *self.engine = Engine::Starting;
        }
    }

    /// Records that another engine listens from now on: it knows of no earlier set.
    pub fn engine_is_another(&mut self) {
        self.clearing = 0;
    }

    /// Returns whether there will be no engine.
    pub fn is_without_engine(&self) -> bool {
        matches!(*self.engine, Engine::Stopped(_))
    }

    /// Returns whether an answer about this step is older than the training, so that another follows.
    pub fn is_behind(&self, step: u32) -> bool {
        step < self.run.step() && !self.is_without_engine()
    }

    /// Notes that there will be no engine, and says why.
    pub fn engine_is_stopped(&mut self, failure: EngineFailure) {
        let sentence = words::engine_failure(&failure);
        *self.engine = Engine::Stopped(failure);
        self.stop_running();
        self.stop_tuning();
        self.notify(sentence);
    }

    pub(in crate::page) fn engine_is_ready(&mut self, environment: Environment) {
        let wanted_gpu = self.settings.backend == BackendChoice::WebGpu;
        // It is told again when its cores change.
        let is_news = self.engine.environment().is_none_or(|before| before.cores == environment.cores);
        if wanted_gpu && environment.backend == Backend::Cpu && is_news {
            self.notify(words::backend_reason(&environment.reason));
        }
        *self.engine = Engine::Ready(environment);
    }

    /// Records the engine's activity. Its activity for a set that is gone does not reflect what the
    /// user wants, nor does its idleness while training waits for pictures.
    pub(in crate::page) fn engine_does(&mut self, activity: Activity) {
        if self.clearing > 0 {
            self.run.activity = activity;
            return;
        }
        self.run.set_activity(activity);
        self.run.running |= *self.postponed;
    }

    pub(in crate::page) fn refused(&mut self, sentence: String) {
        if self.clearing == 0 {
            self.run.refused();
        }
        self.notify(sentence);
    }

    /// Records that the run that was to be restored will not be.
    pub(in crate::page) fn not_restored(&mut self, sentence: String) {
        if self.clearing == 0 {
            self.awaited = None;
        }
        self.refused(sentence);
    }

    /// Records that the engine broke down; pictures, settings and the run as of its snapshot are
    /// kept.
    pub(in crate::page) fn engine_failed(&mut self, breakdown: &Breakdown) {
        let backend = self.engine.environment().map(|environment| environment.backend);
        self.cause(Effect::ReplaceEngine(backend));
        let what_follows = self.expect_another_engine();
        *self.engine = Engine::Starting;
        self.forget_what_the_engine_said();
        let why = words::breakdown(breakdown);
        let details = breakdown.details().map(str::to_owned);
        self.notify_with(format!("The engine stopped: {why} {what_follows}"), details);
    }

    /// Records that an engine with WebGPU replaces the one without, as the settings require; a run
    /// that had begun starts over, as with every change of the backend.
    pub(in crate::page) fn engine_is_exchanged(&mut self) {
        self.cause(Effect::ExchangeEngine);
        let waiting = self.run.running && self.run.step() == 0;
        *self.snapshot = None;
        self.expect_another_engine();
        self.postponed.set(*self.postponed && waiting);
        (self.run.running, self.resuming) = (waiting, waiting && !*self.postponed);
        *self.engine = Engine::Loading { received: 0.0, total: None };
        self.forget_what_the_engine_said();
    }

    /// Forgets results that depend on an engine that has the embeddings, and what was asked of it.
    pub(in crate::page) fn forget_what_the_engine_said(&mut self) {
        self.labels.fine_tuning.end();
        self.game.set(None);
        for stage in Stage::VARIANTS.iter().copied() {
            self.results.drop_stage(stage);
            self.forget_answers(stage);
            self.search.forget(stage);
            self.stop_explaining_stage(stage);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{
            fixture::{environment, failed, fine_tune, report, snapshot, state},
            state::IntakeKind,
        },
        protocol::{Command, Evaluation, Event, ModelFailure},
        settings::Images,
    };

    #[test]
    fn pictures_and_settings_survive_an_engine_failure() {
        let mut state = state(5);
        state.edit(|settings| settings.seed = 42);
        state.apply(Event::Ready(environment(Backend::Cpu)));
        state.apply(Event::Activity(Activity::Training));
        state.apply(Event::Stepped(vec![report(1)]));
        state.apply(failed());
        assert_eq!((state.pictures.len(), state.settings.seed), (5, 42));
        assert_eq!((state.run.step(), state.run.running), (0, true));
        assert_eq!(*state.engine, Engine::Starting);
        assert!(state.notices[0].text.contains("The browser ended it."));
    }

    #[test]
    fn game_ends_with_the_engine_that_draws_its_pictures() {
        let mut state = state(5);
        state.play(1);
        assert!(state.game.is_some());
        state.apply(failed());
        assert_eq!(*state.game, None);
    }

    #[test]
    fn missing_forced_gpu_is_reported() {
        let mut state = state(4);
        state.apply(Event::Ready(environment(Backend::Cpu)));
        assert!(state.notices.is_empty());
        state.edit(|settings| settings.backend = BackendChoice::WebGpu);
        state.apply(Event::Ready(environment(Backend::Cpu)));
        assert_eq!(state.notices.len(), 1);
    }

    #[test]
    fn exchanged_engine_starts_over_and_trains_if_requested() {
        let mut state = state(8);
        state.start_running();
        state.apply(Event::WebGpuNeeded);
        assert!(matches!(*state.engine, Engine::Loading { .. }) && state.run.running);
        assert_eq!(state.resync().last(), Some(Command::Train));
        state.apply(Event::Restarted { parameters: 1 });

        state.apply(Event::Stepped(vec![report(1), report(2)]));
        state.apply(snapshot(2));
        state.apply(Event::WebGpuNeeded);
        assert_eq!((state.run.step(), state.run.running, &*state.snapshot), (0, false, &None));
        assert_eq!(state.resync().last(), Some(Command::Settle));
        assert!(state.notices.is_empty(), "{:?}", state.notices);
    }

    #[test]
    fn replacement_engine_is_heard_at_once() {
        let mut state = state(4);
        state.clear(Images::Own);
        state.apply(failed());
        state.engine_is_another();
        state.apply(Event::Stepped(vec![report(1)]));
        assert_eq!(state.run.step(), 1);
    }

    #[test]
    fn stopped_engine_stays_stopped() {
        let mut state = state(4);
        state.apply(Event::Evaluated(Evaluation::bare(Stage::Trained, vec![0, 1, 2, 3])));
        fine_tune(&mut state).expect("there is an encoder");
        state.engine_is_stopped(EngineFailure::NoCode);
        assert!(state.labels.fine_tuning.progress().is_none() && fine_tune(&mut state).is_none());
        state.engine_is_loading(10.0, None);
        state.engine_is_starting();
        assert_eq!(*state.engine, Engine::Stopped(EngineFailure::NoCode));
    }

    #[test]
    fn training_still_waits_when_own_pictures_replace_a_built_in_set() {
        let mut state = state(4);
        state.begin_intake(IntakeKind::Decoding, 2, &[]);
        assert!(!state.start_running());
        state.make_room();
        state.apply(Event::Cleared);
        state.apply(Event::Activity(Activity::Idle));
        assert!(state.run.running && state.intake.is_active());
        state.end_intake();
        assert!(state.settled() == Some(Command::Train), "training begins with the last of them");
    }

    #[test]
    fn refused_run_is_no_longer_awaited() {
        let mut kept = state(4);
        kept.apply(Event::Stepped(vec![report(1)]));
        kept.apply(snapshot(1));
        let mut page = state(4);
        page.restore(kept.experiment());
        // Another refusal does not concern the awaited run.
        page.apply(Event::NotOpened(ModelFailure::Foreign));
        assert_eq!(page.resync().count(), 4);
        page.apply(Event::NotRestored(ModelFailure::NotSafetensors));
        page.apply(Event::Restarted { parameters: 1 });
        assert_eq!(page.run.step(), 0);
        assert_eq!(page.resync().count(), 3, "no snapshot among settings, pictures and their end");
    }
}
