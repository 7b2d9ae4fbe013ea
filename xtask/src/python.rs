//! Python and what is imported there: the bench's native peer, and what reads exports.
//! Optional: who asks says what is left out without it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::{command, output, run};
use crate::paths;

/// Something to import, pinned.
#[derive(Clone, Copy)]
pub struct Library {
    module: &'static str,
    package: &'static str,
}

/// The library that the same network is written in.
pub const JAX: Library = Library { module: "jax", package: "jax==0.10.2" };
/// Arrays.
pub const NUMPY: Library = Library { module: "numpy", package: "numpy==2.4.6" };
/// Pictures.
pub const PILLOW: Library = Library { module: "PIL", package: "pillow==13.0.0" };

impl Library {
    /// The version that this Python has.
    pub fn version(self, python: &Path) -> Option<String> {
        let Self { module, .. } = self;
        let print = format!("import {module}; print({module}.__version__)");
        output(&mut command(&python.to_string_lossy(), ["-c", &print]))
    }
}

/// Looks for a Python that has all of these.
pub fn find(libraries: &[Library]) -> Option<PathBuf> {
    let has_all = |python: &PathBuf| libraries.iter().all(|library| library.version(python).is_some());
    [PathBuf::from("python3"), own_python()].into_iter().find(has_all)
}

/// A Python that has all of these: if there is none, they are installed for this checkout alone.
pub fn ensure(libraries: &[Library]) -> Result<PathBuf> {
    if let Some(python) = find(libraries) {
        return Ok(python);
    }
    run(command("python3", ["-m", "venv"]).arg(environment()))?;
    let packages = libraries.iter().map(|library| library.package);
    run(command(&own_python().to_string_lossy(), ["-m", "pip", "install", "--quiet"]).args(packages))?;
    find(libraries).context("pip has installed everything, yet Python does not import it.")
}

fn environment() -> PathBuf {
    paths::tools().join("python")
}

fn own_python() -> PathBuf {
    environment().join("bin/python")
}
