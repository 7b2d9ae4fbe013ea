//! The engine: takes commands, trains and evaluates, reports events.
//!
//! [`Session`] is the whole of it and knows no browser; `worker` ties one to the
//! message port of the Web Worker that the engine lives in. What is asked about pictures and
//! embeddings becomes a job: `jobs`.

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
