//! Device for the WebGPU kernels outside of a browser: any Vulkan driver, including software.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::apt;

/// Folders in which drivers are registered.
const DRIVERS: [&str; 2] = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"];

/// Prefix of the name of the software driver's manifest.
const SOFTWARE: &str = "lvp_icd";

/// Folders of libraries, directly or in a subfolder for each architecture.
const LIBRARIES: [&str; 3] = ["/usr/lib", "/usr/lib64", "/usr/local/lib"];

/// Library by which programs find a driver.
const LOADER: &str = "libvulkan.so.1";

/// Returns whether the kernels can run here, after installing Debian's software driver if apt can be used.
/// Without a driver the other tests still run, since the kernels are tested in the browser too.
pub fn ensure() -> bool {
    // Other systems bring their own driver.
    if !cfg!(target_os = "linux") || is_there() {
        return true;
    }
    match apt::install(&["libvulkan1", "mesa-vulkan-drivers"]) {
        Some(Ok(())) => true,
        Some(Err(error)) => {
            eprintln!("No Vulkan driver could be installed: {error:#}");
            false
        }
        None => false,
    }
}

/// Returns the manifest of Mesa's driver that computes on the CPU.
pub fn software() -> Option<PathBuf> {
    let is_software =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(SOFTWARE));
    drivers().find(is_software)
}

fn is_there() -> bool {
    drivers().next().is_some() && LIBRARIES.into_iter().any(holds_loader)
}

fn drivers() -> impl Iterator<Item = PathBuf> {
    DRIVERS.into_iter().flat_map(entries).filter(|path| path.extension() == Some(OsStr::new("json")))
}

fn holds_loader(folder: &str) -> bool {
    Path::new(folder).join(LOADER).exists() || entries(folder).any(|path| path.join(LOADER).exists())
}

fn entries(folder: &str) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()))
}
