//! What exists in a browser alone: what is seen of the state, and the lines to files, storage
//! and engine.
//!
//! What is seen:
//! - [`app`]: the whole page; around it [`masthead`], [`footer`] and [`tour`]
//! - [`rail`]: the five steps on the left
//! - [`results`]: the pictures, and what is found out about them in tabs
//! - [`controls`]: what settings are made with and buttons that several parts have
//! - [`canvas`]: pixels and pictures
//!
//! What happens:
//! - [`session`]: the state, shared by all parts; [`actions`]: what the user can do to it
//! - [`engine`]: the engine, started, heard and replaced
//! - [`worker`]: workers that are missed once they are gone
//! - [`files`]: pictures, models and experiments on their way in and out
//! - [`autosave`]: the experiment in the browser's own storage
//! - [`drop_zone`], [`pointing`], [`press`], [`reach`]: how the user brings and points
//! - [`address_bar`], [`layout`], [`theme`], [`timing`]: the window, its look and its clocks
//! - [`dynamic`]: closures boxed, so that the page stays small

mod actions;
mod address_bar;
mod app;
mod autosave;
mod canvas;
mod controls;
mod drop_zone;
mod dynamic;
mod engine;
mod files;
mod footer;
mod layout;
mod masthead;
mod pointing;
mod press;
mod rail;
mod results;
mod selection_range;
mod session;
mod theme;
mod timing;
mod tour;
mod worker;

/// Starts the page.
pub fn start() {
    console_error_panic_hook::set_once();
    app::mount();
}
