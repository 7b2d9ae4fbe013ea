//! Hands the user a file.

use js_sys::{Array, Uint8Array};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::{engine_code::words, session::Session, timing};
use crate::page::export::File;

/// How long the browser may take to fetch the file, in milliseconds.
const GRACE: u64 = 60_000;

/// Saves a file, by the browser's own download.
pub fn save(session: Session, file: &File) {
    if let Err(error) = try_save(file) {
        session.change(|state| state.notify(format!("{} could not be saved: {}.", file.name, words(&error))));
    }
}

fn try_save(File { name, kind, contents }: &File) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = Array::of1(&Uint8Array::from(contents.as_slice()));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options)?;
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
