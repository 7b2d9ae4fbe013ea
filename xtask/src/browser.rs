//! The browser that tests and measurements drive: Chromium (or Chrome) and chromedriver.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::apt;

/// The names under which the browser may be installed, in the order of preference.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// An installed browser.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Chromium or Chrome.
    pub chromium: PathBuf,
    /// The driver, of the same version.
    pub driver: PathBuf,
}

/// Looks for the browser on the `PATH`.
pub fn find() -> Option<Browser> {
    let chromium = NAMES.iter().find_map(|name| which::which(name).ok())?;
    let driver = which::which("chromedriver").ok()?;
    Some(Browser { chromium, driver })
}

/// Finds the browser, or installs Debian's where apt is there to do it.
pub fn ensure() -> Result<Browser> {
    if let Some(browser) = find() {
        return Ok(browser);
    }
    install_by_apt()?;
    find().context("apt has installed Chromium, yet `chromium` and `chromedriver` are not on the PATH.")
}

fn install_by_apt() -> Result<()> {
    match apt::install(&["chromium", "chromium-driver"]) {
        Some(installed) => installed,
        None => bail!(
            "The browser tests need Chromium or Chrome and a chromedriver of the same version: \
             install both so that they are on the PATH, then run this again."
        ),
    }
}
