//! The built page in a real Chromium, and now and then in Firefox, for tests and measurements.
//!
//! - [`site`] is what is served: `dist/`, or a changed copy of it;
//! - [`browser`] is what runs the page, and what every browser must tell of it:
//!   [`chromium`] and [`firefox`], headless, with their drivers, and [`command`]s to these;
//! - [`visit`] opens the page, hands it to a test and closes it, with a report if it fails;
//! - [`page`] is the page as a person meets it: names, clicks, drops, downloads, pictures;
//! - [`status`] reads what the page says of the run;
//! - [`exports`] reads the files that it hands out;
//! - [`storage`] looks into what the browser keeps;
//! - [`memory`] asks how much it holds;
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

pub use page::Page;
pub use status::Status;
pub use visit::{Visit, visit};
