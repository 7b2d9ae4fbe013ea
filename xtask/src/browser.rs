//! Chromium (or Chrome) and chromedriver, which tests and measurements drive. Tests also drive
//! [`crate::firefox`] and [`crate::webkit`].

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::apt;
use crate::command::output;

/// Environment variable that names the browser to test in: `chromium`, the default, `firefox` or `webkit`.
pub const VARIABLE: &str = "LIKENESS_BROWSER";

/// Names under which the browser may be installed, in order of preference.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// An installed browser.
#[derive(Clone, Debug)]
pub struct Browser {
    /// Chromium or Chrome.
    pub chromium: PathBuf,
    /// The driver, of the same major version.
    pub driver: PathBuf,
}

/// Finds a browser on the `PATH` that chromedriver can drive; the error lists what was found.
pub fn find() -> Result<Browser> {
    let driver = which::which("chromedriver").context("There is no chromedriver on the PATH.")?;
    let wanted = version(&driver)?;
    let found = NAMES.iter().filter_map(|name| which::which(name).ok());
    let chromium = choose(found.map(|program| (version(&program), program)), &wanted)?;
    Ok(Browser { chromium, driver })
}

/// Returns the first of these programs that a driver of version `wanted` can drive.
fn choose(found: impl Iterator<Item = (Result<String>, PathBuf)>, wanted: &str) -> Result<PathBuf> {
    let mut others = Vec::new();
    for (version, program) in found {
        match version {
            Ok(version) if major(&version) == major(wanted) => return Ok(program),
            Ok(version) => others.push(format!("{} is {version}", program.display())),
            // On Ubuntu, for example, `chromium-browser` is a script that asks to install something else.
            Err(error) => others.push(error.to_string()),
        }
    }
    if others.is_empty() {
        bail!("There is none of {} on the PATH.", NAMES.join(", "));
    }
    bail!(
        "chromedriver is {wanted}, which drives browsers of its own version alone, but: {}.",
        others.join("; ")
    )
}

/// Finds the browser, or installs Debian's if apt can be used.
pub fn ensure() -> Result<Browser> {
    if let Ok(browser) = find() {
        return Ok(browser);
    }
    install_by_apt()?;
    find().context("apt has installed Chromium, yet it cannot be used")
}

/// Returns a program's version from its output: `Chromium 143.0.7499.40 built on Debian`.
fn version(program: &Path) -> Result<String> {
    let text = output(Command::new(program).arg("--version"));
    let text = text.with_context(|| format!("{} does not say its version", program.display()))?;
    version_in(&text).with_context(|| format!("{} says “{text}” of its version", program.display()))
}

fn version_in(text: &str) -> Option<String> {
    text.split_whitespace()
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))
        .map(str::to_owned)
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared_by_their_first_number() {
        let chromium = version_in("Chromium 143.0.7499.40 built on Debian GNU/Linux 13").unwrap();
        let driver = version_in("ChromeDriver 143.0.7499.41 (f0a)").unwrap();
        assert_eq!((chromium.as_str(), major(&chromium)), ("143.0.7499.40", major(&driver)));
        assert_ne!(major("14.0"), major("143.0"));
        assert_eq!(version_in("no version"), None);
    }

    #[test]
    fn incompatible_or_unversioned_browsers_are_skipped() {
        let found = || {
            [
                ("a", Err(anyhow::anyhow!("a does not say its version"))),
                ("b", Ok("142.1")),
                ("c", Ok("143.1")),
            ]
            .into_iter()
            .map(|(name, version)| (version.map(str::to_owned), PathBuf::from(name)))
        };
        assert_eq!(choose(found(), "143.0").unwrap(), PathBuf::from("c"));
        let error = choose(found(), "144.0").unwrap_err().to_string();
        assert!(error.contains("a does not say its version; b is 142.1; c is 143.1."), "{error}");
        assert!(choose(found().take(0), "144.0").unwrap_err().to_string().contains("none of chromium"));
    }
}
