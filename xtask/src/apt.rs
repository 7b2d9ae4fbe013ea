//! Debian's package manager, if it is available and may be used.

use anyhow::Result;

use crate::command::{command, output, run};

/// Installs packages; `None` if there is no apt, or no way to become root without a password.
pub fn install(packages: &[&str]) -> Option<Result<()>> {
    let prefix = root_prefix().filter(|_| which::which("apt-get").is_ok())?;
    let apt = |arguments: &[&str]| {
        let quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
        run(command("env", []).args(prefix).args(quiet).args(arguments))
    };
    let arguments = [&["install", "--yes"], packages].concat();
    Some(apt(&["update"]).and_then(|()| apt(&arguments)))
}

/// Returns the prefix of a command that only root may run; empty if the process runs as root.
fn root_prefix() -> Option<&'static [&'static str]> {
    if output(&mut command("id", ["-u"]))? == "0" {
        return Some(&[]);
    }
    output(&mut command("sudo", ["-n", "true"])).map(|_| ["sudo", "-n"].as_slice())
}
