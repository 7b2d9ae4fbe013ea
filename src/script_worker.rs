//! Workers started from a script that the program contains.
//!
//! The page's Content-Security-Policy applies to them, too; a worker loaded from an address would
//! have only the policy that its server sends.

use std::future::pending;

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, BlobPropertyBag, Url, Worker, WorkerOptions, WorkerType};
use web_time::Duration;

use crate::event_loop::within;

/// Script of an engine's worker, or of a replica's, until it has its code.
pub const ENGINE: &str = include_str!("../static/engine-worker.js");

/// Time that the browser may take to read the script.
const GRACE: Duration = Duration::from_secs(60);

/// Starts a worker.
pub fn start(script: &str, kind: WorkerType) -> Result<Worker, JsValue> {
    let properties = BlobPropertyBag::new();
    properties.set_type("text/javascript");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&script.into()), &properties)?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let options = WorkerOptions::new();
    options.set_type(kind);
    let worker = Worker::new_with_options(&address, &options);
    spawn_local(async move {
        within(GRACE, pending::<()>()).await;
        Url::revoke_object_url(&address).ok();
    });
    worker
}
