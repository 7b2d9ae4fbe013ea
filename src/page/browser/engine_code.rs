//! Fetches the engine's code, and says how much of it has arrived.

use js_sys::{Promise, Reflect, Uint8Array, WebAssembly};
use leptos::{
    prelude::{document, window},
    task::spawn_local,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, ReadableStream, ReadableStreamDefaultReader, Response, ResponseInit, Url};

use crate::protocol::BUILD;

/// The address of a file that was built together with this page. The build in the
/// address keeps a cache from answering with another build's.
pub fn address(file: &str) -> String {
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    let relative = format!("{file}?v={BUILD}");
    Url::new_with_base(&relative, &base).map_or(relative, |url| url.href())
}

/// Downloads the engine and compiles it while it arrives.
///
/// `progress` is called with the bytes received and, where known, their total.
/// The error is a sentence.
pub async fn download(progress: impl Fn(f64, Option<f64>) + 'static) -> Result<WebAssembly::Module, String> {
    let sentence = |error: JsValue| format!("The engine could not be loaded: {}.", words(&error));
    let response = JsFuture::from(window().fetch_with_str(&address("engine_bg.wasm"))).await;
    let response: Response = response.map_err(sentence)?.unchecked_into();
    if !response.ok() {
        return Err(format!("The engine could not be loaded: the server answered {}.", response.status()));
    }
    let total = length(&response.headers());
    let body = response.body().ok_or("The engine could not be loaded: the server sent nothing.")?;
    let twins = body.tee();
    let (code, counted) = (twins.get(0), twins.get(1));
    spawn_local(count(counted.unchecked_into(), move |received| progress(received, total)));
    let module = compile(&code.unchecked_into()).await.map_err(sentence)?;
    Ok(module.unchecked_into())
}

/// The length that the server announced, unless the bytes travel compressed.
fn length(headers: &Headers) -> Option<f64> {
    if headers.get("content-encoding").ok().flatten().is_some() {
        return None;
    }
    headers.get("content-length").ok().flatten()?.parse().ok()
}

/// Compiles a stream, whatever type the server gave it.
async fn compile(code: &ReadableStream) -> Result<JsValue, JsValue> {
    let headers = Headers::new()?;
    headers.set("content-type", "application/wasm")?;
    let init = ResponseInit::new();
    init.set_headers(&headers);
    let response = Response::new_with_opt_readable_stream_and_init(Some(code), &init)?;
    JsFuture::from(WebAssembly::compile_streaming(Promise::resolve(&response).unchecked_ref())).await
}

/// Reads a stream to its end, telling after each portion how many bytes came so far.
async fn count(stream: ReadableStream, tell: impl Fn(f64)) {
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut received = 0.0;
    // An error ends the other twin too, which reports it.
    while let Ok(portion) = JsFuture::from(reader.read()).await {
        let value = Reflect::get(&portion, &"value".into()).unwrap_or_default();
        let Ok(bytes) = value.dyn_into::<Uint8Array>() else {
            break;
        };
        received += f64::from(bytes.length());
        tell(received);
    }
}

/// A JavaScript error in its own words, without a full stop.
pub fn words(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string());
    let words = message.or_else(|| error.as_string()).unwrap_or_else(|| "unknown error".to_owned());
    words.trim_end_matches('.').to_owned()
}
