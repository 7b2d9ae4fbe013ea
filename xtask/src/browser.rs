//! The browser that tests and measurements drive: Chromium (or Chrome) and chromedriver.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::command::{command, output, run};

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
    let Some(prefix) = root_prefix().filter(|_| which::which("apt-get").is_ok()) else {
        bail!(
            "The browser tests need Chromium or Chrome and a chromedriver of the same version: \
             install both so that they are on the PATH, then run this again."
        );
    };
    let apt = |arguments: &[&str]| {
        let quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
        run(command("env", []).args(prefix).args(quiet).args(arguments))
    };
    apt(&["update"])?;
    apt(&["install", "--yes", "chromium", "chromium-driver"])
}

/// What to put before a command that only root may run; nothing where root runs this,
/// and `None` where there is no way to become root without a password.
fn root_prefix() -> Option<&'static [&'static str]> {
    if output(&mut command("id", ["-u"]))? == "0" {
        return Some(&[]);
    }
    output(&mut command("sudo", ["-n", "true"])).map(|_| ["sudo", "-n"].as_slice())
}
