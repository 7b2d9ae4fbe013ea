//! The page: what the user sees and does.
//!
//! [`state`] knows everything and touches nothing, and what stands beside it turns what
//! is known into words, files and geometry. `browser` is the part that exists in a
//! browser alone: it shows the state, and brings it what the user and the engine say.

pub mod address;
#[cfg(target_arch = "wasm32")]
mod browser;
pub mod by_stage;
pub mod chance;
pub mod confusion;
pub mod destination;
pub mod differences;
pub mod duplicate_threshold;
pub mod experiment;
pub mod export;
pub mod file_header;
#[cfg(test)]
mod fixture;
pub mod glossary;
pub mod grid;
pub mod health;
pub mod invariance;
pub mod map_kinds;
pub mod occlusion_overlay;
pub mod operations;
pub mod picture_groups;
pub mod picture_map;
pub mod predictions;
pub mod row;
pub mod run_words;
pub mod state;
pub mod status;
pub mod tour;
pub mod words;

#[cfg(target_arch = "wasm32")]
pub use browser::start;
