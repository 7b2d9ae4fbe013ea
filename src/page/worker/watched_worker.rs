//! A worker whose end is noticed, whatever its cause.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Event, MessageEvent, Worker, WorkerType};

use super::lifeline;
use crate::script_worker;

/// A running worker; dropping it ends it.
pub struct WatchedWorker {
    worker: Worker,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _on_error: Closure<dyn Fn(Event)>,
}

impl WatchedWorker {
    /// Starts a script, which receives messages by `self.onmessage`. `on_end` is called once the
    /// worker is gone or has met a fatal error, possibly more than once, and also after it is
    /// dropped.
    pub fn start(
        script: &str,
        kind: WorkerType,
        on_message: impl Fn(JsValue) + 'static,
        on_end: impl Fn() + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let lock = lifeline::name();
        let script = format!("{}\n{script}", lifeline::holding(&lock));
        let worker = script_worker::start(&script, kind)?;
        let ended = on_end.clone();
        let on_message = Closure::new(move |message: MessageEvent| match message.data() {
            data if lifeline::is_held(&data) => lifeline::await_end(&lock, ended.clone()),
            data => on_message(data),
        });
        let on_error = Closure::new(move |_: Event| on_end());
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }

    /// Sends a message; the buffers in `handed_over` are transferred.
    pub fn post(&self, message: &JsValue, handed_over: &Array) -> Result<(), JsValue> {
        self.worker.post_message_with_transfer(message, handed_over)
    }
}

impl Drop for WatchedWorker {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.set_onmessageerror(None);
        self.worker.terminate();
    }
}
