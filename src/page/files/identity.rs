//! What identifies a file: its path, its size, its times and the digest of its contents.

use js_sys::{ArrayBuffer, Date, Uint8Array};
use leptos::prelude::window;
use wasm_bindgen_futures::JsFuture;

use super::{blob, exif, file_header::HEADER_BYTES, incoming::Incoming};
use crate::page::state::{Digest, Origin};

/// Size in bytes of the largest files that are digested: the browser needs their contents in one piece.
const MAX_DIGESTED: f64 = 64e6;

/// Returns what is known of a file before it is decoded. Every file is digested, not just those with the size
/// of another: digests are kept, so that files of a set from the browser's storage are recognised as well.
pub async fn of(Incoming { file, path, .. }: &Incoming) -> Origin {
    // 0 stands for no time.
    let modified = Some(file.last_modified()).filter(|time| *time != 0.0);
    let modified = modified.and_then(|time| Date::new(&time.into()).to_iso_string().as_string());
    let mut origin = Origin {
        path: path.clone(),
        bytes: file.size() as u64,
        // Without the milliseconds.
        modified: modified.and_then(|time| Some(format!("{}Z", time.get(..19)?))).unwrap_or_default(),
        ..Origin::default()
    };
    let is_small = file.size() <= MAX_DIGESTED;
    let head = if is_small { file.slice() } else { file.slice_with_f64_and_f64(0.0, HEADER_BYTES.into()) };
    let Ok(head) = head else { return origin };
    let Ok(contents) = blob::buffer(&head).await else { return origin };
    let head = Uint8Array::new(&contents).subarray(0, HEADER_BYTES).to_vec();
    origin.taken = exif::date_taken(&head).unwrap_or_default();
    origin.digest = if is_small { digest(&contents).await } else { None };
    origin
}

/// Returns the SHA-256 of a buffer; `None` where the browser has none, as on pages without TLS.
async fn digest(contents: &ArrayBuffer) -> Option<Digest> {
    let crypto = window().crypto().ok()?.subtle();
    let digest = crypto.digest_with_str_and_buffer_source("SHA-256", contents).ok()?;
    let digest = Uint8Array::new(&JsFuture::from(digest).await.ok()?);
    digest.to_vec().try_into().ok()
}
