//! Which device computes, and why.

use burn::tensor::Device;

use crate::{
    protocol::{Backend, Environment},
    settings::BackendChoice,
};

/// A device that is ready, and what is to be said of it.
pub struct Opened {
    /// Where tensors live, without autodiff.
    pub device: Device,
    /// What the user is told.
    pub environment: Environment,
}

/// Opens the device that was asked for, or the CPU with the reason why not.
pub async fn open(choice: BackendChoice) -> Opened {
    if choice == BackendChoice::Cpu {
        return cpu("The CPU was asked for.".to_owned(), String::new());
    }
    match webgpu::open(choice).await {
        Ok(opened) => opened,
        Err(Refusal { reason, adapter }) => cpu(reason, adapter),
    }
}

/// Why WebGPU is not used.
struct Refusal {
    reason: String,
    adapter: String,
}

impl Refusal {
    fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), adapter: String::new() }
    }
}

fn cpu(reason: String, adapter: String) -> Opened {
    let environment = Environment { backend: Backend::Cpu, adapter, reason, self_test: String::new() };
    Opened { device: Device::flex(), environment }
}

#[cfg(not(all(target_arch = "wasm32", feature = "webgpu")))]
mod webgpu {
    use super::{BackendChoice, Opened, Refusal};

    pub async fn open(_: BackendChoice) -> Result<Opened, Refusal> {
        Err(Refusal::new("Outside a browser the engine runs on the CPU."))
    }
}

#[cfg(all(target_arch = "wasm32", feature = "webgpu"))]
mod webgpu {
    use burn::tensor::Device;
    use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

    use super::{Backend, BackendChoice, Environment, Opened, Refusal};
    use crate::engine::self_test::self_test;

    // web-sys keeps WebGPU behind an unstable flag; this much of it is stable.
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

    pub async fn open(choice: BackendChoice) -> Result<Opened, Refusal> {
        let adapter = adapter().await?;
        let name = name(&adapter);
        let refuse = |reason: String| Refusal { reason, adapter: name.clone() };
        let software = adapter.is_fallback().or_else(|| adapter.info()?.is_fallback()) == Some(true);
        if software && choice == BackendChoice::Auto {
            return Err(refuse(
                "This browser offers WebGPU only in software, which is slower than the CPU itself."
                    .to_owned(),
            ));
        }
        if !adapter.features().has("timestamp-query") {
            return Err(refuse(
                "This graphics adapter lacks timestamp queries, which the WebGPU engine needs; the CPU is used.".to_owned(),
            ));
        }
        let device = Device::wgpu_options().init_async().await;
        let device = device
            .map_err(|error| refuse(format!("WebGPU could not be started ({error}); the CPU is used.")))?;
        let verdict = self_test(&device).await.map_err(|disagreement| {
            refuse(format!(
                "WebGPU on this machine computes wrong numbers ({disagreement}); the CPU is used."
            ))
        })?;
        let reason = match choice {
            BackendChoice::WebGpu => "WebGPU was asked for.",
            _ => "This browser offers WebGPU on a real graphics adapter.",
        };
        let environment = Environment {
            backend: Backend::WebGpu,
            adapter: name,
            reason: reason.to_owned(),
            self_test: verdict,
        };
        Ok(Opened { device, environment })
    }

    async fn adapter() -> Result<Adapter, Refusal> {
        let scope: Scope = js_sys::global().unchecked_into();
        let gpu = scope.navigator().gpu();
        let gpu = gpu.ok_or_else(|| Refusal::new("This browser has no WebGPU; the CPU is used."))?;
        match gpu.request_adapter().await {
            Ok(adapter) if adapter.is_object() => Ok(adapter.unchecked_into()),
            _ => Err(Refusal::new("This browser found no graphics adapter for WebGPU; the CPU is used.")),
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
}
