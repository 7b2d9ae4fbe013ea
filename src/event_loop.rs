//! Yielding to the browser's event loop between pieces of work.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;
use web_time::Duration;

/// Event loop of the page or worker that runs this code.
pub struct EventLoop {
    channel: MessageChannel,
}

impl Default for EventLoop {
    fn default() -> Self {
        Self { channel: MessageChannel::new().expect("pages and workers have message channels") }
    }
}

impl EventLoop {
    /// Resolves after the events that are already queued. A message to itself arrives sooner than any timer.
    pub async fn yield_to(&mut self) {
        let mut wait = |resolve: js_sys::Function, _: js_sys::Function| {
            self.channel.port1().set_onmessage(Some(&resolve));
        };
        let answered = Promise::new(&mut wait);
        self.channel.port2().post_message(&JsValue::NULL).expect("null can be posted");
        // The promise is never rejected.
        let _ = JsFuture::from(answered).await;
    }
}

/// Resolves after a time, in a page or a worker.
pub async fn after(time: Duration) {
    let global = js_sys::global();
    let timer =
        Reflect::get(&global, &"setTimeout".into()).ok().and_then(|timer| timer.dyn_into::<Function>().ok());
    let timer = timer.expect("pages and workers have timers");
    let mut wait = |resolve: Function, _: Function| {
        let milliseconds = JsValue::from_f64(time.as_secs_f64() * 1e3);
        timer.call2(&global, &resolve, &milliseconds).expect("a timer can be set");
    };
    // The promise is never rejected.
    let _ = JsFuture::from(Promise::new(&mut wait)).await;
}

impl Drop for EventLoop {
    fn drop(&mut self) {
        self.channel.port1().close();
    }
}
