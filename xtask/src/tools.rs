//! Pinned tools that build the page, installed when missing.
//!
//! A tool on the `PATH` is used if it has the right version; otherwise a copy only for this checkout is
//! installed under `target/tools`, by cargo or npm.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use xtask::command::{command, output, run};
use xtask::paths;

/// Compilation target of browsers.
pub const TARGET: &str = "wasm32-unknown-unknown";
const BINDGEN: &str = "wasm-bindgen-cli";
const TRUNK: &str = "0.21.14";
const BINARYEN: &str = "132";
const SPLIT: &str = "0.2.4";
const AXE: &str = "4.14.1";
const DENY: &str = "0.20.2";
const GECKODRIVER: &str = "0.37.1";

/// Ensures that all tools for the published page are installed.
pub fn ensure_all() -> Result<()> {
    ensure_trunk()?;
    ensure_compiler()?;
    ensure_split()?;
    ensure_tool("wasm-opt", BINARYEN, install_binaryen)
}

/// Ensures that trunk is installed.
pub fn ensure_trunk() -> Result<()> {
    // Without its update check, which queries crates.io at every build.
    let quietly = ["--locked", "--no-default-features", "--features", "rustls"];
    ensure_tool("trunk", TRUNK, || install("trunk", TRUNK, &quietly))
}

/// Ensures that Rust can be compiled for the browser.
pub fn ensure_compiler() -> Result<()> {
    ensure_target()?;
    let bindgen = locked_version("wasm-bindgen")?;
    // Its published lock file names versions that have been withdrawn since, hence no `--locked`.
    ensure_tool("wasm-bindgen", &bindgen, || install(BINDGEN, &bindgen, &["--bin", "wasm-bindgen"]))
}

/// Ensures that the program that cuts the page's code in two is installed. It does not tell its version;
/// cargo does.
pub fn ensure_split() -> Result<()> {
    const PACKAGE: &str = "wasm_split_cli_support";
    let installed = fs::read_to_string(paths::tools().join(".crates.toml")).unwrap_or_default();
    if installed.contains(&format!("\"{PACKAGE} {SPLIT} ")) {
        return Ok(());
    }
    eprintln!("Installing {PACKAGE} {SPLIT} for this checkout …");
    install(PACKAGE, SPLIT, &["--locked", "--features", "build-binary"])
}

/// Ensures that cargo-deny, which checks the dependencies, is installed.
pub fn ensure_deny() -> Result<()> {
    ensure_tool("cargo-deny", DENY, || install("cargo-deny", DENY, &["--locked"]))
}

/// Ensures that geckodriver, by which the browser tests drive Firefox, is installed.
pub fn ensure_geckodriver() -> Result<()> {
    ensure_tool("geckodriver", GECKODRIVER, || install("geckodriver", GECKODRIVER, &["--locked"]))
}

/// Ensures that axe-core, by which the browser tests check accessibility, is installed.
pub fn ensure_axe() -> Result<()> {
    let package = fs::read_to_string(paths::axe().with_file_name("package.json")).unwrap_or_default();
    if package.contains(&format!("\"version\": \"{AXE}\"")) {
        return Ok(());
    }
    npm_install(&paths::tools(), &[&format!("axe-core@{AXE}")])
}

/// Returns the `PATH` with this checkout's own tools in front.
pub fn path() -> Result<OsString> {
    let inherited = env::var_os("PATH").unwrap_or_default();
    let folders = own_folders().into_iter().chain(env::split_paths(&inherited));
    Ok(env::join_paths(folders)?)
}

fn own_folders() -> [PathBuf; 2] {
    [paths::tools().join("bin"), paths::tools().join("node_modules/.bin")]
}

/// Ensures that the compiler can build for the browser.
fn ensure_target() -> Result<()> {
    let libraries = output(&mut command("rustc", ["--print", "target-libdir", "--target", TARGET]));
    if libraries.is_some_and(|folder| Path::new(&folder).exists()) {
        return Ok(());
    }
    run(&mut command("rustup", ["target", "add", TARGET]))
        .with_context(|| format!("Rust's standard library for {TARGET} is missing"))
}

/// Ensures that Rust's formatter and lints are installed, which rustup's minimal profile lacks.
pub fn ensure_components() -> Result<()> {
    for (program, component) in [("cargo-fmt", "rustfmt"), ("cargo-clippy", "clippy")] {
        if output(&mut command(program, ["--version"])).is_none() {
            run(&mut command("rustup", ["component", "add", component]))
                .with_context(|| format!("Rust's component {component} is missing"))?;
        }
    }
    Ok(())
}

/// Installs a tool unless the installed one has the right version.
fn ensure_tool(name: &str, version: &str, install: impl FnOnce() -> Result<()>) -> Result<()> {
    if installed_version(name)?.as_deref() == Some(version) {
        return Ok(());
    }
    eprintln!("Installing {name} {version} for this checkout …");
    install().with_context(|| format!("{name} {version} is needed"))?;
    let found = installed_version(name)?;
    ensure!(
        found.as_deref() == Some(version),
        "{name} {version} was installed, yet {} is what runs.",
        found.as_deref().unwrap_or("none")
    );
    Ok(())
}

/// Returns the version from a tool's output: `trunk 0.21.14`, `wasm-opt version 132 (version_132)`.
fn installed_version(name: &str) -> Result<Option<String>> {
    let Ok(program) = which::which_in(name, Some(path()?), paths::root()) else {
        return Ok(None);
    };
    let text = output(Command::new(program).arg("--version")).unwrap_or_default();
    let version = text.split_whitespace().skip(1).find(|word| *word != "version");
    Ok(version.map(str::to_owned))
}

/// Installs a package's published binaries if `cargo binstall` is available to fetch them; otherwise compiles
/// them.
fn install(package: &str, version: &str, compiling: &[&str]) -> Result<()> {
    if output(&mut command("cargo", ["binstall", "-V"])).is_some() {
        let mut fetch = command("cargo", ["binstall", "--no-confirm", "--version", version, "--root"]);
        if run(fetch.arg(paths::tools()).arg(package)).is_ok() {
            return Ok(());
        }
    }
    let mut compile = command("cargo", ["install", package, "--version", version, "--root"]);
    compile.arg(paths::tools()).args(compiling);
    // The tools share dependencies, and none runs long enough to repay the time to optimise it; only
    // wasm-bindgen reads megabytes.
    compile.env("CARGO_TARGET_DIR", paths::tools().join("build"));
    compile.envs([
        ("CARGO_PROFILE_RELEASE_LTO", "off"),
        ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", if package == BINDGEN { "1" } else { "0" }),
    ]);
    run(&mut compile)
}

/// Installs Binaryen's npm package, which contains its tools as WebAssembly: no compiler, no download beyond
/// npm's.
fn install_binaryen() -> Result<()> {
    npm_install(&paths::tools(), &[&format!("binaryen@{BINARYEN}.0.0")])
}

/// Installs npm packages into `folder`.
pub fn npm_install(folder: &Path, packages: &[&str]) -> Result<()> {
    fs::create_dir_all(folder)?;
    run(command("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--prefix"])
        .arg(folder)
        .args(packages))
}

/// Returns the version of a package in `Cargo.lock`.
fn locked_version(package: &str) -> Result<String> {
    let lock = fs::read_to_string(paths::root().join("Cargo.lock"))?;
    version_in(&lock, package).with_context(|| format!("Cargo.lock does not name {package}."))
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let (_, entry) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    Some(entry.split_once('"')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_the_lock_file() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.3\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.3"));
        assert_eq!(version_in(lock, "trunk"), None);
    }
}
