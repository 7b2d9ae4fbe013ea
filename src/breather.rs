//! Short rests between pieces of work, in a browser.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

/// Lets a thread's other events in, for as short as possible: a message to itself comes back sooner
/// than any timer.
pub struct Breather {
    channel: MessageChannel,
}

impl Default for Breather {
    fn default() -> Self {
        Self { channel: MessageChannel::new().expect("pages and workers have message channels") }
    }
}

impl Breather {
    /// Goes on once what waited has been heard.
    pub async fn breathe(&mut self) {
        let mut wait = |resolve: js_sys::Function, _: js_sys::Function| {
            self.channel.port1().set_onmessage(Some(&resolve));
        };
        let answered = Promise::new(&mut wait);
        self.channel.port2().post_message(&JsValue::NULL).expect("null can be posted");
        // The promise is only ever resolved.
        let _ = JsFuture::from(answered).await;
    }
}

impl Drop for Breather {
    fn drop(&mut self) {
        self.channel.port1().close();
    }
}
