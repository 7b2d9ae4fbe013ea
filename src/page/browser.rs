//! What exists in a browser alone: the panels, one a file, and the lines to files,
//! clipboard and engine.

mod actions;
mod address_bar;
mod app;
mod background;
mod builtin;
mod clipboard;
mod controls;
mod decoder;
mod download;
mod drop_zone;
mod dynamic;
mod engine_code;
mod engine_link;
mod experiment_file;
mod explain;
mod file_button;
mod footer;
mod incoming;
mod intake;
mod keeper;
mod layout;
mod lifeline;
mod masthead;
mod measure;
mod model_file;
mod paint;
mod persistence;
mod png_button;
mod pointing;
mod query;
mod rail;
mod reach;
mod remote;
mod session;
mod stage;
mod storage;
mod supervisor;
mod theme;
mod thumbnail;
mod timing;
mod tour;
mod twice;
mod watched_worker;

/// Starts the page.
pub fn start() {
    console_error_panic_hook::set_once();
    app::mount();
}
