//! Where things lie in the checkout.

use std::env;
use std::path::{Path, PathBuf};

/// The root of the checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the checkout's root")
}

/// The built page, to be published.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// The page built to be looked at on this machine.
pub fn served() -> PathBuf {
    target().join("served")
}

/// What cargo builds, and what is left beside it.
pub fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// Tools that were installed for this checkout alone.
pub fn tools() -> PathBuf {
    target().join("tools")
}

/// The script of axe-core.
pub fn axe() -> PathBuf {
    tools().join("node_modules/axe-core/axe.min.js")
}

/// The page that times training steps, Likeness's and others'.
pub fn bench_page() -> PathBuf {
    target().join("bench-page")
}

/// What the bench compares with, installed for this checkout alone.
pub fn peers() -> PathBuf {
    tools().join("peers")
}

/// Pictures of the page that the browser tests leave for their reader.
pub fn screenshots() -> PathBuf {
    target().join("screenshots")
}
