//! The page: everything that the user sees and does.
//!
//! Visible parts, one folder each; a folder's views exist in a browser alone, and the modules beside
//! them compute from [`state`], without a browser, what the views show:
//! - [`shell`]: the frame around everything: header, footer, tabs, notices, tour, address bar
//! - [`rail`]: the sections on the left: pictures, augmentations, network and training
//! - [`views`]: the pictures, and a folder for each tab
//! - `components`: controls, figures and canvases that several of them share
//!
//! Everything behind them:
//! - [`answers`]: questions to the engine and their answers, one mechanism for all panels
//! - [`state`]: everything the page knows, as plain data; [`tracked`]: fields that record accesses
//! - `store`: the state, shared by all views
//! - [`engine`]: starting, hearing and replacing the engine; `worker`: workers whose end is noticed
//! - [`files`]: input and output of pictures, models and experiments
//! - [`autosave`]: the experiment in the browser's own storage
//! - [`lazy`]: rooms whose code is fetched when it is first needed
//! - `input`: drops, presses, held keys and media queries; `timing`: the browser's clocks
//! - [`address`]: the page's address; `urls`: addresses relative to it; `preferences`: choices kept
//!   between visits
//! - [`words`]: numbers, settings and failures in words
//! - [`export`], [`experiment`]: file formats
//! - [`by_stage`], [`picture_map`]: values by stage and by picture

pub mod address;
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
pub mod lazy;
pub mod picture_map;
#[cfg(target_arch = "wasm32")]
mod preferences;
pub mod rail;
pub mod shell;
pub mod state;
#[cfg(target_arch = "wasm32")]
mod store;
#[cfg(target_arch = "wasm32")]
mod timing;
pub mod tracked;
#[cfg(target_arch = "wasm32")]
mod urls;
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
