//! Modules common to `cargo xtask` and the browser tests.
//!
//! - [`address`] writes the page's public address into it;
//! - [`apt`] installs Debian's packages;
//! - [`browser`] finds Chromium and its driver, or installs them;
//! - [`firefox`] finds Firefox and its driver, or installs the browser;
//! - [`lazy_module`] cuts the page's code in two;
//! - [`server`] serves the built page on the loopback;
//! - [`python`] finds a Python with the libraries of the bench and a test, or installs it;
//! - [`compression`] compresses the programs of workers;
//! - [`command`] runs other programs visibly;
//! - [`paths`] knows the locations in the checkout;
//! - [`phase`] times the parts of a command;
//! - [`policy`] completes the page's Content-Security-Policy;
//! - [`unfinished`] makes a page that is served before it is completely built;
//! - [`version`] keeps caches from mixing builds;
//! - [`vulkan`] finds a driver for the WebGPU kernels, or installs one;
//! - [`webkit`] finds WebKit for GTK, its driver and a screen, or installs them.

pub mod address;
pub mod apt;
pub mod browser;
pub mod command;
pub mod compression;
pub mod firefox;
pub mod lazy_module;
pub mod paths;
pub mod phase;
pub mod policy;
pub mod python;
pub mod server;
pub mod unfinished;
pub mod version;
pub mod vulkan;
pub mod webkit;
