//! Decoding of formats that browsers cannot read, in workers that contain nothing but decoders: a
//! file that crashes its worker, hangs it or exhausts its memory affects nothing else.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use futures_channel::oneshot::{self, Canceled};
use futures_util::{
    future::{Either, select},
    lock::Mutex,
};
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{File, WorkerType};

use crate::{
    image::{Codec, Decoded, Failure},
    page::{
        engine::code::{self, words},
        timing, urls,
        worker::watched_worker::WatchedWorker,
    },
    protocol,
};

/// Script of the workers.
const SCRIPT: &str = include_str!("../../../static/own-decoder-worker.js");

/// Number of files decoded at the same time.
const AT_ONCE: usize = 2;

/// Maximum size of a file, in bytes.
const MAX_FILE: f64 = 256e6;

/// Size in bytes above which files are decoded one after another: together they might not fit into
/// memory.
const LARGE: f64 = 32e6;

/// Time limit for an empty file, in milliseconds: enough for a slow phone to unpack half a gigabyte
/// of pixels, the decoders' maximum, from however few bytes.
const PATIENCE: u64 = 30_000;

/// Additional time for each megabyte, in milliseconds.
const PATIENCE_PER_MEGABYTE: u64 = 1000;

/// Decoders for one batch of files; dropping them ends their workers.
#[derive(Default)]
pub struct OwnDecoders {
    crews: [Crew; Codec::ALL.len()],
}

/// Workers of one program.
#[derive(Default)]
struct Crew {
    places: [Mutex<Option<Decoder>>; AT_ONCE],
    next: Cell<usize>,
}

impl OwnDecoders {
    /// Decodes a file by the program for its first bytes.
    pub async fn decode(&self, file: &File, header: &[u8]) -> Decoded {
        let codec = Codec::of(header);
        self.crews[codec as usize].decode(file, codec).await
    }
}

impl Crew {
    /// Decodes a file, after the earlier ones assigned to the same worker.
    async fn decode(&self, file: &File, codec: Codec) -> Decoded {
        if file.size() > MAX_FILE {
            return Err(Failure::TooManyBytes);
        }
        let number = if file.size() > LARGE { 0 } else { self.next.replace(self.next.get() + 1) };
        let mut place = self.places[number % AT_ONCE].lock().await;
        let decoder = match place.take() {
            Some(decoder) => decoder,
            None => Decoder::start(codec.name()).await?,
        };
        let decoded = decoder.decode(file).await;
        // A decoder that has crashed or hangs is not used again.
        if !matches!(decoded, Err(Failure::BrokeDown { .. } | Failure::TooSlow)) {
            *place = Some(decoder);
        }
        decoded
    }
}

/// Returns the time limit for a file, in milliseconds.
pub fn patience(file: &File) -> u64 {
    PATIENCE + PATIENCE_PER_MEGABYTE * (file.size() / 1e6) as u64
}

/// A worker with the decoders, and the receiver of its next message.
struct Decoder {
    worker: WatchedWorker,
    waiting: Rc<RefCell<Option<oneshot::Sender<JsValue>>>>,
}

impl Decoder {
    /// Starts a worker, once its code has arrived.
    async fn start(program: &'static str) -> Result<Self, Failure> {
        let none = |error: JsValue| Failure::NoDecoder { details: words(&error) };
        let module = module(program).await.map_err(none)?;
        let decoder = Self::with(program, &module).map_err(none)?;
        match decoder.hear().await {
            Ok(word) if word.is_null() => Ok(decoder),
            Ok(word) => Err(none(word)),
            Err(_) => Err(none("The worker ended".into())),
        }
    }

    fn with(program: &str, module: &JsValue) -> Result<Self, JsValue> {
        let waiting: Rc<RefCell<Option<oneshot::Sender<JsValue>>>> = Rc::default();
        let (hearing, ending) = (waiting.clone(), waiting.clone());
        let hear = move |word| {
            if let Some(waiting) = hearing.take() {
                waiting.send(word).ok();
            }
        };
        let worker = WatchedWorker::start(SCRIPT, WorkerType::Module, hear, move || drop(ending.take()))?;
        let message = Object::new();
        Reflect::set(&message, &"glue".into(), &urls::of_build(&format!("{program}.js")).into())?;
        Reflect::set(&message, &"module".into(), module)?;
        worker.post(&message, &Array::new())?;
        Ok(Self { worker, waiting })
    }

    /// Waits for the next message.
    fn hear(&self) -> oneshot::Receiver<JsValue> {
        let (sender, receiver) = oneshot::channel();
        self.waiting.replace(Some(sender));
        receiver
    }

    async fn decode(&self, file: &File) -> Decoded {
        let broke = |details: &str| Failure::BrokeDown { details: details.to_owned() };
        self.worker.post(file, &Array::new()).map_err(|_| Failure::Unopened)?;
        let word = match select(self.hear(), timing::timeout(patience(file))).await {
            Either::Left((Ok(word), _)) => word,
            Either::Left((Err(Canceled), _)) => return Err(broke("The worker ended.")),
            Either::Right(_) => return Err(Failure::TooSlow),
        };
        if word.is_null() {
            return Err(Failure::Unopened);
        }
        let bytes: Uint8Array = word.dyn_into().map_err(|word| broke(&words(&word)))?;
        protocol::decode(&bytes.to_vec()).unwrap_or_else(|error| Err(broke(&error.to_string())))
    }
}

/// Returns a program's code: fetched when it is first needed, and again if that failed.
async fn module(program: &'static str) -> Result<JsValue, JsValue> {
    thread_local!(static MODULES: RefCell<HashMap<&'static str, Promise>> = RefCell::default());
    let fetch = || {
        future_to_promise(async move {
            let module = code::fetch_worker(program).await?;
            code::tell_arrival("decoder-arrived", program);
            Ok(module)
        })
    };
    let promise = MODULES.with_borrow_mut(|modules| modules.entry(program).or_insert_with(fetch).clone());
    let module = JsFuture::from(promise).await;
    if module.is_err() {
        MODULES.with_borrow_mut(|modules| modules.remove(program));
    }
    module
}
