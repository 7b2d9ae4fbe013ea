//! The engine: takes commands, trains and evaluates, reports events.
//!
//! [`Session`] is the whole of it and knows no browser; `worker` ties one to the
//! message port of the Web Worker that the engine lives in.

#[cfg(target_arch = "wasm32")]
mod adapter;
mod backend;
mod baseline;
mod classifier;
mod comparing;
mod divergence;
mod embedded;
mod embedder;
mod explainer;
mod fine_tuning;
mod grouping;
mod guessing;
mod held_out;
mod latest_batch;
mod mapper;
mod measuring;
mod pictures;
mod report;
mod search;
#[cfg(any(all(target_arch = "wasm32", feature = "webgpu"), test))]
mod self_test;
mod session;
mod snapshots;
mod studies;
mod survey;
mod whitener;
#[cfg(target_arch = "wasm32")]
pub mod worker;

pub use crate::progress::Progress;
pub use session::Session;
