//! A running engine: a worker, and the port between it and the page.

use std::{cell::Cell, rc::Rc};

use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{ErrorEvent, MessageChannel, MessageEvent, MessagePort, Worker, WorkerType};

use super::code::{Code, is_unfinished};
use crate::{
    page::{urls, worker::lifeline},
    protocol::{self, Breakdown, Command, Event, MessageError},
    script_worker,
};

/// A running engine; dropping it ends the worker.
pub struct EngineLink {
    worker: Worker,
    port: MessagePort,
    engine_port: MessagePort,
    /// Name of the lock that the worker holds while it lives.
    lock: String,
    /// Whether the worker is still wanted.
    wanted: Rc<Cell<bool>>,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(ErrorEvent)>,
}

impl EngineLink {
    /// Starts the worker. It does nothing until it is booted, but commands may be sent: the port
    /// queues them.
    pub fn new(
        on_event: impl Fn(Result<Event, MessageError>) + 'static,
        on_error: impl Fn(Breakdown) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let worker = script_worker::start(script_worker::ENGINE, WorkerType::Module)?;
        let channel = MessageChannel::new()?;
        let on_message = Closure::new(move |message: MessageEvent| on_event(read(&message)));
        let (lock, wanted) = (lifeline::name(), Rc::new(Cell::new(true)));
        let (on_end, still_wanted) = (on_error.clone(), wanted.clone());
        lifeline::watch(&worker, lock.clone(), move || {
            if still_wanted.get() {
                on_end(Breakdown::Ended);
            }
        });
        let on_error = Closure::new(move |error: ErrorEvent| {
            on_error(Breakdown::Unforeseen { details: error.message() });
        });
        let port = channel.port1();
        port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let engine_port = channel.port2();
        Ok(Self { worker, port, engine_port, lock, wanted, _on_message: on_message, _on_error: on_error })
    }

    /// Sends the worker its code and its end of the port.
    pub fn boot(&self, Code { engine, module }: &Code) -> Result<(), JsValue> {
        let glue = urls::of_build(&format!("{}.js", engine.name()));
        let message = Object::new();
        Reflect::set(&message, &"glue".into(), &glue.into())?;
        Reflect::set(&message, &"module".into(), module)?;
        Reflect::set(&message, &"port".into(), &self.engine_port)?;
        Reflect::set(&message, &"unfinished".into(), &is_unfinished().into())?;
        Reflect::set(&message, &"lock".into(), &self.lock.as_str().into())?;
        self.worker.post_message_with_transfer(&message, &Array::of1(&self.engine_port))
    }

    /// Sends a command.
    pub fn send(&self, command: &Command) {
        let bytes = Uint8Array::from(protocol::encode(command).as_slice()).buffer();
        let sent = self.port.post_message_with_transferable(&bytes, &Array::of1(&bytes));
        sent.expect("a buffer can be transferred");
    }
}

impl Drop for EngineLink {
    fn drop(&mut self) {
        self.wanted.set(false);
        self.port.set_onmessage(None);
        self.port.close();
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn read(message: &MessageEvent) -> Result<Event, MessageError> {
    let buffer: ArrayBuffer = message.data().dyn_into().map_err(|_| MessageError::Malformed)?;
    protocol::decode(&Uint8Array::new(&buffer).to_vec())
}
