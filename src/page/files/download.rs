//! Downloads to the user's computer.

use js_sys::{Array, Uint8Array};
use leptos::prelude::{GetUntracked, Set, document};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use crate::page::{
    engine::code::words,
    export::{File, csv::for_spreadsheets},
    preferences::{self, SPREADSHEETS},
    store::Store,
    timing,
};

/// Time that the browser may take to fetch the file, in milliseconds.
const GRACE: u64 = 60_000;

/// Returns whether tables are for spreadsheets, as the user chose in an earlier visit.
pub fn is_for_spreadsheets() -> bool {
    preferences::get(SPREADSHEETS).is_some()
}

/// Sets whether tables are for spreadsheets, and keeps the choice if the browser allows it.
pub fn set_for_spreadsheets(store: Store, chosen: bool) {
    store.for_spreadsheets.set(chosen);
    preferences::set(SPREADSHEETS, chosen.then_some(""));
}

/// Saves a file through the browser's own download.
pub fn save(store: Store, File { name, kind, contents }: &File) {
    let table = str::from_utf8(contents)
        .ok()
        .filter(|_| *kind == "text/csv" && store.for_spreadsheets.get_untracked());
    let table = table.map(for_spreadsheets);
    let contents = table.as_ref().map_or(contents.as_slice(), |table| table.as_bytes());
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = Array::of1(&Uint8Array::from(contents));
    match Blob::new_with_u8_array_sequence_and_options(&parts, &options) {
        Ok(blob) => save_blob(store, name, &blob),
        Err(error) => complain(store, name, &error),
    }
}

/// Saves a file that the browser holds as a blob.
pub fn save_blob(store: Store, name: &str, blob: &Blob) {
    if let Err(error) = try_save(name, blob) {
        complain(store, name, &error);
    }
}

fn complain(store: Store, name: &str, error: &JsValue) {
    store.update(|state| state.notify(format!("{name} could not be saved: {}.", words(error))));
}

fn try_save(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let anchor: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    timing::after(GRACE, move || {
        Url::revoke_object_url(&url).ok();
    });
    Ok(())
}
