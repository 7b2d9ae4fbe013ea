//! Starts the engine, hears it, and starts another when it breaks down.

use leptos::{
    prelude::{GetValue, SetValue, UpdateValue, document},
    task::spawn_local,
};

use super::{
    download,
    engine_code::{self, words},
    engine_link::EngineLink,
    session::Session,
    timing,
};
use crate::{
    page::export::File,
    protocol::{Event, MessageError},
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
    spawn_local(async move {
        let progress = move |received, total| {
            session.change(|state| state.engine_is_loading(received, total));
        };
        match engine_code::download(progress).await {
            Ok(module) => {
                session.code.set_value(Some(module));
                tell_arrival();
                session.change(|state| state.engine_is_starting());
                boot(session);
            }
            Err(sentence) => give_up(session, format!("{sentence} Reload the page to try again.")),
        }
    });
}

/// Tells offline.js that all of this build's code is there.
fn tell_arrival() {
    let told = web_sys::Event::new("engine-arrived").and_then(|event| document().dispatch_event(&event));
    told.expect("a page takes events");
}

/// Opens the line to a new engine and tells it everything the page knows.
fn connect(session: Session) {
    let hear = move |message: Result<Event, MessageError>| match message {
        Ok(event) => receive(session, event),
        Err(error) => give_up(session, error.to_string()),
    };
    let broke = move |message: String| receive(session, Event::Failed(message));
    match EngineLink::new(hear, broke) {
        Ok(engine) => {
            session.peek(|state| state.introduction().for_each(|command| engine.send(&command)));
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
        Event::Decoded { request, picture } => {
            let waiting = session.decoding.try_update_value(|decoding| decoding.remove(&request));
            if let Some(waiting) = waiting.flatten() {
                // Whoever asked may have been stopped meanwhile.
                waiting.send(picture.map(|bytes| bytes.into_vec())).ok();
            }
        }
        Event::Model { step, file } => {
            let name = format!("likeness-model-step-{step}.safetensors");
            let contents = file.to_vec();
            download::save(session, &File { name, kind: "application/octet-stream", contents });
        }
        Event::Opened(settings) => {
            session.change(|state| state.apply(Event::Opened(settings)));
            session.send_all_settings();
        }
        Event::Failed(reason) => {
            session.replacing.set_value(true);
            session.change(|state| state.apply(Event::Failed(reason)));
            // The old engine's callback is still running: it must not be dropped here.
            timing::after(0, move || replace(session));
        }
        event => session.change(|state| state.apply(event)),
    }
}

/// Ends the engine that broke down and starts another.
fn replace(session: Session) {
    session.replacing.set_value(false);
    session.engine.set_value(None);
    session.decoding.update_value(|decoding| decoding.clear());
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
    if breakdowns >= BEFORE_CPU && session.peek(|state| state.settings.backend != BackendChoice::Cpu) {
        session.change(|state| {
            state.edit(|settings| settings.backend = BackendChoice::Cpu);
            state.notify("The engine broke down twice within a minute, so it now computes on the CPU.");
        });
    }
    connect(session);
    boot(session);
}

fn give_up(session: Session, sentence: String) {
    session.change(|state| state.engine_is_stopped(sentence));
    timing::after(0, move || {
        session.engine.set_value(None);
        session.decoding.update_value(|decoding| decoding.clear());
    });
}
