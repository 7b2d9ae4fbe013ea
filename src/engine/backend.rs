//! Choice of the device, and its reason.

use burn::tensor::Device;

use crate::{
    protocol::{Backend, BackendReason, Environment},
    settings::{BackendChoice, Settings},
};

/// An open device, and its description.
pub struct Opened {
    /// Device for tensors, without autodiff.
    pub device: Device,
    /// Description for the user.
    pub environment: Environment,
}

/// Reason why WebGPU is not used.
pub struct Refusal {
    /// Reason.
    pub reason: BackendReason,
    /// Name of the adapter, if there is one.
    pub adapter: String,
}

impl Refusal {
    /// Returns a refusal without an adapter.
    pub fn new(reason: BackendReason) -> Self {
        Self { reason, adapter: String::new() }
    }
}

/// Opens the device that the settings select, or the CPU with the reason for it. Returns `None` if WebGPU is
/// available, but only to the engine built with it.
pub async fn open(settings: &Settings) -> Option<Opened> {
    if settings.backend == BackendChoice::Cpu {
        return Some(cpu(Refusal::new(BackendReason::CpuAsked)));
    }
    webgpu(settings).await.unwrap_or_else(|refusal| Some(cpu(refusal)))
}

fn cpu(Refusal { reason, adapter }: Refusal) -> Opened {
    let environment = Environment {
        backend: Backend::Cpu,
        adapter,
        reason,
        self_test: None,
        is_unrecorded: false,
        cores: 1,
    };
    Opened { device: Device::flex(), environment }
}

#[cfg(not(target_arch = "wasm32"))]
async fn webgpu(_: &Settings) -> Result<Option<Opened>, Refusal> {
    Err(Refusal::new(BackendReason::Native))
}

#[cfg(all(target_arch = "wasm32", not(feature = "webgpu")))]
async fn webgpu(settings: &Settings) -> Result<Option<Opened>, Refusal> {
    let adapter = super::adapter::find(settings.backend).await?;
    if super::adapter::is_unfinished() {
        return Err(Refusal { reason: BackendReason::StillBeingBuilt, adapter });
    }
    Ok(None)
}

#[cfg(all(target_arch = "wasm32", feature = "webgpu"))]
async fn webgpu(settings: &Settings) -> Result<Option<Opened>, Refusal> {
    let adapter = super::adapter::find(settings.backend).await?;
    let refuse = |reason: BackendReason| Refusal { reason, adapter: adapter.clone() };
    let device = Device::wgpu_options().tasks_max(crate::train::MAX_DISPATCHES).init_async().await;
    let device = device.map_err(|error| refuse(BackendReason::NotStarted(error.to_string())))?;
    let verdict = super::self_test::self_test(&device, settings).await;
    let self_test = verdict.map_err(|disagreement| refuse(BackendReason::WrongNumbers(disagreement)))?;
    let reason = match settings.backend {
        BackendChoice::WebGpu => BackendReason::WebGpuAsked,
        _ => BackendReason::RealAdapter,
    };
    let environment = Environment {
        backend: Backend::WebGpu,
        adapter,
        reason,
        self_test: Some(self_test),
        is_unrecorded: false,
        cores: 1,
    };
    Ok(Some(Opened { device, environment }))
}
