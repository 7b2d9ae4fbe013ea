//! Locations in the checkout.

use std::env;
use std::path::{Path, PathBuf};

/// Returns the root of the checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the checkout's root")
}

/// Returns the folder of the page built for publication.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// Returns the folder of the page served on this machine.
pub fn served() -> PathBuf {
    target().join("served")
}

/// Returns cargo's target folder.
pub fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// Returns the folder of the page's code, cut in two.
pub fn split() -> PathBuf {
    target().join("split")
}

/// Returns the folder of tools installed only for this checkout.
pub fn tools() -> PathBuf {
    target().join("tools")
}

/// Returns the script of axe-core.
pub fn axe() -> PathBuf {
    tools().join("node_modules/axe-core/axe.min.js")
}

/// Returns the folder of the page that times training steps, Likeness's and others'.
pub fn bench_page() -> PathBuf {
    target().join("bench-page")
}

/// Returns the folder of the bench's peers, installed only for this checkout.
pub fn peers() -> PathBuf {
    tools().join("peers")
}

/// Returns the folder of screenshots left by the browser tests.
pub fn screenshots() -> PathBuf {
    target().join("screenshots")
}
