//! Asks the browser not to clear away what the page keeps when room runs short.

use std::cell::Cell;

use js_sys::Promise;
use leptos::{prelude::window, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

// Workers cannot ask this. There is no such thing without a secure context.
#[wasm_bindgen]
extern "C" {
    type Host;
    type Manager;
    #[wasm_bindgen(method, getter)]
    fn storage(this: &Host) -> Option<Manager>;
    #[wasm_bindgen(method, catch)]
    fn persist(this: &Manager) -> Result<Promise, JsValue>;
}

/// Asks at the first call, for there has to be something to keep; browsers may put the question to
/// the user. The page goes on alike whatever the answer is.
pub fn ask_once() {
    thread_local!(static ASKED: Cell<bool> = const { Cell::new(false) });
    if ASKED.replace(true) {
        return;
    }
    let host: Host = window().navigator().unchecked_into();
    if let Some(Ok(answer)) = host.storage().map(|manager| manager.persist()) {
        spawn_local(async move { drop(JsFuture::from(answer).await) });
    }
}
