//! Python and its libraries, for the bench's native peer and for reading exports. Optional: callers report
//! what is skipped without it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::apt;
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

/// Runtime of networks in ONNX.
pub const ONNXRUNTIME: Library = Library { module: "onnxruntime", package: "onnxruntime==1.32.0" };

/// The framework of the package in `python/`. No version is pinned: both the old one of Debian and new ones do.
pub const TORCH: Library = Library { module: "torch", package: "torch" };

/// Debian's packages for it, computing on the CPU, with fast products of matrices.
const TORCH_BY_APT: [&str; 4] = ["python3-torch", "python3-numpy", "python3-pil", "libopenblas0"];

/// Size of these packages, from Debian 12.
const TORCH_SIZE: &str = "about 160 MB to download, 700 MB on the disk";

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
    // The system's own has what apt installs, even where another comes first.
    ["python3", "/usr/bin/python3"].map(PathBuf::from).into_iter().chain([own_python()]).find(has_all)
}

/// Returns a Python that has PyTorch; if there is none, apt installs it.
pub fn ensure_torch() -> Result<PathBuf> {
    let libraries = [TORCH, NUMPY, PILLOW];
    if let Some(python) = find(&libraries) {
        return Ok(python);
    }
    println!("PyTorch is not installed. Debian's packages for the CPU take {TORCH_SIZE}.");
    let by_hand = "PyTorch is missing: install torch, numpy and pillow for python3, for instance by pip, whose \
        build for Linux brings several GB of CUDA.";
    apt::install(&TORCH_BY_APT).context(by_hand)??;
    find(&libraries).context(by_hand)
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
