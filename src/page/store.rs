//! The page's state, shared by all its views.

use leptos::{
    prelude::{
        ArcTrigger, GetValue, LocalStorage, Notify, RwSignal, SetValue, StoredValue, Track, UpdateValue,
        WithValue, expect_context,
    },
    task::spawn_local,
};

use super::{
    autosave::saver::Autosave,
    components::dynamic::effect,
    engine::{Engine, supervisor},
    files::{download, experiment_file, originals::Originals},
    input::press,
    state::{Effect, State},
    timing,
    tracked::Fields,
};
use crate::{protocol::Question, settings::Settings};

/// Time within which changes to the settings are sent together, in milliseconds.
const SETTLING: u64 = 120;

/// A handle on the page's state. All changes go through [`Store::update`], which redraws the views
/// that read the changed fields and carries out the effects.
#[derive(Clone, Copy)]
pub struct Store {
    state: StoredValue<State, LocalStorage>,
    triggers: StoredValue<Vec<ArcTrigger>>,
    /// Changed fields whose views are redrawn in the next frame.
    changed: StoredValue<Fields>,
    /// The engine.
    pub engine: Engine,
    /// Storage of the experiment in the browser.
    pub autosave: Autosave,
    /// Files of the pictures.
    pub originals: Originals,
    /// Whether saved tables are for spreadsheets.
    pub for_spreadsheets: RwSignal<bool>,
}

impl Store {
    /// Returns a store without pictures and with an engine that is not started.
    pub fn new(settings: Settings) -> Self {
        Self {
            state: StoredValue::new_local(State::new(settings)),
            triggers: StoredValue::new((0..Fields::MAX).map(|_| ArcTrigger::new()).collect()),
            changed: StoredValue::new(Fields::default()),
            engine: Engine::default(),
            autosave: Autosave::default(),
            originals: Originals::default(),
            for_spreadsheets: RwSignal::new(download::is_for_spreadsheets()),
        }
    }

    /// Returns the store from the component's context.
    pub fn expect() -> Self {
        expect_context()
    }

    /// Reads the state, and subscribes the caller to the fields that `view` reads.
    pub fn with<T>(self, view: impl FnOnce(&State) -> T) -> T {
        let (result, read) = self.reads(view);
        self.follow(read);
        result
    }

    /// Subscribes the caller to some fields without reading them.
    pub fn track(self, fields: impl FnOnce(&State) -> Fields) {
        let fields = self.with_untracked(fields);
        self.follow(fields);
    }

    fn follow(self, fields: Fields) {
        self.triggers.with_value(|triggers| fields.numbers().for_each(|number| triggers[number].track()));
    }

    /// Reads the state without subscribing.
    pub fn with_untracked<T>(self, view: impl FnOnce(&State) -> T) -> T {
        self.reads(view).0
    }

    fn reads<T>(self, view: impl FnOnce(&State) -> T) -> (T, Fields) {
        self.state.with_value(|state| state.log().reads(|| view(state)))
    }

    /// Changes the state. Views of the changed fields are redrawn in the next frame, or at once if
    /// the change comes from the user's input.
    pub fn update<T>(self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = self.state.try_update_value(|state| {
            let result = change(state);
            (result, state.log().take_changed(), state.take_effects())
        });
        let (result, changed, effects) = changed.expect("the state lives as long as the page");
        self.draw_soon(changed);
        effects.into_iter().for_each(|effect| self.carry_out(effect));
        result
    }

    fn carry_out(self, effect: Effect) {
        match effect {
            Effect::Send(command) => self.engine.send(&command),
            Effect::SendSettingsSoon => timing::after(SETTLING, move || self.update(State::send_settings)),
            Effect::Save(file) => download::save(self, &file),
            Effect::PutBack(experiment, pictures, set) => {
                // No picture has come since the set was removed.
                self.originals.renumber(set, self.with_untracked(|state| state.pictures.first()));
                let remote = self.with_untracked(|state| state.remote.clone());
                spawn_local(async move {
                    experiment_file::put(self, *experiment, pictures).await;
                    self.update(|state| state.remote.set(remote));
                });
            }
            Effect::Validated(request, verdict) => self.engine.validated(request, verdict),
            Effect::ReplaceEngine(backend) => supervisor::replace_soon(self, backend),
            Effect::ExchangeEngine => supervisor::exchange_soon(self),
        }
    }

    /// Changes the settings.
    pub fn edit(self, change: impl FnOnce(&mut Settings)) {
        self.update(|state| state.edit(change));
    }

    /// Asks the engine a view's question, now and whenever the answer is outdated.
    pub fn keep_asking(self, question: impl Fn(&State) -> Option<Question> + 'static) {
        effect(move || {
            let needed = self.with(|state| question(state).filter(|question| state.needs(question)));
            if let Some(question) = needed {
                self.update(|state| state.ask(question));
            }
        });
    }

    fn draw_soon(self, changed: Fields) {
        if changed.is_empty() {
            return;
        }
        let is_idle = self.changed.get_value().is_empty();
        self.changed.update_value(|waiting| *waiting = waiting.with(changed));
        if press::is_being_handled() {
            self.draw();
        } else if is_idle {
            self.draw_with_the_next_frame();
        }
    }

    fn draw_with_the_next_frame(self) {
        timing::next_frame(
            move || if press::is_under_way() { self.draw_with_the_next_frame() } else { self.draw() },
        );
    }

    fn draw(self) {
        let changed = self.changed.get_value();
        self.changed.set_value(Fields::default());
        let triggers = self.triggers.get_value();
        changed.numbers().for_each(|number| triggers[number].notify());
    }
}
