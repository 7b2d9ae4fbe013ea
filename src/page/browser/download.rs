//! Hands the user a file.

use js_sys::Array;
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::{engine_code::words, session::Session, timing};

/// How long the browser may take to fetch the file, in milliseconds.
const GRACE: u64 = 60_000;

/// Saves text as a file, by the browser's own download.
pub fn save(session: Session, name: &str, kind: &str, text: &str) {
    if let Err(error) = try_save(name, kind, text) {
        session.change(|state| state.notify(format!("{name} could not be saved: {}.", words(&error))));
    }
}

fn try_save(name: &str, kind: &str, text: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let anchor: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    timing::after(GRACE, move || {
        Url::revoke_object_url(&url).ok();
    });
    Ok(())
}
