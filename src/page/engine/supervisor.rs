//! Starts the engine, hears it, and starts another when it breaks down.

use leptos::{
    prelude::{GetValue, SetValue, UpdateValue, WithValue},
    task::spawn_local,
};

use super::{
    code::{self, Download, Engine, words},
    link::EngineLink,
};
use crate::{
    page::{export::File, files::download, session::Session, timing},
    protocol::{Backend, Event, MessageError},
    settings::BackendChoice,
};

/// Breakdowns within this time, in milliseconds, count together.
const MEMORY: f64 = 60_000.0;

/// After so many breakdowns in a row the engine moves to the CPU.
const BEFORE_CPU: usize = 2;

/// After so many breakdowns in a row there is no further engine.
const BEFORE_GIVING_UP: usize = 4;

/// Starts the engine while its code is still on the way.
pub fn start(session: Session) {
    connect(session);
    spawn_local(async move { load(session, code::first().await).await });
}

/// Boots the engine once its code is there.
async fn load(session: Session, code: Download) {
    let progress = move |received, total| {
        session.update(|state| state.engine_is_loading(received, total));
    };
    match code.compile(progress).await {
        Ok(arrived) => {
            code::tell_arrival("engine-arrived", arrived.engine.name());
            session.code.set_value(Some(arrived));
            session.update(|state| state.engine_is_starting());
            boot(session);
        }
        Err(sentence) if session.code.with_value(Option::is_some) => stay(session, sentence),
        Err(sentence) => give_up(session, format!("{sentence} Reload the page to try again.")),
    }
}

/// Goes on with the engine that was to be exchanged: without a network it may be the only one.
fn stay(session: Session, sentence: String) {
    session.update(|state| {
        state.edit(|settings| settings.backend = BackendChoice::Cpu);
        state.notify(format!("{sentence} The one that computes on the CPU goes on."));
        state.engine_is_starting();
    });
    end(session);
    connect(session);
    boot(session);
}

/// Opens the line to a new engine and tells it everything the page knows.
fn connect(session: Session) {
    let hear = move |message: Result<Event, MessageError>| match message {
        Ok(event) => receive(session, event),
        Err(error) => give_up(session, error.to_string()),
    };
    let broke = move |breakdown| receive(session, Event::Failed(breakdown));
    match EngineLink::new(hear, broke) {
        Ok(engine) => {
            session.update(|state| state.engine_is_another());
            session.with_untracked(|state| state.resync().for_each(|command| engine.send(&command)));
            session.engine.set_value(Some(engine));
        }
        Err(error) => give_up(session, format!("This browser cannot start the engine: {}.", words(&error))),
    }
}

fn boot(session: Session) {
    let code = session.code.get_value();
    session.engine.update_value(|engine| {
        if let (Some(engine), Some(code)) = (engine, code) {
            engine.boot(&code).expect("code and port can be handed over");
        }
    });
}

fn receive(session: Session, event: Event) {
    // An engine that broke down may go on talking until it is replaced: the run has already
    // gone back, and its words would leave gaps in it.
    if session.replacing.get_value() {
        return;
    }
    match event {
        Event::Validated { request, verdict } => {
            let waiting = session.vetting.try_update_value(|vetting| vetting.remove(&request));
            if let Some(waiting) = waiting.flatten() {
                waiting.send(verdict).ok();
            }
        }
        Event::Model { step, file } => {
            let name = format!("likeness-model-step-{step}.safetensors");
            let contents = file.to_vec();
            download::save(session, &File { name, kind: "application/octet-stream", contents });
        }
        Event::Opened(settings) => {
            session.update(|state| state.apply(Event::Opened(settings)));
            session.send_all_settings();
        }
        // The old engine's callback is still running: it must not be dropped here.
        Event::Failed(reason) => {
            session.replacing.set_value(true);
            let backend =
                session.with_untracked(|state| state.engine.environment().map(|found| found.backend));
            session.update(|state| state.apply(Event::Failed(reason)));
            timing::after(0, move || replace(session, backend));
        }
        Event::WebGpuNeeded => {
            session.replacing.set_value(true);
            session.update(|state| state.apply(Event::WebGpuNeeded));
            timing::after(0, move || exchange(session));
        }
        event => session.update(|state| state.apply(event)),
    }
}

/// Ends the engine without WebGPU and starts the one that has it.
fn exchange(session: Session) {
    end(session);
    connect(session);
    spawn_local(load(session, Engine::WebGpu.fetch()));
}

/// Ends the engine.
fn end(session: Session) {
    session.replacing.set_value(false);
    session.engine.set_value(None);
    session.vetting.update_value(|vetting| vetting.clear());
}

/// Ends the engine that broke down and starts another; `backend` is what it computed on, where
/// that is known.
fn replace(session: Session, backend: Option<Backend>) {
    end(session);
    let now = timing::now();
    session.breakdowns.update_value(|times| {
        times.retain(|time| now - time < MEMORY);
        times.push(now);
    });
    let breakdowns = session.breakdowns.get_value().len();
    if breakdowns >= BEFORE_GIVING_UP {
        let sentence = "The engine keeps breaking down and was given up. Reload the page to try again.";
        return give_up(session, sentence.to_owned());
    }
    let on_cpu = backend == Some(Backend::Cpu)
        || session.with_untracked(|state| state.settings.backend == BackendChoice::Cpu);
    if breakdowns >= BEFORE_CPU && !on_cpu {
        session.update(|state| {
            state.edit(|settings| settings.backend = BackendChoice::Cpu);
            state.notify("The engine broke down twice within a minute, so it now computes on the CPU.");
        });
    }
    connect(session);
    boot(session);
}

fn give_up(session: Session, sentence: String) {
    session.update(|state| state.engine_is_stopped(sentence));
    timing::after(0, move || end(session));
}
