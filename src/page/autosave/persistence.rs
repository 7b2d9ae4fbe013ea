//! Request for persistent storage, which the browser does not clear when space runs short.

use std::cell::Cell;

use js_sys::Promise;
use leptos::{prelude::window, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

// Workers cannot request it. Without a secure context it does not exist.
#[wasm_bindgen]
extern "C" {
    type Host;
    type Manager;
    #[wasm_bindgen(method, getter)]
    fn storage(this: &Host) -> Option<Manager>;
    #[wasm_bindgen(method, catch)]
    fn persist(this: &Manager) -> Result<Promise, JsValue>;
}

/// Requests persistence at the first call, since there has to be something to keep; browsers may ask
/// the user. The answer makes no difference to the page.
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
