//! Contents of files and of other blobs.

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use crate::image::Failure;

/// Returns the contents as the browser's own buffer.
pub async fn buffer(blob: &Blob) -> Result<ArrayBuffer, Failure> {
    let buffer = JsFuture::from(blob.array_buffer()).await.map_err(|_| Failure::Unopened)?;
    Ok(buffer.unchecked_into())
}

/// Returns the contents.
pub async fn bytes(blob: &Blob) -> Result<Vec<u8>, Failure> {
    Ok(Uint8Array::new(&buffer(blob).await?.into()).to_vec())
}
