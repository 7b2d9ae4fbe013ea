//! Connection to the worker that stores experiments and packs them into files.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use futures_channel::oneshot;
use js_sys::{Array, JSON};
use leptos::{prelude::window, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Response, WorkerType};

use crate::page::{engine::code::words, urls, worker::watched_worker::WatchedWorker};

/// Reason why a question was not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorageError {
    /// Removal of everything at the user's request, here or in another tab.
    Forgotten,
    /// Use of the experiment by another tab.
    Taken,
    /// A full storage.
    Full,
    /// Any other error, in words without a full stop.
    Other(String),
}

impl StorageError {
    /// Returns the error with this JavaScript name.
    fn of(name: &str, words: &str) -> Self {
        match name {
            "Forgotten" => Self::Forgotten,
            "Taken" => Self::Taken,
            "QuotaExceededError" => Self::Full,
            _ => Self::Other(words.trim_end_matches('.').to_owned()),
        }
    }

    /// Describes the error, without a full stop.
    pub fn words(&self) -> &str {
        match self {
            Self::Forgotten => "everything was removed from this browser",
            Self::Taken => "another tab works on it",
            Self::Full => "the browser’s storage is full",
            Self::Other(words) => words,
        }
    }
}

impl From<JsValue> for StorageError {
    fn from(error: JsValue) -> Self {
        Self::Other(words(&error))
    }
}

type Answer = Result<JsValue, StorageError>;

/// A connection to the worker, with the questions that are not answered yet.
#[derive(Clone, Default)]
pub struct Storage(Rc<Line>);

#[derive(Default)]
struct Line {
    worker: RefCell<Option<WatchedWorker>>,
    /// Number of workers so far: an earlier one may end more than once.
    generation: Cell<u32>,
    /// Whether the latest worker is alive or being started.
    alive: Cell<bool>,
    /// Questions that came before the worker started, with their buffers.
    early: RefCell<Vec<(JsValue, Array)>>,
    open: RefCell<HashMap<u32, oneshot::Sender<Answer>>>,
    next: Cell<u32>,
}

impl Storage {
    /// Asks the worker a question; the buffers in `handed_over` are transferred. A worker is started
    /// for the first question, and for the first after one has ended.
    pub async fn ask(&self, question: &str, argument: &JsValue, handed_over: &Array) -> Answer {
        if !self.0.alive.get() {
            self.start();
        }
        let number = self.0.next.get();
        self.0.next.set(number + 1);
        let (sender, receiver) = oneshot::channel();
        self.0.open.borrow_mut().insert(number, sender);
        let question = Array::of3(&number.into(), &question.into(), argument).into();
        match &*self.0.worker.borrow() {
            Some(worker) => worker.post(&question, handed_over)?,
            None => self.0.early.borrow_mut().push((question, handed_over.clone())),
        }
        receiver.await.unwrap_or_else(|_| Err(StorageError::Other("there was no answer".to_owned())))
    }

    /// Ends the worker and releases its locks, for a page that is left.
    pub fn leave(&self) {
        self.0.worker.take();
    }

    /// Starts a worker to replace one that has ended.
    fn start(&self) {
        let line = self.0.clone();
        let generation = line.generation.get() + 1;
        line.generation.set(generation);
        line.alive.set(true);
        line.worker.take();
        spawn_local(async move {
            if let Err(error) = line.clone().fetch_and_start(generation).await {
                line.end(generation, error.into());
            }
        });
    }
}

impl Line {
    /// Fetches the worker's script, but starts it as if it were part of the page: only then does the
    /// page's Content-Security-Policy apply to it, too.
    async fn fetch_and_start(self: Rc<Self>, generation: u32) -> Result<(), JsValue> {
        let response = JsFuture::from(window().fetch_with_str(&urls::of_build("storage-worker.js"))).await?;
        let response: Response = response.unchecked_into();
        if !response.ok() {
            return Err(format!("the server answered {}", response.status()).into());
        }
        let script = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
        let script = format!("const FOLDER = {};\n{script}", JSON::stringify(&urls::folder().into())?);
        let (hearing, ending) = (self.clone(), self.clone());
        let on_end = move || {
            let trouble = StorageError::Other("the browser ended the storage’s worker".to_owned());
            ending.end(generation, trouble);
        };
        let worker = WatchedWorker::start(
            &script,
            WorkerType::Classic,
            move |answer| hearing.hear(&answer.unchecked_into()),
            on_end,
        )?;
        for (question, handed_over) in self.early.take() {
            worker.post(&question, &handed_over)?;
        }
        *self.worker.borrow_mut() = Some(worker);
        Ok(())
    }

    fn hear(&self, answer: &Array) {
        let number = answer.get(0).as_f64().unwrap_or_default() as u32;
        let text = |place| answer.get(place).as_string().unwrap_or_default();
        let result = if answer.get(1).is_truthy() {
            Ok(answer.get(2))
        } else {
            Err(StorageError::of(&text(2), &text(3)))
        };
        if let Some(asker) = self.open.borrow_mut().remove(&number) {
            // The asker may be gone.
            asker.send(result).ok();
        }
    }

    /// Answers every open question with the same error. The worker itself is dropped later: one of
    /// its callbacks may be running.
    fn end(&self, generation: u32, trouble: StorageError) {
        if generation != self.generation.get() {
            return;
        }
        self.alive.set(false);
        self.early.take();
        for (_, asker) in self.open.take() {
            asker.send(Err(trouble.clone())).ok();
        }
    }
}
