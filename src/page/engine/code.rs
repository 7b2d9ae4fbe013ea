//! Fetching the engine's code, with progress.
//!
//! Code lies on the server compressed by gzip and is decompressed here, since many hosts compress nothing, and
//! no host shrinks it further. Brotli would save a quarter, but hardly any browser decompresses it for a script.

use js_sys::{Promise, Reflect, Uint8Array, WebAssembly};
use leptos::{
    prelude::{document, window},
    task::spawn_local,
};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CustomEvent, CustomEventInit, Headers, ReadableStream, ReadableStreamDefaultReader, Response,
    ResponseInit,
};

use super::failure::EngineFailure;
use crate::{decimal, page::urls};

/// The engines that are built together with the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The small engine, which computes on the CPU alone.
    Cpu,
    /// The engine that computes on WebGPU, and on the CPU as well.
    WebGpu,
}

impl Engine {
    /// Returns the prefix of its files' names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "engine_cpu",
            Self::WebGpu => "engine_webgpu",
        }
    }

    /// Requests its code.
    pub fn fetch(self) -> Download {
        Download { engine: self, response: request(self.name()) }
    }
}

/// An engine's code, compiled.
#[derive(Clone)]
pub struct Code {
    /// The engine.
    pub engine: Engine,
    /// The compiled module.
    pub module: WebAssembly::Module,
}

/// An engine's code being fetched.
pub struct Download {
    engine: Engine,
    response: Promise,
}

#[wasm_bindgen]
extern "C" {
    type DecompressionStream;
    #[wasm_bindgen(constructor)]
    fn new(format: &str) -> DecompressionStream;
    #[wasm_bindgen(js_name = ReadableStream)]
    type Compressed;
    #[wasm_bindgen(method, js_name = pipeThrough)]
    fn pipe_through(this: &Compressed, by: &DecompressionStream) -> ReadableStream;
}

// The fetch that first-engine.js began before this code had loaded.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = firstEngine)]
    static FIRST_ENGINE: Promise;
    type FirstEngine;
    #[wasm_bindgen(method, getter)]
    fn name(this: &FirstEngine) -> String;
    #[wasm_bindgen(method, getter)]
    fn response(this: &FirstEngine) -> Promise;
}

/// Returns the engine being fetched since the page was opened.
pub async fn first() -> Download {
    let first = JsFuture::from(FIRST_ENGINE.with(Clone::clone)).await;
    let first: FirstEngine = first.expect("the script always decides").unchecked_into();
    let engine = if first.name() == Engine::Cpu.name() { Engine::Cpu } else { Engine::WebGpu };
    Download { engine, response: first.response() }
}

/// Requests the code of a worker.
fn request(name: &str) -> Promise {
    window().fetch_with_str(&urls::of_build(&format!("{name}_bg.wasm.gzip")))
}

/// Returns whether the page is served while its engine for WebGPU is still being built.
pub fn is_unfinished() -> bool {
    document().document_element().is_some_and(|root| root.has_attribute("data-unfinished"))
}

impl Download {
    /// Compiles the code while it arrives.
    ///
    /// `progress` is called with the bytes received and, where known, their total.
    ///
    /// # Errors
    /// If the code does not come or cannot be compiled.
    pub async fn compile(self, progress: impl Fn(f64, Option<f64>) + 'static) -> Result<Code, EngineFailure> {
        let not_loaded = |error: JsValue| EngineFailure::NotLoaded(words(&error));
        let response: Response = JsFuture::from(self.response).await.map_err(not_loaded)?.unchecked_into();
        if !response.ok() {
            return Err(EngineFailure::Status(response.status()));
        }
        let total = length(&response.headers());
        let body = response.body().ok_or(EngineFailure::NoCode)?;
        let twins = body.tee();
        let (code, counted) = (twins.get(0), twins.get(1));
        spawn_local(count(counted.unchecked_into(), move |received| progress(received, total)));
        let module = compile(&code.unchecked_into()).await.map_err(not_loaded)?;
        Ok(Code { engine: self.engine, module: module.unchecked_into() })
    }
}

/// Fetches and compiles the code of a worker, without reporting progress.
pub async fn fetch_worker(name: &str) -> Result<JsValue, JsValue> {
    compile(&body(request(name)).await?).await
}

/// Fetches and compiles code that is not compressed, without reporting progress.
pub async fn fetch_module(address: &str) -> Result<JsValue, JsValue> {
    compile_plain(&body(window().fetch_with_str(address)).await?).await
}

/// Returns the body of a response.
async fn body(response: Promise) -> Result<ReadableStream, JsValue> {
    let response = JsFuture::from(response).await?;
    let response: Response = response.unchecked_into();
    match response.body() {
        Some(body) if response.ok() => Ok(body),
        _ => Err(format!("The server answered {}.", response.status()).into()),
    }
}

/// Tells offline.js, by an event of this name, that the code whose files begin with `name` has
/// arrived.
pub fn tell_arrival(event: &str, name: &str) {
    let detail = CustomEventInit::new();
    detail.set_detail(&name.into());
    let arrival = CustomEvent::new_with_event_init_dict(event, &detail);
    let told = arrival.and_then(|event| document().dispatch_event(&event));
    told.expect("a page takes events");
}

/// Returns the length announced by the server, unless it compresses the bytes once more in transit.
fn length(headers: &Headers) -> Option<f64> {
    if headers.get("content-encoding").ok().flatten().is_some() {
        return None;
    }
    decimal::parse(&headers.get("content-length").ok().flatten()?)
}

/// Decompresses and compiles a stream.
async fn compile(code: &ReadableStream) -> Result<JsValue, JsValue> {
    let compressed: &Compressed = code.unchecked_ref();
    compile_plain(&compressed.pipe_through(&DecompressionStream::new("gzip"))).await
}

/// Compiles a stream, whatever media type the server gave it.
async fn compile_plain(code: &ReadableStream) -> Result<JsValue, JsValue> {
    let headers = Headers::new()?;
    headers.set("content-type", "application/wasm")?;
    let init = ResponseInit::new();
    init.set_headers(&headers);
    let response = Response::new_with_opt_readable_stream_and_init(Some(code), &init)?;
    JsFuture::from(WebAssembly::compile_streaming(Promise::resolve(&response).unchecked_ref())).await
}

/// Reads a stream to its end, calling `tell` with the number of bytes so far after each portion.
async fn count(stream: ReadableStream, tell: impl Fn(f64)) {
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut received = 0.0;
    // An error ends the other branch of the stream too, which reports it.
    while let Ok(portion) = JsFuture::from(reader.read()).await {
        let value = Reflect::get(&portion, &"value".into()).unwrap_or_default();
        let Ok(bytes) = value.dyn_into::<Uint8Array>() else {
            break;
        };
        received += f64::from(bytes.length());
        tell(received);
    }
}

/// Returns the message of a JavaScript error, without a full stop.
pub fn words(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string());
    let words = message.or_else(|| error.as_string()).unwrap_or_else(|| "unknown error".to_owned());
    words.trim_end_matches('.').to_owned()
}
