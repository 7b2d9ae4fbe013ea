//! What `cargo xtask` and the browser tests share.
//!
//! - [`browser`] finds Chromium and its driver, or installs them;
//! - [`server`] serves the built page on the loopback;
//! - [`jax`] finds the bench's native peer, or installs it;
//! - [`command`] runs other programs and shows what it runs;
//! - [`paths`] knows where things lie in the checkout.

pub mod browser;
pub mod command;
pub mod jax;
pub mod paths;
pub mod server;
