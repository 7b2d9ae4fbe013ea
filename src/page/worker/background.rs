//! Workers started from a script that the page contains.
//!
//! The page's Content-Security-Policy applies to them, too; a worker loaded from an address would
//! have only the policy that its server sends.

use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag, Url, Worker, WorkerOptions, WorkerType};

use crate::page::timing;

/// Time that the browser may take to read the script, in milliseconds.
const GRACE: u64 = 60_000;

/// Starts a worker.
pub fn start(script: &str, kind: WorkerType) -> Result<Worker, JsValue> {
    let properties = BlobPropertyBag::new();
    properties.set_type("text/javascript");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&script.into()), &properties)?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let options = WorkerOptions::new();
    options.set_type(kind);
    let worker = Worker::new_with_options(&address, &options);
    timing::after(GRACE, move || {
        Url::revoke_object_url(&address).ok();
    });
    worker
}
