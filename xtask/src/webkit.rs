//! WebKit for GTK with its driver, and a screen for it: the third browser that tests drive.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::apt;

/// Debian's packages: the driver, which brings the browser with it, and a screen without hardware.
const PACKAGES: [&str; 2] = ["webkit2gtk-driver", "xvfb"];

/// Folder of libraries; one of its folders, named after the machine, holds the browser.
const LIBRARIES: &str = "/usr/lib";

/// An installed browser.
#[derive(Clone, Debug)]
pub struct WebKit {
    /// The browser, which is small and has no other use.
    pub browser: PathBuf,
    /// The driver, of the same version.
    pub driver: PathBuf,
    /// The screen, since the browser cannot do without one.
    pub screen: PathBuf,
}

/// Finds the browser, its driver and a screen.
pub fn find() -> Result<WebKit> {
    let driver = which::which("WebKitWebDriver").context("There is no WebKitWebDriver on the PATH.")?;
    let screen = which::which("Xvfb").context("There is no Xvfb on the PATH.")?;
    let folders = fs::read_dir(LIBRARIES)?.filter_map(|folder| Some(folder.ok()?.path()));
    let browser = folders.map(|folder| folder.join("webkit2gtk-4.1/MiniBrowser")).find(|path| path.exists());
    let browser = browser.with_context(|| format!("There is no MiniBrowser in {LIBRARIES}."))?;
    Ok(WebKit { browser, driver, screen })
}

/// Finds everything, or installs Debian's packages if apt can be used.
pub fn ensure() -> Result<()> {
    if find().is_ok() {
        return Ok(());
    }
    match apt::install(&PACKAGES) {
        Some(installed) => installed?,
        None => bail!(
            "This test needs Debian's packages {}: install them, then run this again.",
            PACKAGES.join(" and ")
        ),
    }
    find().context("apt has installed WebKit, yet it cannot be used").map(drop)
}
