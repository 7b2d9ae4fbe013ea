//! Archives of pictures' own files.

use std::cell::Cell;

use js_sys::{Array, Date, Uint8Array};
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag, File};

use super::{blob, download};
use crate::{
    image::{Failure, Image, SIDE},
    page::{
        components::canvas::paint,
        engine::code,
        export::{
            folders::{Folders, UniquePaths, remarks},
            zip::{Archive, Checksum, Member},
        },
        store::Store,
        timing, words,
    },
    protocol::PictureId,
};

/// Number of bytes of a file that are read at a time: together, photographs may not fit into memory.
const PORTION: f64 = (1 << 20) as f64;

/// Time between two changes of the notice, which screen readers read out, in milliseconds.
const NEWS: f64 = 1000.0;

/// Media type of the archive.
const KIND: &str = "application/zip";

/// Packs pictures and downloads them. A notice says how far it is, and stops it when it is dismissed. While pictures
/// are packed, no others are.
pub fn save(store: Store, folders: Folders) {
    thread_local!(static IS_PACKING: Cell<bool> = const { Cell::new(false) });
    if IS_PACKING.replace(true) {
        return;
    }
    let total = folders.pictures.len();
    let notice = store.update(|state| state.push_notice(words::packing(0, total), None, None));
    spawn_local(async move {
        match pack(store, &folders, notice).await {
            Ok(Some((archive, remarks))) => {
                download::save_blob(store, folders.name, &archive);
                store.update(|state| remarks.into_iter().for_each(|remark| state.notify(remark)));
            }
            Ok(None) => {}
            Err(error) => store.update(|state| {
                state.notify(format!("{} could not be saved: {}.", folders.name, code::words(&error)));
            }),
        }
        store.update(|state| state.dismiss(notice));
        IS_PACKING.set(false);
    });
}

/// A picture to be packed.
struct Packed {
    path: String,
    /// Its file, or the small copy if there is none.
    source: Result<File, Image>,
    modified: String,
}

/// Packs pictures into an archive, with remarks on it, unless the notice is dismissed. The browser reads the contents
/// from the disk once more when it saves them.
async fn pack(store: Store, folders: &Folders, notice: u32) -> Result<Option<(Blob, Vec<String>)>, JsValue> {
    // Pictures may be removed meanwhile.
    let pictures: Vec<Packed> = store.with_untracked(|state| {
        let picture = |(id, path): &(PictureId, String)| {
            let entry = state.pictures.get(*id)?;
            let source = store.originals.file(*id).ok_or_else(|| entry.image.clone());
            Some(Packed { path: path.clone(), source, modified: local(&entry.origin.modified) })
        };
        folders.pictures.iter().filter_map(picture).collect()
    });
    let (mut archive, mut unique) = (Archive::default(), UniquePaths::default());
    let (parts, canvas) = (Array::new(), paint::canvas(SIDE as u32, SIDE as u32));
    let (mut small, mut unread) = (0, Vec::new());
    let mut due = timing::now() + NEWS;
    for (place, picture) in pictures.iter().enumerate() {
        let (contents, path): (Blob, String) = match &picture.source {
            Ok(file) => (file.clone().into(), picture.path.clone()),
            Err(image) => {
                small += 1;
                paint::rgb(&canvas, image.rgb(), SIDE);
                let bytes = paint::png_of(&canvas).await.unwrap_or_default();
                let bytes = Array::of1(&Uint8Array::from(bytes.as_slice()));
                (Blob::new_with_u8_array_sequence(&bytes)?, format!("{}.png", picture.path))
            }
        };
        match examined(&contents).await {
            Ok((checksum, length)) => {
                let path = unique.add(&path);
                let member = Member { path: &path, modified: &picture.modified, checksum, length };
                parts.push(&Uint8Array::from(archive.add(&member).as_slice()));
                parts.push(&contents);
            }
            Err(_) => unread.push(path),
        }
        if timing::now() >= due {
            due = timing::now() + NEWS;
            let words = words::packing(place + 1, pictures.len());
            if !store.update(|state| state.renew_notice(notice, words)) {
                return Ok(None);
            }
        }
        timing::yield_to_event_loop().await;
    }
    parts.push(&Uint8Array::from(archive.finish().as_slice()));
    let options = BlobPropertyBag::new();
    options.set_type(KIND);
    let whole = Blob::new_with_blob_sequence_and_options(&parts, &options)?;
    Ok(Some((whole, remarks(pictures.len(), small, &unread))))
}

/// Returns a time in ISO 8601 without its zone, as it is here: archives hold local times.
fn local(time: &str) -> String {
    let date = Date::new(&time.into());
    if date.get_time().is_nan() {
        return String::new();
    }
    let [month, day, hours, minutes, seconds] =
        [date.get_month() + 1, date.get_date(), date.get_hours(), date.get_minutes(), date.get_seconds()]
            .map(|number| format!("{number:02}"));
    format!("{:04}-{month}-{day}T{hours}:{minutes}:{seconds}", date.get_full_year())
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
