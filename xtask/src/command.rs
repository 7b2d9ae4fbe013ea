//! Running other programs, visibly.

use std::io::ErrorKind;
use std::process::{Command, Stdio};

use anyhow::{Result, anyhow, bail};

/// Builds a command from a program and its arguments.
pub fn command<const N: usize>(program: &str, arguments: [&str; N]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// Prints the command, runs it with its output shown, and fails unless it succeeds.
pub fn run(command: &mut Command) -> Result<()> {
    eprintln!("$ {}", spell(command));
    let status = command.status().map_err(|error| explain(command, &error))?;
    if !status.success() {
        bail!("`{}` failed ({status}); its own words are above.", spell(command));
    }
    Ok(())
}

/// Returns the command's standard output, trimmed, if it can be run and succeeds; runs silently.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Returns the command as typed in a shell.
fn spell(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Returns one sentence about a program that could not be started.
fn explain(command: &Command, error: &std::io::Error) -> anyhow::Error {
    let program = command.get_program().to_string_lossy();
    match error.kind() {
        ErrorKind::NotFound => anyhow!("`{program}` is not installed: install it and run this again."),
        _ => anyhow!("`{program}` could not be started: {error}."),
    }
}
