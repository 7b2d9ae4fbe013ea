//! The commands.

use std::env;
use std::fs;
use std::panic::resume_unwind;
use std::path::Path;
use std::process::Command;
use std::thread;

use anyhow::{Context, Result};
use xtask::command::{command, run};
use xtask::python::{self, JAX, NUMPY, PILLOW};
use xtask::server::Server;
use xtask::{address, browser, firefox, paths, policy, version, vulkan};

use crate::{bench, tools};

/// How many browsers are tested at once: each trains a network, so few.
const BROWSERS: &str = "--test-threads=2";

/// What lets models and snapshots be fuzzed as well.
const CHECKPOINTS: &str = "odd-files/checkpoints";

/// Leaves the release page in `dist/`.
pub fn build() -> Result<()> {
    tools::ensure_all()?;
    // trunk takes any value of NO_COLOR but `true` and `false` for a mistake.
    run(command("trunk", ["build", "--release"])
        .current_dir(paths::root())
        .env("PATH", tools::path()?)
        .env_remove("NO_COLOR"))
}

/// Completes the page that trunk is building, and for which it names the folder, by what
/// only the built files can tell.
pub fn finish() -> Result<()> {
    let folder = env::var_os("TRUNK_STAGING_DIR").context("This command is for trunk to call.")?;
    let folder = Path::new(&folder);
    // remote.html has a policy of its own, and neither inline script nor engine.
    let path = folder.join("index.html");
    let page = fs::read_to_string(&path)?;
    let page = policy::allow_inline_scripts(&version::stamp(&page, folder)?)?;
    fs::write(&path, page)?;
    match env::var(address::VARIABLE) {
        Ok(whole) => tell_address(folder, &whole),
        Err(_) => Ok(()),
    }
}

/// Writes the page's public address into the files that people share links to.
fn tell_address(folder: &Path, whole: &str) -> Result<()> {
    for file in address::FILES {
        let path = folder.join(file);
        let page = address::stamp(&fs::read_to_string(&path)?, file, whole)?;
        fs::write(&path, page)?;
    }
    Ok(())
}

/// Builds the page and serves it until interrupted.
pub fn serve(port: u16) -> Result<()> {
    // Before the build, so that a port that is taken is noticed at once.
    let server = Server::start(&paths::dist(), port).with_context(|| {
        format!("Port {port} cannot be used: choose another, as in `cargo xtask serve --port 8081`")
    })?;
    build()?;
    println!("Likeness is at {}/ (Ctrl-C ends it)", server.origin());
    server.wait();
    Ok(())
}

/// Runs the native tests, then those of the page in a real browser.
pub fn test() -> Result<()> {
    browser::ensure()?;
    tools::ensure_axe()?;
    // What links the page keeps one core busy for minutes: the native tests have the others.
    thread::scope(|scope| {
        let page = scope.spawn(build);
        let native = test_natively();
        page.join().unwrap_or_else(|panic| resume_unwind(panic)).and(native)
    })?;
    run(&mut cargo(["test", "--package", "browser-tests", "--", BROWSERS]))
}

/// Runs the native tests: all by one build of what the packages share, for which the compiler
/// takes the longest.
fn test_natively() -> Result<()> {
    // Without a Vulkan driver the WebGPU kernels could not run.
    let engine = if vulkan::ensure() {
        "likeness/bench,likeness/webgpu"
    } else {
        println!("The WebGPU kernels are not tested outside of the browser: there is no Vulkan driver here.");
        "likeness/bench"
    };
    let test = || {
        let packages = ["test", "--package", "likeness", "--package", "xtask", "--package", "odd-files"];
        let mut test = cargo(packages);
        test.args(["--features", engine, "--features", CHECKPOINTS]);
        test
    };
    run(&mut test())?;
    test_python(test())
}

/// Holds what `python/embed.py` makes of a model file against the network itself, with JAX
/// if it can be had.
fn test_python(mut test: Command) -> Result<()> {
    let python = python::ensure(&[NUMPY, PILLOW, JAX]).or_else(|_| python::ensure(&[NUMPY, PILLOW]));
    match python {
        Ok(python) => {
            let only = ["--test", "python", "--", "--ignored", "--show-output"];
            run(test.args(only).env("LIKENESS_PYTHON", python))
        }
        Err(error) => {
            println!("The script for Python was not tested: {error:#}");
            Ok(())
        }
    }
}

/// Runs the tests of the page in Firefox, and shows what they print: what they leave out, and why.
pub fn firefox() -> Result<()> {
    firefox::ensure_browser()?;
    tools::ensure_geckodriver()?;
    tools::ensure_axe()?;
    if !vulkan::ensure() {
        println!("There is no Vulkan driver here: what needs WebGPU is left out.");
    }
    build()?;
    let tests = ["test", "--package", "browser-tests", "--test", "page", "--", "--show-output", BROWSERS];
    run(cargo(tests).env(browser::VARIABLE, "firefox"))
}

/// Prints figures of the page in a real browser.
pub fn measure(what: &[&str]) -> Result<()> {
    browser::ensure()?;
    build()?;
    run(cargo(["run", "--quiet", "--package", "browser-tests", "--bin", "measure", "--"]).args(what))
}

/// Lets a monkey loose on the page in a real browser.
pub fn soak(how: &[&str]) -> Result<()> {
    browser::ensure()?;
    build()?;
    run(cargo(["run", "--quiet", "--package", "browser-tests", "--bin", "soak", "--"]).args(how))
}

/// Fuzzes what reads files, links and messages.
pub fn fuzz(how: &[&str]) -> Result<()> {
    let fuzz = ["run", "--quiet", "--package", "odd-files", "--features", CHECKPOINTS, "--bin", "fuzz", "--"];
    run(cargo(fuzz).args(how))
}

/// Prints what training is worth.
pub fn learning(what: &[&str]) -> Result<()> {
    run(cargo(["bench", "--bench", "learning", "--"]).args(what))
}

/// Prints how long training steps take, here and in other libraries.
pub fn bench(what: &[&str]) -> Result<()> {
    browser::ensure()?;
    bench::build()?;
    run(cargo(["run", "--quiet", "--package", "browser-tests", "--bin", "bench", "--"]).args(what))
}

pub fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut cargo = command("cargo", arguments);
    // An error says where the page went wrong; a backtrace would bury it.
    cargo.current_dir(paths::root()).env("RUST_LIB_BACKTRACE", "0");
    cargo
}
