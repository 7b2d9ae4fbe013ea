//! The files that pictures were read from, for a look at full size. The browser keeps them; this visit
//! only refers to them.

use leptos::prelude::{LocalStorage, StoredValue, UpdateValue, WithValue};
use web_sys::{File, Url};

use crate::{page::picture_map::PictureMap, protocol::PictureId};

/// The files of this visit's pictures.
#[derive(Clone, Copy)]
pub struct Originals(StoredValue<PictureMap<File>, LocalStorage>);

impl Default for Originals {
    fn default() -> Self {
        Self(StoredValue::new_local(PictureMap::default()))
    }
}

impl Originals {
    /// Records the files of pictures.
    pub fn keep(self, files: impl Iterator<Item = (PictureId, File)>) {
        self.0.update_value(|kept| files.for_each(|(id, file)| kept.insert(id, file)));
    }

    /// Returns an address of a picture's file, to be revoked after use; `None` for pictures of a built-in
    /// set or of an earlier visit.
    pub fn address(self, id: PictureId) -> Option<String> {
        self.0.with_value(|kept| Url::create_object_url_with_blob(kept.get(&id)?).ok())
    }
}
