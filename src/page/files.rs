//! Input and output of pictures, models and experiments.
//!
//! - `blob`: contents; [`ending`]: endings of names
//! - [`destination`]: destinations of dropped files; [`file_header`]: dimensions before decoding
//! - `incoming`: the contents of a drop, a paste or a choice; `builtin` and `remote`: pictures from
//!   elsewhere
//! - [`address`]: pictures of other pages
//! - [`clutter`]: files of the system; `containers`, [`label_table`] and [`label_index`]: zips, and tables of labels;
//!   [`folder_label`]: labels from folders
//! - `identity` and [`exif`]: what is known of a file before it is decoded
//! - `decoder`, `element_decoder` and `own_decoder`: files to pictures; `intake`: pictures to the set; `query`: a
//!   picture to search with; `camera`: what a camera sees, likewise
//! - `originals`: the files that pictures came from
//! - `model_file`, `experiment_file`: files saved before
//! - `exports`: files for the user; `painting`: those with pictures; `archive`: those of pictures' own files;
//!   `download`: saving of them; `sending`: handing them to other apps

pub mod address;
#[cfg(target_arch = "wasm32")]
pub mod archive;
#[cfg(target_arch = "wasm32")]
pub mod blob;
#[cfg(target_arch = "wasm32")]
pub mod builtin;
#[cfg(target_arch = "wasm32")]
pub mod camera;
pub mod clutter;
#[cfg(target_arch = "wasm32")]
pub mod containers;
#[cfg(target_arch = "wasm32")]
pub mod decoder;
pub mod destination;
#[cfg(target_arch = "wasm32")]
pub mod download;
#[cfg(target_arch = "wasm32")]
mod element_decoder;
pub mod ending;
pub mod exif;
#[cfg(target_arch = "wasm32")]
pub mod experiment_file;
#[cfg(target_arch = "wasm32")]
pub mod exports;
pub mod file_header;
pub mod folder_label;
#[cfg(target_arch = "wasm32")]
mod identity;
#[cfg(target_arch = "wasm32")]
pub mod incoming;
#[cfg(target_arch = "wasm32")]
pub mod intake;
pub mod label_index;
pub mod label_table;
#[cfg(target_arch = "wasm32")]
pub mod model_file;
#[cfg(target_arch = "wasm32")]
pub mod originals;
#[cfg(target_arch = "wasm32")]
mod own_decoder;
#[cfg(target_arch = "wasm32")]
mod painting;
#[cfg(target_arch = "wasm32")]
pub mod query;
#[cfg(target_arch = "wasm32")]
pub mod remote;
#[cfg(target_arch = "wasm32")]
pub mod sending;
