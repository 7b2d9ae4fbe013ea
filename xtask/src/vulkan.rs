//! A device for the WebGPU kernels outside of a browser: any Vulkan driver, in software too.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::apt;

/// Where drivers announce themselves.
const DRIVERS: [&str; 2] = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"];

/// Where libraries lie, themselves or in a folder for each architecture.
const LIBRARIES: [&str; 3] = ["/usr/lib", "/usr/lib64", "/usr/local/lib"];

/// The library by which programs find a driver.
const LOADER: &str = "libvulkan.so.1";

/// Whether the kernels can run here, once Debian's software driver is installed where apt may.
/// They are tested in the browser too, so that without a driver the other tests go on.
pub fn ensure() -> bool {
    // Elsewhere the system brings a driver of its own.
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

fn is_there() -> bool {
    let is_driver = |path: &PathBuf| path.extension() == Some(OsStr::new("json"));
    let has_driver = DRIVERS.into_iter().flat_map(entries).any(|path| is_driver(&path));
    has_driver && LIBRARIES.into_iter().any(holds_loader)
}

fn holds_loader(folder: &str) -> bool {
    Path::new(folder).join(LOADER).exists() || entries(folder).any(|path| path.join(LOADER).exists())
}

fn entries(folder: &str) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()))
}
