//! Files in a drop, a paste or a choice, including those in folders.

use std::{cell::RefCell, future::Future, pin::Pin, rc::Rc};

use futures_channel::oneshot;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
    FileSystemFileEntry,
};

use super::{clutter::clutter_in, destination::Destination, folder_label};
use crate::{
    image::Failure,
    page::{lazy::loader, state::Refusal, store::Store},
    small_sort::sorted,
};

/// File types offered by the file pickers: those that browsers read, and those that this page adds.
pub const ACCEPT: &str = "image/*,video/*,.heic,.heif,.jxl,.tif,.tiff,.tga,.qoi,.pbm,.pgm,.ppm,.pnm";

/// An incoming file.
#[derive(Clone)]
pub struct Incoming {
    /// The file.
    pub file: File,
    /// Its path within what was dropped or chosen.
    pub path: String,
    /// Its innermost folder that names what is in it.
    pub folder: Option<String>,
}

impl Incoming {
    /// Returns a file with its path, which contains its folder.
    pub fn new(file: File, path: &str) -> Self {
        Self { file, path: path.to_owned(), folder: folder_label::of(path).map(str::to_owned) }
    }
}

/// Files found in a drop or a choice.
#[derive(Default)]
pub struct Gathered {
    /// The files, in order.
    pub files: Vec<Incoming>,
    /// Files and folders that the browser could not open.
    pub unopened: Vec<Refusal>,
    /// Names of skipped files and folders of the system.
    pub skipped: Vec<String>,
    /// Tables of labels, by name; they are among the files until the containers are opened.
    pub tables: Vec<(String, Vec<u8>)>,
}

/// Contents of a drop, to be taken during the event.
pub struct Drop {
    entries: Vec<FileSystemEntry>,
    files: Vec<File>,
}

impl Drop {
    /// Takes the contents of a drop, which the browser withdraws after the event.
    pub fn new(transfer: &DataTransfer) -> Self {
        let items = transfer.items();
        let items = (0..items.length()).filter_map(|i| items.get(i));
        let entries: Vec<_> = items.filter_map(|item| item.webkit_get_as_entry().ok().flatten()).collect();
        let files = if entries.is_empty() { files(transfer.files()) } else { Vec::new() };
        Self { entries, files }
    }

    /// Walks the folders and gathers all files.
    pub async fn gather(self) -> Gathered {
        let mut gathered = Gathered::default();
        gathered.push_all(self.files);
        for entry in self.entries {
            gathered.walk(entry).await;
        }
        gathered
    }
}

impl Gathered {
    /// Reads the files, whose pictures go to this destination.
    pub fn read(self, store: Store, destination: Destination) {
        loader::enter(store, move |rooms| (rooms.read)(store, destination, self));
    }

    /// Adds an entry's file, or the files in its folder in the order of their names.
    fn walk(&mut self, entry: FileSystemEntry) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(async move {
            let path = entry.full_path();
            let path = path.trim_start_matches('/');
            let end = if entry.is_file() { "" } else { "/" };
            if let Some(clutter) = clutter_in(&format!("{path}{end}")) {
                self.skipped.push(clutter.to_owned());
            } else if entry.is_file() {
                match file(entry.unchecked_ref()).await {
                    Some(file) => self.files.push(Incoming::new(file, path)),
                    None => self.miss(&entry, Failure::Unopened),
                }
            } else {
                let (children, whole) = children(entry.unchecked_ref()).await;
                if !whole {
                    self.miss(&entry, Failure::FolderInPart);
                }
                // Each name takes a call into the browser: one per child is enough.
                let named: Vec<_> = children.into_iter().map(|child| (child.name(), child)).collect();
                for (_, child) in sorted(&named, |a, b| a.0.cmp(&b.0)) {
                    self.walk(child).await;
                }
            }
        })
    }

    /// Adds files in the order of their paths, since browsers list a chosen folder in any; not those that are or
    /// lie in clutter.
    fn push_all(&mut self, files: Vec<File>) {
        let files: Vec<_> = files.into_iter().map(|file| (path_of(&file), file)).collect();
        for (path, file) in sorted(&files, |a, b| a.0.cmp(&b.0)) {
            match clutter_in(&path) {
                Some(clutter) => self.skipped.push(clutter.to_owned()),
                None => self.files.push(Incoming::new(file, &path)),
            }
        }
    }

    fn miss(&mut self, entry: &FileSystemEntry, why: Failure) {
        self.unopened.push(Refusal { name: entry.name(), why });
    }
}

/// Returns the files that were chosen or pasted.
pub fn chosen(list: Option<FileList>) -> Gathered {
    let mut gathered = Gathered::default();
    gathered.push_all(files(list));
    gathered
}

fn files(list: Option<FileList>) -> Vec<File> {
    list.map_or(Vec::new(), |list| (0..list.length()).filter_map(|i| list.get(i)).collect())
}

/// Returns a file's path within the chosen folder; its name if it was chosen by itself.
fn path_of(file: &File) -> String {
    let path = Reflect::get(file, &"webkitRelativePath".into()).ok().and_then(|path| path.as_string());
    path.filter(|path| !path.is_empty()).unwrap_or_else(|| file.name())
}

/// Returns an entry's file, unless it has vanished meanwhile.
async fn file(entry: &FileSystemFileEntry) -> Option<File> {
    answer(|done, failed| entry.file_with_callback_and_callback(done, failed)).await
}

/// Returns the contents of a folder, and whether they are complete; the browser returns them in
/// portions until one is empty.
async fn children(folder: &FileSystemDirectoryEntry) -> (Vec<FileSystemEntry>, bool) {
    let reader = folder.create_reader();
    let mut children = Vec::new();
    while let Some(portion) = portion(&reader).await {
        if portion.length() == 0 {
            return (children, true);
        }
        children.extend(portion.iter().map(|entry| entry.unchecked_into::<FileSystemEntry>()));
    }
    (children, false)
}

async fn portion(reader: &FileSystemDirectoryReader) -> Option<js_sys::Array> {
    answer(|done, failed| {
        reader.read_entries_with_callback_and_callback(done, failed).ok();
    })
    .await
}

/// Awaits a function that answers through one of two callbacks; `None` if it fails.
async fn answer<T: JsCast + 'static>(call: impl FnOnce(&js_sys::Function, &js_sys::Function)) -> Option<T> {
    let (sender, receiver) = oneshot::channel();
    let sender = Rc::new(RefCell::new(Some(sender)));
    let settle = |sender: Rc<RefCell<Option<oneshot::Sender<_>>>>, success: bool| {
        Closure::<dyn FnMut(wasm_bindgen::JsValue)>::new(move |value| {
            if let Some(sender) = sender.borrow_mut().take() {
                sender.send(success.then_some(value)).ok();
            }
        })
    };
    let (done, failed) = (settle(sender.clone(), true), settle(sender, false));
    call(done.as_ref().unchecked_ref(), failed.as_ref().unchecked_ref());
    receiver.await.ok().flatten().map(|value| value.unchecked_into())
}
