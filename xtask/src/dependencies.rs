//! Checks of the dependencies, by cargo-deny and `deny.toml`.

use anyhow::Result;
use xtask::command::{command, output, run};
use xtask::paths;

use crate::tools;

/// Checks licences, bans and sources, and known vulnerabilities if their list can be fetched.
pub fn check() -> Result<()> {
    tools::ensure_deny()?;
    run(&mut deny(&["check", "bans", "licenses", "sources"])?)?;
    if output(&mut deny(&["fetch", "db"])?).is_none() {
        eprintln!(
            "The database of advisories cannot be reached from here: known vulnerabilities were not looked for."
        );
        return Ok(());
    }
    run(&mut deny(&["check", "--disable-fetch", "advisories"])?)
}

fn deny(arguments: &[&str]) -> Result<std::process::Command> {
    let mut deny = command("cargo", ["deny", "--locked"]);
    deny.args(arguments).current_dir(paths::root()).env("PATH", tools::path()?);
    Ok(deny)
}
