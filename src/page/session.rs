//! The page's state, shared by all its parts.

use std::collections::HashMap;

use futures_channel::oneshot;
use leptos::prelude::{
    ArcTrigger, GetValue, LocalStorage, Notify, SetValue, StoredValue, Track, UpdateValue, WithValue,
    expect_context,
};

use crate::{
    page::{
        autosave::{saver, storage::Storage},
        engine::{code::Code, link::EngineLink},
        input::press,
        state::{Parts, State},
        timing,
    },
    protocol::{Command, ModelFailure},
    settings::Settings,
};

/// Nobody is there to carry a command out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoEngine;

impl NoEngine {
    /// What the user is told.
    pub const SENTENCE: &str = "There is no engine to do that: reload the page to start one.";
}

/// A handle on the page's state and its engine.
#[derive(Clone, Copy)]
pub struct Session {
    state: StoredValue<State, LocalStorage>,
    triggers: StoredValue<[ArcTrigger; Part::ALL.len()]>,
    /// Parts whose views are drawn anew with the next frame.
    waiting: StoredValue<Parts>,
    /// The engine, once it is started.
    pub(super) engine: StoredValue<Option<EngineLink>, LocalStorage>,
    /// The engine's code, kept for a restart.
    pub(super) code: StoredValue<Option<Code>, LocalStorage>,
    /// When engines broke down, in milliseconds.
    pub(super) breakdowns: StoredValue<Vec<f64>>,
    /// Whether the engine is about to be replaced by another.
    pub(super) replacing: StoredValue<bool>,
    /// Snapshots that the engine vets, and who waits for its verdict.
    pub(super) vetting: StoredValue<HashMap<u32, oneshot::Sender<Result<(), ModelFailure>>>, LocalStorage>,
    /// The browser's storage.
    pub(super) storage: StoredValue<Storage, LocalStorage>,
    /// What of this visit is in it.
    pub(super) kept: StoredValue<saver::Shared, LocalStorage>,
    /// Whether settings wait to be sent.
    pub(super) unsent_settings: StoredValue<bool>,
    /// Changes whenever pictures that are on their way are no longer wanted.
    intake: StoredValue<u32>,
}

impl Session {
    /// A session without pictures and engine.
    pub fn new(settings: Settings) -> Self {
        Self {
            state: StoredValue::new_local(State::new(settings)),
            triggers: StoredValue::new(Default::default()),
            waiting: StoredValue::new(Parts::default()),
            engine: StoredValue::new_local(None),
            code: StoredValue::new_local(None),
            breakdowns: StoredValue::new(Vec::new()),
            replacing: StoredValue::new(false),
            vetting: StoredValue::new_local(HashMap::new()),
            storage: StoredValue::new_local(Storage::default()),
            kept: StoredValue::new_local(saver::Shared::default()),
            unsent_settings: StoredValue::new(false),
            intake: StoredValue::new(0),
        }
    }

    /// The session of the component that asks.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Reads the state, again whenever one of `parts` changes.
    pub fn with<const N: usize, T>(self, parts: [Part; N], view: impl FnOnce(&State) -> T) -> T {
        self.track(parts);
        self.with_untracked(view)
    }

    /// Asks to be run again whenever one of `parts` changes.
    pub fn track<const N: usize>(self, parts: [Part; N]) {
        self.triggers.with_value(|triggers| {
            parts.into_iter().for_each(|part| triggers[part as usize].track());
        });
    }

    /// Reads the state once.
    pub fn with_untracked<T>(self, view: impl FnOnce(&State) -> T) -> T {
        self.state.with_value(view)
    }

    /// Changes the state; the views of what was touched follow with the next frame, or at once
    /// if the visitor's press is what changes it.
    pub fn update<T>(self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut touched = Parts::default();
        let result = self.state.try_update_value(|state| {
            let result = change(state);
            touched = state.take_touched();
            result
        });
        self.draw_soon(touched);
        result.expect("the state lives as long as the page")
    }

    fn draw_soon(self, touched: Parts) {
        if touched.is_empty() {
            return;
        }
        let idle = self.waiting.get_value().is_empty();
        self.waiting.update_value(|waiting| waiting.extend(touched));
        if press::is_being_handled() {
            self.draw();
        } else if idle {
            self.draw_with_the_next_frame();
        }
    }

    fn draw_with_the_next_frame(self) {
        timing::next_frame(
            move || if press::is_under_way() { self.draw_with_the_next_frame() } else { self.draw() },
        );
    }

    fn draw(self) {
        let waiting = self.waiting.get_value();
        self.waiting.set_value(Parts::default());
        let triggers = self.triggers.get_value();
        for part in Part::ALL.into_iter().filter(|part| waiting.contains(*part)) {
            triggers[part as usize].notify();
        }
    }

    /// Sends a command that another engine would learn of by the state, so that nothing is
    /// lost if there is none.
    pub fn send(self, command: &Command) {
        self.ask(command).ok();
    }

    /// Sends a command that somebody waits for.
    pub fn ask(self, command: &Command) -> Result<(), NoEngine> {
        self.engine.with_value(|engine| match engine {
            Some(engine) => {
                engine.send(command);
                Ok(())
            }
            None => Err(NoEngine),
        })
    }

    /// Sends a command, or says that nobody is there to carry it out.
    pub fn ask_or_say(self, command: &Command) {
        if self.ask(command).is_err() {
            self.update(|state| state.notify(NoEngine::SENTENCE));
        }
    }

    /// A ticket for pictures that come in over time: valid until the next [`Self::stop_intake`].
    pub fn intake_ticket(self) -> u32 {
        self.intake.get_value()
    }

    /// Whether pictures that came in under a ticket are still wanted.
    pub fn is_wanted(self, ticket: u32) -> bool {
        self.intake.get_value() == ticket
    }

    /// Stops what is being read or drawn; what already came stays.
    pub fn stop_intake(self) {
        self.intake.update_value(|ticket| *ticket = ticket.wrapping_add(1));
    }
}
