//! The line to the worker that keeps experiments and packs them into files.

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageChannel, MessageEvent, Worker};

use super::engine_code::address;

/// Why a question was not answered.
#[derive(Debug)]
pub struct Trouble {
    /// The kind of error, as browsers call it.
    pub name: String,
    /// The error in words, without a full stop.
    pub words: String,
}

/// The worker.
#[derive(Clone)]
pub struct Storage {
    worker: Worker,
}

impl Storage {
    /// Starts it.
    pub fn new() -> Result<Self, JsValue> {
        Ok(Self { worker: Worker::new(&address("storage-worker.js"))? })
    }

    /// Asks one of its questions.
    pub async fn ask(&self, question: &str, argument: &JsValue) -> Result<JsValue, Trouble> {
        let channel = MessageChannel::new().map_err(trouble)?;
        let answered = Promise::new(&mut |resolve, _| channel.port1().set_onmessage(Some(&resolve)));
        let message = Array::of2(&question.into(), argument);
        self.worker.post_message_with_transfer(&message, &Array::of1(&channel.port2())).map_err(trouble)?;
        let event: MessageEvent = JsFuture::from(answered).await.map_err(trouble)?.unchecked_into();
        channel.port1().close();
        let answer: Array = event.data().unchecked_into();
        if answer.get(0).is_truthy() {
            return Ok(answer.get(1));
        }
        let text = |place| answer.get(place).as_string().unwrap_or_default();
        Err(Trouble { name: text(1), words: text(2).trim_end_matches('.').to_owned() })
    }
}

fn trouble(error: JsValue) -> Trouble {
    Trouble { name: String::new(), words: super::engine_code::words(&error) }
}
