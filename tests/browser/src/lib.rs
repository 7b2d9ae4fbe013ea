//! The built page in a real Chromium, and sometimes in Firefox or WebKit, for tests and measurements.
//!
//! - [`site`] is the content served: `dist/`, or a changed copy of it;
//! - [`browser`] runs the page and reports on it: [`chromium`] and [`firefox`], headless, and [`webkit`], with
//!   their drivers, and [`command`]s to these;
//! - [`visit`] opens the page, runs a test on it and closes it, with a report if the test fails;
//! - [`page`] is the page from a user's perspective: names, clicks, drops, downloads, pictures;
//! - [`status`] parses the page's status of the run;
//! - [`exports`] parses the files that the page exports;
//! - [`storage`] inspects the browser's storage;
//! - [`memory`] measures the memory of page and engine;
//! - [`monkey`] uses the page at random;
//! - [`pictures`] draws the files that tests drop on it.

pub mod browser;
pub mod chromium;
pub mod command;
pub mod experiment_files;
pub mod exports;
pub mod firefox;
pub mod memory;
pub mod monkey;
pub mod page;
pub mod pictures;
pub mod site;
pub mod status;
pub mod storage;
pub mod visit;
pub mod webkit;

pub use page::Page;
pub use status::Status;
pub use visit::{Visit, visit};
