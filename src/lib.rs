//! Likeness: contrastive representation learning on your own pictures, in the browser.
//!
//! ```text
//!  page (UI, small)                    engine_cpu, engine_webgpu (burn; dedicated Web Worker)
//!  drop / pick / paste ──decode──▶ Image ──Command──▶ Session ─▶ Trainer ─▶ Device
//!  view ◀── State ◀── apply ◀──────────────Event──── losses, answers, embeddings
//! ```
//!
//! Browser workers decode image files; files the browser cannot read go to the programs `decoder…`, in separate
//! workers that hold nothing else, so that no file can harm a run.
//!
//! Shared by page and engine:
//! - [`settings`]: all parameters of a run, with defaults and limits
//! - [`link`]: settings to and from a link's hash
//! - [`protocol`]: messages between page and engine
//! - [`image`]: a picture at working size, and decoding of files
//! - [`affine_colour`]: changes of colour
//! - [`samples`]: the built-in sets
//! - [`disjoint_sets`]: disjoint sets, by union–find
//! - [`decimal`]: parsing of decimal numbers
//! - [`sampling`]: samples at regular intervals
//! - [`small_sort`]: one sort routine for everything the page downloads
//! - `event_loop`: yielding between pieces of work, and waiting (in a browser)
//! - `script_worker`: workers started from a script that the program contains (in a browser)
//!
//! Learning, on any device burn supports, in a browser or not:
//! - [`progress`]: work in interruptible pieces
//! - [`random`]: one seed, many independent generators
//! - [`augment`]: random views of pictures
//! - [`encoder`]: the network
//! - [`embedding`]: the part of the network that embeds a picture
//! - [`kernels`]: the network's costly operations, as own loops on the CPU and own kernels on WebGPU
//! - [`loss`]: contrastive losses, one per file
//! - [`train`]: the training step
//! - [`checkpoint`]: a network in a file, with the state needed to resume training
//! - [`fine_tune`]: a copy of the encoder that learns a few labels
//! - [`classic_features`]: baseline features that the encoder has to beat
//! - [`evaluate`]: measures of embedding quality
//! - [`replicas`]: threads or Web Workers that share training and embedding on the CPU
//! - [`readback`]: reading numbers back from the device
//! - [`engine`]: the session that runs all this on commands, and its worker
//! - `constructors`: initialisers that crates need run before `main` (in a browser, with WebGPU)
//! - `bench` (a feature of its own): the training step, for comparison with other libraries
//!
//! User interface:
//! - [`page`]: the user interface, a folder for each thing that the user sees
//! - [`plot`]: geometry and pixels of charts and matrices, pure
//!
//! The feature `page` enables the user interface, `engine` the learning; each works without the other.

pub mod affine_colour;
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
#[cfg(feature = "engine")]
pub mod replicas;
pub mod samples;
pub mod sampling;
#[cfg(target_arch = "wasm32")]
pub mod script_worker;
pub mod settings;
pub mod small_sort;
#[cfg(feature = "engine")]
pub mod train;
