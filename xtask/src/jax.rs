//! JAX, the native peer of the bench; optional, as it needs Python.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::{command, output, run};
use crate::paths;

const PACKAGE: &str = "jax==0.10.2";

/// Looks for a Python that has JAX.
pub fn find() -> Option<PathBuf> {
    [PathBuf::from("python3"), own_python()].into_iter().find(|python| version(python).is_some())
}

/// The version of JAX that this Python has.
pub fn version(python: &Path) -> Option<String> {
    output(&mut command(&python.to_string_lossy(), ["-c", "import jax; print(jax.__version__)"]))
}

/// Installs JAX for this checkout alone, unless there is one.
pub fn ensure() -> Result<()> {
    if find().is_some() {
        return Ok(());
    }
    run(command("python3", ["-m", "venv"]).arg(environment()))?;
    run(&mut command(&own_python().to_string_lossy(), ["-m", "pip", "install", "--quiet", PACKAGE]))?;
    find().context("pip has installed JAX, yet Python does not import it.").map(drop)
}

fn environment() -> PathBuf {
    paths::peers().join("python")
}

fn own_python() -> PathBuf {
    environment().join("bin/python")
}
