//! Zips, and tables of labels, among incoming files.

use std::{cell::RefCell, rc::Rc};

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{File, WorkerType};

use super::{
    blob::bytes,
    ending::has_ending,
    incoming::{Gathered, Incoming},
    label_table,
    own_decoder::patience,
};
use crate::{
    image::Failure,
    page::{state::Refusal, timing, urls, words, worker::watched_worker::WatchedWorker},
};

/// Script of the worker that unpacks zips.
const SCRIPT: &str = include_str!("../../../static/unzip-worker.js");

/// Maximum size of a table of labels, in bytes.
const MAX_TABLE: f64 = 64e6;

fn is_zip(name: &str) -> bool {
    has_ending(name, &[".zip"])
}

/// Returns whether [`open`] has something to do.
pub fn any(files: &[Incoming]) -> bool {
    files.iter().map(|incoming| incoming.file.name()).any(|name| is_zip(&name) || label_table::is_one(&name))
}

/// Replaces zips by their files, and reads the tables.
pub async fn open(mut gathered: Gathered) -> Gathered {
    for Incoming { file, .. } in
        gathered.files.extract_if(.., |file| is_zip(&file.file.name())).collect::<Vec<_>>()
    {
        match unzip(&file).await {
            Ok(answer) => {
                let [files, missed, skipped] = [0, 1, 2].map(|at| Array::from(&answer.get(at)));
                gathered.files.extend(files.iter().map(incoming));
                gathered.unopened.extend(missed.iter().map(refusal));
                gathered.skipped.extend(skipped.iter().filter_map(|name| name.as_string()));
            }
            Err(why) => gathered.unopened.push(Refusal { name: file.name(), why }),
        }
    }
    let tables =
        gathered.files.extract_if(.., |file| label_table::is_one(&file.file.name())).collect::<Vec<_>>();
    for Incoming { file, .. } in tables {
        let read = if file.size() > MAX_TABLE {
            Err(Failure::Told(words::TABLE_TOO_LARGE.to_owned()))
        } else {
            bytes(&file).await
        };
        match read {
            Ok(bytes) => gathered.tables.push((file.name(), bytes)),
            Err(why) => gathered.unopened.push(Refusal { name: file.name(), why }),
        }
    }
    gathered
}

/// Returns a zip's files, refused files and skipped names, as `unzip-worker.js` does. The worker ends with it.
async fn unzip(file: &File) -> Result<Array, Failure> {
    let broke = || Failure::BrokeDown { details: "The worker ended.".to_owned() };
    let (sender, receiver) = oneshot::channel();
    let waiting = Rc::new(RefCell::new(Some(sender)));
    let ending = waiting.clone();
    let hear = move |answer: JsValue| drop(waiting.take().map(|sender| sender.send(answer)));
    let worker = WatchedWorker::start(SCRIPT, WorkerType::Module, hear, move || drop(ending.take()));
    let worker = worker.map_err(|_| broke())?;
    worker
        .post(&Array::of2(file, &urls::of_build("unzip.js").into()), &Array::new())
        .map_err(|_| Failure::Unopened)?;
    match select(receiver, timing::timeout(patience(file))).await {
        Either::Left((answer, _)) => answer.map(JsCast::unchecked_into).map_err(|_| broke()),
        Either::Right(_) => Err(Failure::TooSlow),
    }
}

/// Converts a file, its label, and its path in a zip: elsewhere, the label stands for the folder.
pub fn incoming(listed: JsValue) -> Incoming {
    let listed = Array::from(&listed);
    let file: File = listed.get(0).unchecked_into();
    let label = listed.get(1).as_string();
    match listed.get(2).as_string() {
        Some(path) => Incoming::new(file, &path),
        None => {
            let path = label.iter().cloned().chain([file.name()]).collect::<Vec<_>>().join("/");
            Incoming { file, path, folder: label }
        }
    }
}

/// Converts a pair of a name and a reason.
pub fn refusal(pair: JsValue) -> Refusal {
    let pair = Array::from(&pair);
    let text = |at| pair.get(at).as_string().unwrap_or_default();
    Refusal { name: text(0), why: Failure::Told(text(1)) }
}
