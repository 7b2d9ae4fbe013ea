//! The page that times training steps: Likeness and its peers, each in its own module.

use std::fs;
use std::path::Path;

use anyhow::Result;
use xtask::command::{command, run};
use xtask::{paths, python};

use crate::tasks::cargo;
use crate::{building, tools};

/// Peers and their bundler, pinned.
const PACKAGES: [&str; 5] = [
    "@jax-js/jax@0.1.25",
    "@tensorflow/tfjs-core@4.22.0",
    "@tensorflow/tfjs-backend-cpu@4.22.0",
    "@tensorflow/tfjs-backend-webgpu@4.22.0",
    "esbuild@0.25.12",
];

/// Builds the page in `target/bench-page/`.
pub fn build() -> Result<()> {
    tools::ensure_compiler()?;
    let page = paths::bench_page();
    fs::create_dir_all(&page)?;
    for entry in fs::read_dir(paths::root().join("benches/page"))? {
        let file = entry?;
        fs::copy(file.path(), page.join(file.file_name()))?;
    }
    bundle_peers(&page)?;
    build_likeness(&page)?;
    if let Err(error) = python::ensure(&[python::JAX]) {
        eprintln!("JAX is left out: {error:#}");
    }
    Ok(())
}

fn bundle_peers(page: &Path) -> Result<()> {
    let peers = paths::peers();
    tools::npm_install(&peers, &PACKAGES)?;
    let esbuild = peers.join("node_modules/.bin/esbuild");
    run(command(&esbuild.to_string_lossy(), ["--bundle", "--format=esm", "--log-level=warning"])
        .args(["jax-js.js", "tensorflow.js"])
        .arg(format!("--outdir={}", page.display()))
        .current_dir(paths::root().join("benches/peers"))
        .env("NODE_PATH", peers.join("node_modules")))
}

fn build_likeness(page: &Path) -> Result<()> {
    let features = ["--features", "bench,webgpu"];
    let build = ["build", "--release", "--bin", "contestant", "--target", tools::TARGET];
    run(building::remapped(cargo(build).args(features))?)?;
    run(command("wasm-bindgen", ["--target", "web", "--no-typescript", "--out-dir"])
        .arg(page.join("engine"))
        .arg(paths::target().join(tools::TARGET).join("release/contestant.wasm"))
        .env("PATH", tools::path()?))
}
