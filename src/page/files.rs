//! Pictures, models and experiments on their way in and out.
//!
//! - [`destination`]: where what is dropped goes; [`file_header`]: dimensions before decoding
//! - `incoming`: what a drop, a paste or a choice holds; `builtin` and `remote`: what comes
//!   from elsewhere
//! - `decoder` and `own_decoder`: files into pictures; `intake`: pictures into the set; `query`: one to search with
//! - `model_file`, `experiment_file`: what was saved before
//! - `download`: what the user takes home

#[cfg(target_arch = "wasm32")]
pub mod builtin;
#[cfg(target_arch = "wasm32")]
pub mod decoder;
pub mod destination;
#[cfg(target_arch = "wasm32")]
pub mod download;
#[cfg(target_arch = "wasm32")]
pub mod experiment_file;
pub mod file_header;
#[cfg(target_arch = "wasm32")]
pub mod incoming;
#[cfg(target_arch = "wasm32")]
pub mod intake;
#[cfg(target_arch = "wasm32")]
pub mod model_file;
#[cfg(target_arch = "wasm32")]
mod own_decoder;
#[cfg(target_arch = "wasm32")]
pub mod query;
#[cfg(target_arch = "wasm32")]
pub mod remote;
