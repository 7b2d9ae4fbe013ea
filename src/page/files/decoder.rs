//! Conversion of files to pictures: by the browser's decoders, then by the page's own.

use std::{
    cell::{Cell, Ref, RefCell},
    collections::HashMap,
    rc::Rc,
};

use futures_channel::oneshot;
use js_sys::{Array, Object, Reflect, Uint8ClampedArray};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{File, WorkerType};

use super::{
    blob, element_decoder,
    ending::has_ending,
    file_header::{HEADER_BYTES, LONG_HEADER_BYTES, dimensions, is_jpeg, prefers_own_decoders},
    own_decoder::OwnDecoders,
};
use crate::{
    image::{
        BACKGROUND, Decoded, DecodedFile, Details, Failure, ForeignFormat, Image, MAX_FILE_MEMORY,
        MAX_FILE_SIDE, SIDE, SQUARE,
    },
    page::worker::watched_worker::WatchedWorker,
};

/// Memory in bytes above which pictures are decoded one after another.
const LARGE: u64 = 1 << 27;

/// Number of workers that run the browser's decoders.
const WORKERS: usize = 2;

/// Script of these workers.
const SCRIPT: &str = include_str!("../../../static/decode-worker.js");

/// Decoders for one batch of files; dropping them ends their workers.
pub struct Decoders {
    crew: RefCell<Crew>,
    own: OwnDecoders,
}

/// Workers with a common life: when one of them ends, all are replaced.
struct Crew {
    workers: Vec<WatchedWorker>,
    waiting: Rc<Waiting>,
}

/// A picture that a worker has read, if it could.
type Read = Option<DecodedFile>;

/// Requests for pictures, by number.
#[derive(Default)]
struct Waiting {
    senders: RefCell<HashMap<u32, oneshot::Sender<Read>>>,
    /// Whether a worker has ended, after which no request is answered.
    ended: Cell<bool>,
}

impl Waiting {
    fn answer(&self, answer: &Array) {
        let request = answer.get(0).as_f64().unwrap_or_default() as u32;
        let [image, whole] = [1, 2].map(|place| {
            let pixels = answer.get(place).dyn_into::<Uint8ClampedArray>().ok()?;
            Image::from_rgba(&pixels.to_vec())
        });
        let sides = [3, 4].map(|place| answer.get(place).as_f64().unwrap_or_default() as u32);
        if let Some(waiting) = self.senders.borrow_mut().remove(&request) {
            waiting
                .send(image.map(|image| DecodedFile {
                    image,
                    whole,
                    details: Details { sides, remarks: Vec::new() },
                }))
                .ok();
        }
    }

    /// Ends all requests without a picture: the page's own decoders may read the file that ended a
    /// worker.
    fn end(&self) {
        self.ended.set(true);
        self.senders.borrow_mut().clear();
    }
}

impl Crew {
    fn start() -> Result<Self, JsValue> {
        let waiting: Rc<Waiting> = Rc::default();
        let worker = |_| {
            let (hearing, ending) = (waiting.clone(), waiting.clone());
            let hear = move |answer: JsValue| hearing.answer(&answer.unchecked_into());
            WatchedWorker::start(SCRIPT, WorkerType::Classic, hear, move || ending.end())
        };
        let workers = (0..WORKERS).map(worker).collect::<Result<_, _>>()?;
        Ok(Self { workers, waiting })
    }

    /// Sends a request to a worker, to the first one if the picture is large.
    fn ask(&self, number: u32, request: &JsValue, large: bool) -> Result<oneshot::Receiver<Read>, JsValue> {
        let (sender, receiver) = oneshot::channel();
        self.waiting.senders.borrow_mut().insert(number, sender);
        let worker = if large { 0 } else { number as usize % self.workers.len() };
        self.workers[worker].post(request, &Array::new())?;
        Ok(receiver)
    }
}

impl Decoders {
    /// Starts the workers.
    pub fn new() -> Result<Self, JsValue> {
        Ok(Self { crew: RefCell::new(Crew::start()?), own: OwnDecoders::default() })
    }

    /// Decodes a file.
    pub async fn decode(&self, file: &File) -> Decoded {
        if file.size() == 0.0 {
            return Err(Failure::Empty);
        }
        let is_video = file.type_().starts_with("video/");
        if is_video && let Ok(read) = element_decoder::by_video(file).await {
            return Ok(read);
        }
        let header = first_bytes(file, HEADER_BYTES).await?;
        let large = memory(file, &header).await? > LARGE;
        if prefers_own_decoders(&header) {
            return match self.own.decode(file, &header).await {
                Err(why) => self.by_browser(file, large).await.ok_or(why),
                decoded => decoded,
            };
        }
        if let Some(read) = self.by_browser(file, large).await {
            return Ok(read);
        }
        if is_svg(file) {
            return element_decoder::by_image(file).await.map_err(|_| Failure::Drawing);
        }
        match self.own.decode(file, &header).await {
            // Files in zips have no type.
            Err(why @ Failure::OtherFormat(ForeignFormat::Video)) if !is_video => {
                element_decoder::by_video(file).await.map_err(|_| why)
            }
            decoded => decoded,
        }
    }

    /// Decodes a file in a worker; `None` if the browser cannot read it.
    async fn by_browser(&self, file: &File, large: bool) -> Read {
        let number = next_request();
        let message = Object::new();
        for (name, value) in [
            ("number", number.into()),
            ("file", file.into()),
            ("side", (SIDE as u32).into()),
            ("squareness", SQUARE.into()),
            ("background", BACKGROUND.into()),
            ("large", large.into()),
        ] {
            Reflect::set(&message, &name.into(), &value).ok()?;
        }
        let receiver = self.crew().ok()?.ask(number, &message, large).ok()?;
        receiver.await.ok().flatten()
    }

    /// Returns the workers, replaced if one of them has ended.
    fn crew(&self) -> Result<Ref<'_, Crew>, JsValue> {
        if self.crew.borrow().waiting.ended.get() {
            *self.crew.borrow_mut() = Crew::start()?;
        }
        Ok(self.crew.borrow())
    }
}

/// Returns a number that no other request of this page has.
pub fn next_request() -> u32 {
    thread_local!(static NEXT: Cell<u32> = const { Cell::new(0) });
    let request = NEXT.get();
    NEXT.set(request.wrapping_add(1));
    request
}

/// Returns the memory that a file's pixels will take, in bytes, or 0 if that is unknown; an error if
/// that is too much for a decoder.
async fn memory(file: &File, header: &[u8]) -> Result<u64, Failure> {
    let (width, height) = dimensions_of(file, header).await?.unwrap_or_default();
    let memory = u64::from(width).saturating_mul(u64::from(height)).saturating_mul(4);
    if width.max(height) > MAX_FILE_SIDE || memory > MAX_FILE_MEMORY {
        return Err(Failure::TooManyPixels { width, height });
    }
    Ok(memory)
}

/// Returns a file's dimensions, if it states them; an error if it may be hiding them.
async fn dimensions_of(file: &File, header: &[u8]) -> Result<Option<(u32, u32)>, Failure> {
    let found = dimensions(header);
    if found.is_some() || !is_jpeg(header) || file.size() <= f64::from(HEADER_BYTES) {
        return Ok(found);
    }
    let found = dimensions(&first_bytes(file, LONG_HEADER_BYTES).await?);
    if found.is_none() && file.size() > f64::from(LONG_HEADER_BYTES) {
        return Err(Failure::HiddenSides);
    }
    Ok(found)
}

async fn first_bytes(file: &File, count: u32) -> Result<Vec<u8>, Failure> {
    let end = file.size().min(f64::from(count));
    blob::bytes(&file.slice_with_f64_and_f64(0.0, end).map_err(|_| Failure::Unopened)?).await
}

fn is_svg(file: &File) -> bool {
    file.type_() == "image/svg+xml" || has_ending(&file.name(), &[".svg"])
}
