//! Yielding to the browser's event loop between pieces of work.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

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

impl Drop for EventLoop {
    fn drop(&mut self) {
        self.channel.port1().close();
    }
}
