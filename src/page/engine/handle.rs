//! A handle on the engine.

use std::collections::HashMap;

use futures_channel::oneshot;
use leptos::prelude::{LocalStorage, SetValue, StoredValue, UpdateValue, WithValue};

use super::{code::Code, link::EngineLink, supervision::Supervision};
use crate::protocol::{Command, ModelFailure};

/// Verdict on a snapshot.
pub type Verdict = Result<(), ModelFailure>;

/// A handle on the engine.
#[derive(Clone, Copy)]
pub struct Engine {
    /// Connection to the engine, once it is started.
    pub link: StoredValue<Option<EngineLink>, LocalStorage>,
    /// The engine's code, kept for a restart.
    pub code: StoredValue<Option<Code>, LocalStorage>,
    /// Record of its breakdowns.
    pub supervision: StoredValue<Supervision>,
    /// Channels that await verdicts, by request.
    validations: StoredValue<HashMap<u32, oneshot::Sender<Verdict>>, LocalStorage>,
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            link: StoredValue::new_local(None),
            code: StoredValue::new_local(None),
            supervision: StoredValue::new(Supervision::default()),
            validations: StoredValue::new_local(HashMap::new()),
        }
    }
}

impl Engine {
    /// Sends a command, which is dropped without an engine.
    pub fn send(self, command: &Command) {
        self.link.with_value(|link| link.iter().for_each(|link| link.send(command)));
    }

    /// Returns a channel for the verdict on a validation that is about to be requested.
    pub fn verdict(self, request: u32) -> oneshot::Receiver<Verdict> {
        let (sender, receiver) = oneshot::channel();
        self.validations.update_value(|waiting| drop(waiting.insert(request, sender)));
        receiver
    }

    /// Delivers a verdict.
    pub fn validated(self, request: u32, verdict: Verdict) {
        let waiting = self.validations.try_update_value(|waiting| waiting.remove(&request)).flatten();
        if let Some(waiting) = waiting {
            waiting.send(verdict).ok();
        }
    }

    /// Ends the engine.
    pub fn end(self) {
        self.supervision.update_value(Supervision::has_ended);
        self.link.set_value(None);
        self.validations.update_value(HashMap::clear);
    }
}
