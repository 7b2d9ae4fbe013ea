//! Archives of pictures' own files.

use js_sys::{Array, Uint8Array};
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag};

use super::{blob, download};
use crate::{
    image::{Failure, SIDE},
    page::{
        components::canvas::paint,
        export::{
            folders::{Folders, UniquePaths, summary},
            zip::{Archive, Checksum, Member},
        },
        store::Store,
        timing, words,
    },
    protocol::PictureId,
};

/// Number of bytes of a file that are read at a time: together, photographs may not fit into memory.
const PORTION: f64 = (1 << 20) as f64;

/// Media type of the archive.
const KIND: &str = "application/zip";

/// Packs pictures and downloads them.
pub fn save(store: Store, folders: Folders) {
    spawn_local(async move {
        let words = format!("Packing {}…", words::counted(folders.pictures.len(), "picture"));
        let notice = store.update(|state| state.push_notice(words, None, None));
        let packed = pack(store, &folders).await;
        store.update(|state| state.dismiss(notice));
        match packed {
            Ok((archive, remark)) => {
                download::save_blob(store, folders.name, &archive);
                store.update(|state| remark.into_iter().for_each(|remark| state.notify(remark)));
            }
            Err(path) => store.update(|state| {
                state.notify(format!("“{path}” could not be read any more, so nothing was saved."));
            }),
        }
    });
}

/// Packs pictures into an archive, with a remark on it; fails with the path of a file that cannot be read. The
/// browser reads the contents from the disk once more when it saves them.
async fn pack(store: Store, folders: &Folders) -> Result<(Blob, Option<String>), String> {
    let (mut archive, mut unique) = (Archive::default(), UniquePaths::default());
    let parts = Array::new();
    let mut small = 0;
    for (id, path) in &folders.pictures {
        let (contents, path) = match store.originals.file(*id) {
            Some(file) => (file.into(), path.clone()),
            None => {
                small += 1;
                (copy(store, *id).await.ok_or_else(|| path.clone())?, format!("{path}.png"))
            }
        };
        let path = unique.add(&path);
        let (checksum, length) = examined(&contents).await.map_err(|_| path.clone())?;
        let modified = store.with_untracked(|state| {
            state.pictures.get(*id).map(|entry| entry.origin.modified.clone()).unwrap_or_default()
        });
        let header = archive.add(&Member { path: &path, modified: &modified, checksum, length });
        parts.push(&Uint8Array::from(header.as_slice()));
        parts.push(&contents);
        timing::yield_to_event_loop().await;
    }
    parts.push(&Uint8Array::from(archive.finish().as_slice()));
    let options = BlobPropertyBag::new();
    options.set_type(KIND);
    let whole = Blob::new_with_blob_sequence_and_options(&parts, &options);
    whole.map(|whole| (whole, summary(folders.pictures.len(), small))).map_err(|_| folders.name.to_owned())
}

/// Reads a file, portion by portion; returns its checksum and its length.
async fn examined(contents: &Blob) -> Result<(Checksum, u32), Failure> {
    let length = contents.size();
    let mut checksum = Checksum::default();
    let mut start = 0.0;
    while start < length {
        let end = length.min(start + PORTION);
        let portion = contents.slice_with_f64_and_f64(start, end).map_err(|_| Failure::Unopened)?;
        checksum.update(&blob::bytes(&portion).await?);
        start = end;
    }
    if length < f64::from(u32::MAX) { Ok((checksum, length as u32)) } else { Err(Failure::Unopened) }
}

/// Returns the small copy of a picture as a PNG.
async fn copy(store: Store, id: PictureId) -> Option<Blob> {
    let canvas = paint::canvas(SIDE as u32, SIDE as u32);
    store.with_untracked(|state| {
        state.pictures.get(id).map(|entry| paint::rgb(&canvas, entry.image.rgb(), SIDE))
    })?;
    let bytes = paint::png_of(&canvas).await?;
    let parts: JsValue = Array::of1(&Uint8Array::from(bytes.as_slice())).into();
    Blob::new_with_u8_array_sequence(&parts).ok()
}
