//! Effects of changes outside of the state.

use super::{Entry, Newcomer, State};
use crate::{
    page::{experiment::Experiment, export::File},
    protocol::{Backend, Command, ModelFailure, PictureId, Question},
};

/// Number of pictures in one message to the engine.
pub const PORTION: usize = 64;

/// An action outside of the state that a change requires.
#[derive(Debug)]
pub enum Effect {
    /// A command for the engine. Without an engine it is dropped: the next one receives the whole
    /// state.
    Send(Command),
    /// Delayed sending of the settings, together with further changes to them.
    SendSettingsSoon,
    /// A file to save for the user.
    Save(File),
    /// Restoration of an experiment that was removed, with the id that its set had.
    PutBack(Box<Experiment>, Vec<(u32, Newcomer)>, PictureId),
    /// Delivery of the verdict on a snapshot.
    Validated(u32, Result<(), ModelFailure>),
    /// Replacement of the engine, which has failed, with the backend it computed on, if known.
    ReplaceEngine(Option<Backend>),
    /// Replacement of the engine by the one with WebGPU.
    ExchangeEngine,
}

impl State {
    /// Returns the effects of the changes since the last call, in order.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Causes an effect.
    pub(in crate::page) fn cause(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Sends a command to the engine.
    pub fn send(&mut self, command: Command) {
        self.cause(Effect::Send(command));
    }

    /// Sends a command whose effect the user waits for, or tells the user that there is no engine.
    pub fn demand(&mut self, command: Command) {
        if self.is_without_engine() {
            self.notify("There is no engine to do that. Reload the page to start one.");
        } else {
            self.send(command);
        }
    }

    /// Sends the settings, if they have changed since they were sent.
    pub fn send_settings(&mut self) {
        if self.unsent_settings {
            self.send_all_settings();
        }
    }

    pub(in crate::page) fn send_all_settings(&mut self) {
        self.unsent_settings = false;
        self.send(Command::Configure(*self.settings));
    }

    /// Sends pictures in portions.
    pub(in crate::page) fn send_pictures(&mut self, ids: &[PictureId]) {
        for portion in ids.chunks(PORTION) {
            let entries = portion.iter().filter_map(|id| self.pictures.get(*id));
            let pictures = entries.map(Entry::message).collect();
            self.send(Command::Add(pictures));
        }
    }

    /// Asks the engine a question.
    pub fn ask(&mut self, question: Question) {
        self.send_settings();
        self.answers.ask(question.clone());
        self.send(Command::Ask(question));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{
        engine::failure::EngineFailure,
        fixture::{commands, state},
    };
    use crate::protocol::ModelFormat;

    #[test]
    fn settings_are_sent_once_and_before_dependent_commands() {
        let mut state = state(4);
        state.take_effects();
        state.edit(|settings| settings.temperature = 0.25);
        state.edit(|settings| settings.temperature = 0.5);
        let effects = state.take_effects();
        assert!(matches!(effects.as_slice(), [Effect::SendSettingsSoon]), "{effects:?}");
        state.train();
        assert_eq!(commands(&mut state), [Command::Configure(*state.settings), Command::Train]);
        state.send_settings();
        assert_eq!(commands(&mut state), []);
    }

    #[test]
    fn demand_without_an_engine_notifies_the_user() {
        let mut state = state(4);
        state.take_effects();
        state.demand(Command::SaveModel(ModelFormat::Safetensors));
        assert_eq!(commands(&mut state), [Command::SaveModel(ModelFormat::Safetensors)]);
        state.engine_is_stopped(EngineFailure::NoCode);
        state.take_effects();
        let before = state.notices.len();
        state.demand(Command::SaveModel(ModelFormat::Safetensors));
        assert_eq!((commands(&mut state), state.notices.len()), (Vec::new(), before + 1));
    }
}
