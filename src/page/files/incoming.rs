//! Files in a drop, a paste or a choice, including those in folders.

use std::{cell::RefCell, future::Future, pin::Pin, rc::Rc};

use futures_channel::oneshot;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
    FileSystemFileEntry,
};

use crate::{image::Failure, page::state::Refusal, small_sort::sorted};

/// File types offered by the file pickers: those that browsers read, and those that this page adds.
pub const ACCEPT: &str = "image/*,.tif,.tiff,.tga,.qoi,.pbm,.pgm,.ppm,.pnm";

/// An incoming file.
#[derive(Clone)]
pub struct Incoming {
    /// The file.
    pub file: File,
    /// Its path within what was dropped or chosen.
    pub path: String,
    /// Its innermost folder.
    pub folder: Option<String>,
}

impl Incoming {
    /// Returns a file with its path, which contains its folder.
    fn new(file: File, path: &str) -> Self {
        Self { file, path: path.to_owned(), folder: path.rsplit('/').nth(1).map(str::to_owned) }
    }
}

/// Files found in a drop or a choice.
#[derive(Default)]
pub struct Gathered {
    /// The files, in order.
    pub files: Vec<Incoming>,
    /// Files and folders that the browser could not open.
    pub unopened: Vec<Refusal>,
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
        let mut gathered = Gathered { files: with_paths(self.files), unopened: Vec::new() };
        for entry in self.entries {
            gathered.walk(entry).await;
        }
        gathered
    }
}

impl Gathered {
    /// Adds an entry's file, or the files in its folder in the order of their names.
    fn walk(&mut self, entry: FileSystemEntry) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(async move {
            if entry.is_file() {
                match file(entry.unchecked_ref()).await {
                    Some(file) => {
                        self.files.push(Incoming::new(file, entry.full_path().trim_start_matches('/')));
                    }
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

    fn miss(&mut self, entry: &FileSystemEntry, why: Failure) {
        self.unopened.push(Refusal { name: entry.name(), why });
    }
}

/// Returns the files that were chosen or pasted.
pub fn chosen(list: Option<FileList>) -> Gathered {
    Gathered { files: with_paths(files(list)), unopened: Vec::new() }
}

fn files(list: Option<FileList>) -> Vec<File> {
    list.map_or(Vec::new(), |list| (0..list.length()).filter_map(|i| list.get(i)).collect())
}

/// Returns the files with their paths, which those of a chosen folder have.
fn with_paths(files: Vec<File>) -> Vec<Incoming> {
    let path = |file: &File| Reflect::get(file, &"webkitRelativePath".into()).ok()?.as_string();
    let incoming = |file: File| {
        let path = path(&file).filter(|path| !path.is_empty()).unwrap_or_else(|| file.name());
        Incoming::new(file, &path)
    };
    let incoming: Vec<_> = files.into_iter().map(incoming).collect();
    // Browsers list a chosen folder in any order.
    sorted(&incoming, |a, b| a.path.cmp(&b.path))
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
