//! The browser's event loop: yielding to it between pieces of work, and waiting.

use std::{future::Future, pin::pin};

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
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

impl Drop for EventLoop {
    fn drop(&mut self) {
        self.channel.port1().close();
    }
}

/// Waits for a future for at most so long, in a page or a worker; `None` if it takes longer.
pub async fn within<T>(time: Duration, future: impl Future<Output = T>) -> Option<T> {
    let (sender, elapsed) = oneshot::channel::<()>();
    let elapse = Closure::once(move || drop(sender));
    let global = js_sys::global();
    let call = |name: &str, argument: &JsValue| {
        let function: Function = Reflect::get(&global, &name.into())?.dyn_into()?;
        function.call2(&global, argument, &JsValue::from_f64(time.as_secs_f64() * 1e3))
    };
    let timer = call("setTimeout", elapse.as_ref()).expect("pages and workers have timers");
    let outcome = match select(pin!(future), elapsed).await {
        Either::Left((outcome, _)) => Some(outcome),
        Either::Right(_) => None,
    };
    // The closure ends here, so that the timer may not call it any more.
    call("clearTimeout", &timer).expect("pages and workers have timers");
    outcome
}
