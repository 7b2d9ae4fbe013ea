//! The engine, which takes commands, trains, evaluates and reports events.
//!
//! [`Session`] is the whole engine and independent of the browser; `worker` connects one to the message port
//! of the engine's Web Worker. Requests about pictures and embeddings become `jobs`.

#[cfg(target_arch = "wasm32")]
mod adapter;
mod backend;
mod baseline;
mod comparing;
mod divergence;
mod embedded;
mod embedder;
mod jobs;
mod latest_batch;
mod pictures;
mod report;
#[cfg(any(all(target_arch = "wasm32", feature = "webgpu"), test))]
mod self_test;
mod session;
mod snapshots;
mod whitener;
#[cfg(target_arch = "wasm32")]
pub mod worker;

pub use crate::progress::Progress;
pub use session::Session;
