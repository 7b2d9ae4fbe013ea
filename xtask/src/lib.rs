//! What `cargo xtask` and the browser tests share.
//!
//! - [`address`] tells the page where it will be;
//! - [`apt`] installs Debian's packages;
//! - [`browser`] finds Chromium and its driver, or installs them;
//! - [`firefox`] finds Firefox and its driver, or installs the browser;
//! - [`server`] serves the built page on the loopback;
//! - [`python`] finds a Python with what the bench and a test import, or installs that;
//! - [`command`] runs other programs and shows what it runs;
//! - [`paths`] knows where things lie in the checkout;
//! - [`phase`] tells how long the parts of a command take;
//! - [`policy`] completes the page's Content-Security-Policy;
//! - [`unfinished`] makes a page that is served before all of it is built;
//! - [`version`] keeps caches from mixing builds;
//! - [`vulkan`] finds a driver for the WebGPU kernels, or installs one.

pub mod address;
pub mod apt;
pub mod browser;
pub mod command;
pub mod firefox;
pub mod paths;
pub mod phase;
pub mod policy;
pub mod python;
pub mod server;
pub mod unfinished;
pub mod version;
pub mod vulkan;
