//! Detection of a worker's end, whatever its cause: the browser does not report ending one.
//!
//! The worker holds a lock from its start to its end; the page waits for the same lock.

use js_sys::{Function, Promise};
use leptos::{prelude::window, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Worker};

// web-sys has locks behind an unstable flag; this part of them is stable. There are none without a
// secure context, and a browser that denies the page its storage refuses them: then such an end goes
// unnoticed.
#[wasm_bindgen]
extern "C" {
    type Host;
    type Locks;
    #[wasm_bindgen(method, getter)]
    fn locks(this: &Host) -> Option<Locks>;
    #[wasm_bindgen(method, catch)]
    fn request(this: &Locks, name: &str, granted: &Function) -> Result<Promise, JsValue>;
}

/// Returns a name that no other lock has.
pub fn name() -> String {
    format!("likeness-worker-{}", js_sys::Math::random())
}

/// Message of a worker that it holds its lock.
const HELD: &str = "held";

/// Returns the beginning of a worker's script, which acquires the lock and reports it.
pub fn holding(name: &str) -> String {
    format!(
        "self.navigator.locks?.request(\"{name}\", () => {{ self.postMessage(\"{HELD}\"); return new Promise(() => {{}}); }}).catch(() => {{}});"
    )
}

/// Returns whether the message is that the worker holds its lock.
pub fn is_held(message: &JsValue) -> bool {
    message.as_string().as_deref() == Some(HELD)
}

/// Calls back once the worker is gone. A message from the worker says that it holds the lock.
pub fn watch(worker: &Worker, name: String, gone: impl FnOnce() + 'static) {
    let held = Closure::once_into_js(move |_: MessageEvent| await_end(&name, gone));
    worker.set_onmessage(Some(held.unchecked_ref()));
}

/// Calls back once the worker that holds the lock is gone.
pub fn await_end(name: &str, gone: impl FnOnce() + 'static) {
    let host: Host = window().navigator().unchecked_into();
    let granted = Closure::once_into_js(move |_: JsValue| gone());
    if let Some(Ok(answer)) = host.locks().map(|locks| locks.request(name, granted.unchecked_ref())) {
        // An unhandled rejection would be an error of the page.
        spawn_local(async move { drop(JsFuture::from(answer).await) });
    }
}
