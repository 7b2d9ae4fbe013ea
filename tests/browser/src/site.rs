//! What is served to the browser.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use likeness::protocol::BUILD;
use memchr::memmem;
use xtask::paths;

/// The engine within the built page.
const ENGINE: &str = "engine_bg.wasm";

/// Copies the built page into `folder`.
pub fn copy_built(folder: &Path) -> Result<()> {
    copy_folder(&built()?, folder)
}

/// The built page, if it was built from the sources that these tests were built from.
pub fn built() -> Result<PathBuf> {
    let dist = paths::dist();
    let engine = fs::read(dist.join(ENGINE)).context("The page is not built: run `cargo xtask build`.")?;
    ensure!(
        memmem::find(&engine, BUILD.as_bytes()).is_some(),
        "dist/ is not the page of these sources (build {BUILD}): run `cargo xtask build`."
    );
    Ok(dist)
}

/// Copies the built page into `folder`, its engine passed off as one of another build.
pub fn copy_with_other_engine(folder: &Path) -> Result<()> {
    copy_built(folder)?;
    let mut engine = fs::read(folder.join(ENGINE))?;
    let other = other_build();
    let places: Vec<_> = memmem::find_iter(&engine, BUILD.as_bytes()).collect();
    for at in places {
        engine[at..at + other.len()].copy_from_slice(other.as_bytes());
    }
    Ok(fs::write(folder.join(ENGINE), engine)?)
}

/// The channel on which an engine tells that the policy stopped its request.
pub const TALK: &str = "talk";

/// Copies the built page, its engine asking another server for something and telling on
/// [`TALK`] when the policy stops that.
pub fn copy_with_talkative_engine(folder: &Path) -> Result<()> {
    copy_built(folder)?;
    let glue = folder.join("engine.js");
    let request = format!(
        "self.addEventListener('securitypolicyviolation',
            event => new BroadcastChannel('{TALK}').postMessage(event.blockedURI));
        fetch('http://localhost:9/').catch(() => {{}});"
    );
    let code = fs::read_to_string(&glue)?;
    Ok(fs::write(glue, format!("{code}\n{request}"))?)
}

/// Copies the built page, its engine telling on the channel `memory` how much it takes.
pub fn copy_with_measured_engine(folder: &Path) -> Result<()> {
    copy_built(folder)?;
    let glue = folder.join("engine.js");
    let tell = "const memory = new BroadcastChannel('memory');
        memory.onmessage = ({data}) => data ?? memory.postMessage(wasm.memory.buffer.byteLength);";
    let code = fs::read_to_string(&glue)?;
    Ok(fs::write(glue, format!("{code}\n{tell}"))?)
}

/// Copies the built page without the engine.
pub fn copy_without_engine(folder: &Path) -> Result<()> {
    copy_built(folder)?;
    Ok(fs::remove_file(folder.join(ENGINE))?)
}

/// Copies the built page without any WebAssembly, as if that were still on its way.
pub fn copy_without_code(folder: &Path) -> Result<()> {
    copy_built(folder)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "wasm") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// A build of the same length that is not this one.
pub fn other_build() -> String {
    let (version, hash) = BUILD.split_at(BUILD.len() - 1);
    format!("{version}{}", if hash == "0" { "1" } else { "0" })
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
