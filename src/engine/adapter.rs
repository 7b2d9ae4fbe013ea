//! Graphics adapter of the browser, and whether it is suitable.

use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use super::backend::Refusal;
use crate::{protocol::BackendReason, settings::BackendChoice};

// web-sys keeps WebGPU behind an unstable flag; the parts declared here are stable.
#[wasm_bindgen]
extern "C" {
    type Scope;
    type Navigator;
    type Gpu;
    type Adapter;
    type Features;
    type Info;
    #[wasm_bindgen(method, getter)]
    fn navigator(this: &Scope) -> Navigator;
    #[wasm_bindgen(method, getter)]
    fn gpu(this: &Navigator) -> Option<Gpu>;
    #[cfg(not(feature = "webgpu"))]
    #[wasm_bindgen(method, getter)]
    fn unfinished(this: &Scope) -> bool;
    #[wasm_bindgen(method, catch, js_name = requestAdapter)]
    async fn request_adapter(this: &Gpu) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn features(this: &Adapter) -> Features;
    #[wasm_bindgen(method)]
    fn has(this: &Features, name: &str) -> bool;
    #[wasm_bindgen(method, getter)]
    fn info(this: &Adapter) -> Option<Info>;
    #[wasm_bindgen(method, getter, js_name = isFallbackAdapter)]
    fn is_fallback(this: &Adapter) -> Option<bool>;
    #[wasm_bindgen(method, getter, js_name = isFallbackAdapter)]
    fn is_fallback(this: &Info) -> Option<bool>;
    #[wasm_bindgen(method, getter)]
    fn vendor(this: &Info) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn architecture(this: &Info) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn description(this: &Info) -> Option<String>;
}

/// Returns the name of an adapter that WebGPU can be opened on. `static/first-engine.js` applies the same
/// rules when it guesses which engine will be needed.
pub async fn find(choice: BackendChoice) -> Result<String, Refusal> {
    let adapter = request().await?;
    let name = name(&adapter);
    let refuse = |reason| Refusal { reason, adapter: name.clone() };
    let software = adapter.is_fallback().or_else(|| adapter.info()?.is_fallback()) == Some(true);
    if software && choice == BackendChoice::Auto {
        return Err(refuse(BackendReason::SoftwareAdapter));
    }
    if !adapter.features().has("timestamp-query") {
        return Err(refuse(BackendReason::NoTimestampQueries));
    }
    Ok(name)
}

/// Returns whether the engine for WebGPU is still being built, as reported to the worker's script.
#[cfg(not(feature = "webgpu"))]
pub fn is_unfinished() -> bool {
    js_sys::global().unchecked_into::<Scope>().unfinished()
}

async fn request() -> Result<Adapter, Refusal> {
    let scope: Scope = js_sys::global().unchecked_into();
    let gpu = scope.navigator().gpu();
    let gpu = gpu.ok_or_else(|| Refusal::new(BackendReason::NoWebGpu))?;
    match gpu.request_adapter().await {
        Ok(adapter) if adapter.is_object() => Ok(adapter.unchecked_into()),
        _ => Err(Refusal::new(BackendReason::NoAdapter)),
    }
}

fn name(adapter: &Adapter) -> String {
    let Some(info) = adapter.info() else {
        return "unnamed adapter".to_owned();
    };
    let words = [info.vendor(), info.architecture(), info.description()];
    let words: Vec<String> = words.into_iter().flatten().filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "unnamed adapter".to_owned() } else { words.join(" ") }
}
