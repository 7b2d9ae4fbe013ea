//! The files that pictures were read from, for a look at full size, and those that were left out. The
//! browser keeps them; this visit only refers to them.

use leptos::prelude::{LocalStorage, StoredValue, UpdateValue, WithValue};
use web_sys::{File, Url};

use super::incoming::Incoming;
use crate::{page::picture_map::PictureMap, protocol::PictureId};

/// The files of this visit's pictures.
#[derive(Clone, Copy)]
pub struct Originals {
    files: StoredValue<PictureMap<File>, LocalStorage>,
    left_out: StoredValue<Vec<Incoming>, LocalStorage>,
}

impl Default for Originals {
    fn default() -> Self {
        Self {
            files: StoredValue::new_local(PictureMap::default()),
            left_out: StoredValue::new_local(Vec::new()),
        }
    }
}

impl Originals {
    /// Records the files of pictures.
    pub fn keep(self, files: impl Iterator<Item = (PictureId, File)>) {
        self.files.update_value(|kept| files.for_each(|(id, file)| kept.insert(id, file)));
    }

    /// Gives the files of one set's pictures to the same places of another, and forgets all others.
    pub fn renumber(self, from: PictureId, to: PictureId) {
        self.files.update_value(|kept| {
            let files = kept.iter().filter(|(id, _)| **id >= from);
            *kept = files.map(|(id, file)| (id - from + to, file.clone())).collect();
        });
    }

    /// Records files that are in the set already.
    pub fn leave_out(self, files: impl Iterator<Item = Incoming>) {
        self.left_out.update_value(|left_out| left_out.extend(files));
    }

    /// Returns the files that were left out, and forgets them.
    pub fn take_left_out(self) -> Vec<Incoming> {
        self.left_out.try_update_value(std::mem::take).unwrap_or_default()
    }

    /// Returns a picture's file; `None` for pictures of a built-in set or of an earlier visit.
    pub fn file(self, id: PictureId) -> Option<File> {
        self.files.with_value(|kept| kept.get(&id).cloned())
    }

    /// Returns an address of a picture's file, to be revoked after use; `None` as for [`Self::file`].
    pub fn address(self, id: PictureId) -> Option<String> {
        Url::create_object_url_with_blob(&self.file(id)?.into()).ok()
    }
}
