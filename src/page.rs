//! The page: what the user sees and does.
//!
//! What the user sees, one folder each; a folder's views are in a browser alone, what they show is
//! computed beside them from [`state`], without one:
//! - [`shell`]: the frame around everything: header, footer, tabs, notices, tour, address
//! - [`rail`]: the steps on the left
//! - [`views`]: the pictures, and a folder for each panel
//! - `components`: controls, figures and canvases that several of them have
//!
//! What stands behind it:
//! - [`answers`]: questions to the engine and their answers, one mechanism for all panels
//! - [`state`]: everything the page knows, as plain data; [`tracked`]: fields that record accesses
//! - `store`: the state, shared by all views
//! - [`engine`]: the engine, started, heard and replaced; `worker`: workers that are missed once
//!   they are gone
//! - [`files`]: pictures, models and experiments on their way in and out
//! - [`autosave`]: the experiment in the browser's own storage
//! - `input`: drops, presses and the keys that are held; `timing`: the browser's clocks
//! - [`words`]: numbers, settings and failures in words
//! - [`export`], [`experiment`]: the formats of files
//! - [`by_stage`], [`picture_map`]: values by stage and by picture

pub mod answers;
pub mod autosave;
pub mod by_stage;
#[cfg(target_arch = "wasm32")]
mod components;
pub mod engine;
pub mod experiment;
pub mod export;
pub mod files;
#[cfg(test)]
mod fixture;
#[cfg(target_arch = "wasm32")]
mod input;
pub mod picture_map;
pub mod rail;
pub mod shell;
pub mod state;
#[cfg(target_arch = "wasm32")]
mod store;
#[cfg(target_arch = "wasm32")]
mod timing;
pub mod tracked;
pub mod views;
pub mod words;
#[cfg(target_arch = "wasm32")]
mod worker;

/// Starts the page.
#[cfg(target_arch = "wasm32")]
pub fn start() {
    console_error_panic_hook::set_once();
    shell::app::mount();
}
