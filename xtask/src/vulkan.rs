//! A device for the WebGPU kernels outside of a browser: any Vulkan driver, in software too.

use std::fs;

use anyhow::{Context, Result};

use crate::apt;

/// Where drivers announce themselves.
const FOLDERS: [&str; 2] = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"];

/// Whether the kernels can run here, once Debian's software driver is installed where apt may.
pub fn ensure() -> Result<bool> {
    // Elsewhere the system brings a driver of its own.
    if !cfg!(target_os = "linux") || is_there() {
        return Ok(true);
    }
    match apt::install(&["mesa-vulkan-drivers"]) {
        Some(installed) => installed.context("No Vulkan driver could be installed").map(|()| true),
        None => Ok(false),
    }
}

fn is_there() -> bool {
    FOLDERS.into_iter().filter_map(|folder| fs::read_dir(folder).ok()).any(|mut files| files.next().is_some())
}
