//! Firefox and geckodriver, the second browser that tests drive.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{apt, paths};

/// Names under which the browser may be installed, in order of preference.
const NAMES: [&str; 2] = ["firefox-esr", "firefox"];

/// An installed browser.
#[derive(Clone, Debug)]
pub struct Firefox {
    /// Firefox or Firefox ESR.
    pub firefox: PathBuf,
    /// The driver, which supports every maintained version of Firefox.
    pub driver: PathBuf,
}

/// Finds Firefox on the `PATH`, and geckodriver there and among this checkout's tools.
pub fn find() -> Result<Firefox> {
    let firefox = find_browser()?;
    let own = which::which_in("geckodriver", Some(paths::tools().join("bin")), paths::root());
    let driver = own.or_else(|_| which::which("geckodriver")).context("There is no geckodriver.")?;
    Ok(Firefox { firefox, driver })
}

/// Finds Firefox, or installs Debian's if apt can be used.
pub fn ensure_browser() -> Result<()> {
    if find_browser().is_ok() {
        return Ok(());
    }
    match apt::install(&["firefox-esr"]) {
        Some(installed) => installed?,
        None => bail!("These tests need Firefox: install it so that it is on the PATH, then run this again."),
    }
    find_browser().context("apt has installed Firefox, yet it cannot be used").map(drop)
}

fn find_browser() -> Result<PathBuf> {
    let found = NAMES.iter().find_map(|name| which::which(name).ok());
    found.with_context(|| format!("There is none of {} on the PATH.", NAMES.join(", ")))
}
