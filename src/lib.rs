//! Likeness: contrastive representation learning on your own pictures, in the browser.
//!
//! ```text
//!  page (UI, small)                    engine_cpu, engine_webgpu (burn; dedicated Web Worker)
//!  drop / pick / paste ──decode──▶ Image ──Command──▶ Session ─▶ Trainer ─▶ Device
//!  view ◀── State ◀── apply ◀──────────────Event──── losses, matrices, embeddings
//! ```
//!
//! The browser decodes, in workers; what it cannot read goes to `decoder`, in workers of its own that
//! hold nothing else, so that no file can harm a run.
//!
//! What they share:
//! - [`settings`]: everything a run depends on, with defaults and limits
//! - [`link`]: settings to and from a link's hash
//! - [`protocol`]: what page and engine say to each other
//! - [`image`]: a picture at working size, and how files become one
//! - [`samples`]: the built-in sets
//! - [`disjoint_sets`]: sets that grow together
//! - [`decimal`]: numbers read from text
//! - [`small_sort`]: one sort for all that the page downloads
//! - `event_loop`: yielding between pieces of work (in a browser)
//!
//! What learns, on any device burn knows, in a browser or not:
//! - [`progress`]: work in pieces
//! - [`sampling`]: samples at regular intervals
//! - [`random`]: one seed, many independent generators
//! - [`augment`]: random views of pictures
//! - [`encoder`]: the network
//! - [`embedding`]: what of it embeds a picture
//! - [`kernels`]: its operations that take the time, as own loops on the CPU and own kernels on WebGPU
//! - [`loss`]: contrastive losses, one a file
//! - [`train`]: the training step
//! - [`checkpoint`]: a network in a file, and what its training goes on from
//! - [`fine_tune`]: a copy of the encoder that learns a few labels
//! - [`classic_features`]: what it has to beat
//! - [`evaluate`]: instruments that say what embeddings are worth
//! - [`readback`]: numbers from the device
//! - [`engine`]: the session that runs all this on commands, and its worker
//! - `constructors`: what crates want done before `main` (in a browser, with WebGPU)
//! - `bench` (a feature of its own): the training step, for comparison with other libraries
//!
//! What is seen:
//! - [`page`]: the user interface, a folder for each thing that the user sees
//! - [`plot`]: geometry and pixels of charts and matrices, pure
//!
//! The feature `page` brings what is seen, `engine` what learns; each works without the other.

#[cfg(feature = "engine")]
pub mod augment;
#[cfg(feature = "bench")]
pub mod bench;
#[cfg(feature = "engine")]
pub mod checkpoint;
#[cfg(feature = "engine")]
pub mod classic_features;
#[cfg(all(target_arch = "wasm32", feature = "webgpu"))]
pub mod constructors;
pub mod decimal;
pub mod disjoint_sets;
#[cfg(feature = "engine")]
pub mod embedding;
#[cfg(feature = "engine")]
pub mod encoder;
#[cfg(feature = "engine")]
pub mod engine;
#[cfg(feature = "engine")]
pub mod evaluate;
#[cfg(target_arch = "wasm32")]
pub mod event_loop;
#[cfg(feature = "engine")]
pub mod fine_tune;
pub mod image;
#[cfg(feature = "engine")]
pub mod kernels;
pub mod link;
#[cfg(feature = "engine")]
pub mod loss;
#[cfg(feature = "page")]
pub mod page;
#[cfg(feature = "page")]
pub mod plot;
#[cfg(feature = "engine")]
pub mod progress;
pub mod protocol;
#[cfg(feature = "engine")]
pub mod random;
#[cfg(feature = "engine")]
pub mod readback;
pub mod samples;
#[cfg(feature = "engine")]
pub mod sampling;
pub mod settings;
pub mod small_sort;
#[cfg(feature = "engine")]
pub mod train;
