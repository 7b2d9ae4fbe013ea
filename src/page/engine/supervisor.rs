//! Starting the engine, hearing it, and replacing it after a breakdown.

use leptos::{
    prelude::{GetValue, SetValue, UpdateValue, WithValue},
    task::spawn_local,
};

use super::{
    code::{self, Download},
    failure::EngineFailure,
    link::EngineLink,
    supervision::{Next, Supervision},
};
use crate::{
    page::{state::State, store::Store, timing, words},
    protocol::{Backend, Event, MessageError},
    settings::BackendChoice,
};

/// Starts the engine while its code is still being fetched.
pub fn start(store: Store) {
    connect(store);
    spawn_local(async move { load(store, code::first().await).await });
}

/// Boots the engine once its code has arrived.
async fn load(store: Store, code: Download) {
    let progress = move |received, total| {
        store.update(|state| state.engine_is_loading(received, total));
    };
    match code.compile(progress).await {
        Ok(arrived) => {
            code::tell_arrival("engine-arrived", arrived.engine.name());
            store.engine.code.set_value(Some(arrived));
            store.update(State::engine_is_starting);
            boot(store);
        }
        Err(failure) if store.engine.code.with_value(Option::is_some) => stay(store, &failure),
        Err(failure) => give_up(store, failure),
    }
}

/// Goes on with the engine that was to be exchanged: without a network it may be the only one.
fn stay(store: Store, failure: &EngineFailure) {
    store.update(|state| {
        state.edit(|settings| settings.backend = BackendChoice::Cpu);
        state.notify(words::staying_engine(failure));
        state.engine_is_starting();
    });
    restart(store);
}

/// Connects to a new engine and sends it everything the page knows.
fn connect(store: Store) {
    let hear = move |message: Result<Event, MessageError>| match message {
        Ok(event) => hear(store, event),
        Err(error) => give_up(store, EngineFailure::Message(error)),
    };
    let broke = move |breakdown| self::hear(store, Event::Failed(breakdown));
    match EngineLink::new(hear, broke) {
        Ok(link) => {
            store.update(State::engine_is_another);
            store.with_untracked(|state| state.resync().for_each(|command| link.send(&command)));
            store.engine.link.set_value(Some(link));
        }
        Err(error) => give_up(store, EngineFailure::NotStarted(code::words(&error))),
    }
}

fn boot(store: Store) {
    let code = store.engine.code.get_value();
    store.engine.link.update_value(|link| {
        if let (Some(link), Some(code)) = (link, code) {
            link.boot(&code).expect("code and port can be handed over");
        }
    });
}

fn hear(store: Store, event: Event) {
    if store.engine.supervision.with_value(Supervision::is_heard) {
        store.update(|state| state.apply(event));
    }
}

/// Ends the engine and starts another with the same code.
fn restart(store: Store) {
    store.engine.end();
    connect(store);
    boot(store);
}

/// Acts on the engine once its callback, which may be running, has returned: the engine must not be
/// dropped before. Its events until then are ignored.
fn soon(store: Store, act: impl FnOnce() + 'static) {
    store.engine.supervision.update_value(Supervision::is_ending);
    timing::after(0, act);
}

/// Replaces the engine without WebGPU by the one with WebGPU.
pub fn exchange_soon(store: Store) {
    soon(store, move || {
        store.engine.end();
        connect(store);
        spawn_local(load(store, code::Engine::WebGpu.fetch()));
    });
}

/// Replaces the engine, which has broken down; `backend` is the one it computed on, if known.
pub fn replace_soon(store: Store, backend: Option<Backend>) {
    soon(store, move || replace(store, backend));
}

fn replace(store: Store, backend: Option<Backend>) {
    let chosen = store.with_untracked(|state| state.settings.backend);
    let on_cpu = backend == Some(Backend::Cpu) || chosen == BackendChoice::Cpu;
    let now = timing::now();
    let next = store.engine.supervision.try_update_value(|supervision| supervision.broke_down(now, on_cpu));
    match next.expect("the engine's handle lives as long as the page") {
        Next::GiveUp => return give_up(store, EngineFailure::KeepsBreakingDown),
        Next::RestartOnCpu => store.update(|state| {
            state.edit(|settings| settings.backend = BackendChoice::Cpu);
            state.notify("The engine broke down twice within a minute, so it now computes on the CPU.");
        }),
        Next::Restart => {}
    }
    restart(store);
}

fn give_up(store: Store, failure: EngineFailure) {
    store.update(|state| state.engine_is_stopped(failure));
    timing::after(0, move || store.engine.end());
}
