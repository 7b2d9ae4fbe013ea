//! Replicas as Web Workers, which the engine's worker starts by itself from the code it has been sent.

use std::{cell::RefCell, rc::Rc};

use futures_channel::mpsc::unbounded;
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageChannel, MessageEvent, MessagePort, Worker, WorkerType};

use super::{Connection, replica::Replica};
pub use crate::event_loop::within;
use crate::script_worker;

/// A running replica; dropping it ends the worker.
struct RunningWorker {
    worker: Worker,
    port: MessagePort,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut()>,
}

impl Drop for RunningWorker {
    fn drop(&mut self) {
        // Events that are already queued would call closures that are gone.
        self.worker.set_onerror(None);
        self.port.set_onmessage(None);
        self.worker.terminate();
        self.port.close();
    }
}

/// Starts a replica; `None` if workers cannot start workers here.
pub(super) fn start() -> Option<Connection> {
    try_start().ok()
}

fn try_start() -> Result<Connection, JsValue> {
    let code = Reflect::get(&js_sys::global(), &"code".into())?;
    let worker = script_worker::start(script_worker::ENGINE, WorkerType::Module)?;
    let channel = MessageChannel::new()?;
    let (port, theirs) = (channel.port1(), channel.port2());
    let message = Object::assign(&Object::new(), code.unchecked_ref());
    Reflect::set(&message, &"port".into(), &theirs)?;
    Reflect::set(&message, &"replica".into(), &JsValue::TRUE)?;
    worker.post_message_with_transfer(&message, &Array::of1(&theirs))?;
    let (sender, replies) = unbounded();
    let sender = Rc::new(RefCell::new(Some(sender)));
    let on_error = {
        let sender = sender.clone();
        // Without a sender, the channel ends.
        Closure::<dyn FnMut()>::new(move || drop(sender.take()))
    };
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        if let Some(sender) = &*sender.borrow() {
            let _ = sender.unbounded_send(Uint8Array::new(&message.data()).to_vec());
        }
    });
    port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    let requests = port.clone();
    let running = RunningWorker { worker, port, _on_message: on_message, _on_error: on_error };
    Ok(Connection {
        send: Box::new(move |bytes| post(&requests, &bytes)),
        replies,
        _worker: Box::new(running),
    })
}

/// Returns the number of workers that this machine should use: all cores but one, which draws the page, if there
/// are more than two.
pub fn cores() -> usize {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).unwrap_or_default();
    let cores = Reflect::get(&navigator, &"hardwareConcurrency".into()).unwrap_or_default();
    match cores.as_f64().unwrap_or(1.0) as usize {
        cores @ ..=2 => cores.max(1),
        cores => cores - 1,
    }
}

/// Runs a replica for the lifetime of its worker.
pub fn serve(port: &MessagePort) {
    let mut replica = Replica::default();
    let answers = port.clone();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
        let request = Uint8Array::new(&message.data()).to_vec();
        // Requests are of the same build, since both workers run the same code.
        let reply = replica.answer(&request).expect("a request can be read");
        post(&answers, &reply);
    });
    port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(port, Replica::READY);
}

fn post(port: &MessagePort, bytes: &[u8]) {
    let buffer = Uint8Array::from(bytes).buffer();
    // This fails only if the other worker is gone, which the missing reply tells.
    let _ = port.post_message_with_transferable(&buffer, &Array::of1(&buffer));
}
