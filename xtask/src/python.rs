//! Python and its libraries, for the bench's native peer and for reading exports. Optional: callers report
//! what is skipped without it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::{command, output, run};
use crate::paths;

/// A pinned library.
#[derive(Clone, Copy)]
pub struct Library {
    module: &'static str,
    package: &'static str,
}

/// Library in which the same network is written.
pub const JAX: Library = Library { module: "jax", package: "jax==0.10.2" };
/// Arrays.
pub const NUMPY: Library = Library { module: "numpy", package: "numpy==2.4.6" };
/// Pictures.
pub const PILLOW: Library = Library { module: "PIL", package: "pillow==13.0.0" };

impl Library {
    /// Returns the version installed for this Python.
    pub fn version(self, python: &Path) -> Option<String> {
        let Self { module, .. } = self;
        let print = format!("import {module}; print({module}.__version__)");
        output(&mut command(&python.to_string_lossy(), ["-c", &print]))
    }
}

/// Finds a Python that has all of these libraries.
pub fn find(libraries: &[Library]) -> Option<PathBuf> {
    let has_all = |python: &PathBuf| libraries.iter().all(|library| library.version(python).is_some());
    [PathBuf::from("python3"), own_python()].into_iter().find(has_all)
}

/// Returns a Python that has all of these libraries. If there is none, they are installed only for this
/// checkout.
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
