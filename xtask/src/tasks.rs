//! The commands of `cargo xtask`.

use std::fs;
use std::hint;
use std::panic::resume_unwind;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use anyhow::{Context, Result};
use xtask::command::{command, run};
use xtask::phase::phase;
use xtask::python::{self, JAX, NUMPY, ONNXRUNTIME, PILLOW};
use xtask::server::Server;
use xtask::{browser, firefox, paths, vulkan, webkit};

use crate::{bench, building, tools};

/// Number of browsers tested at once; low, since each trains a network.
const BROWSERS: &str = "--test-threads=2";

/// Environment variable with the folder of the numbers to compare.
const GOLDEN: &str = "LIKENESS_GOLDEN";

/// Feature that allows models and snapshots to be fuzzed as well.
const CHECKPOINTS: &str = "odd-files/checkpoints";

/// Builds the page for this machine and serves it until interrupted: with the CPU engine as soon as that is
/// built, and with the WebGPU engine later.
pub fn serve(port: u16) -> Result<()> {
    let server = start(&paths::served(), port)?;
    building::begin_serving()?;
    println!("Likeness is at {}/ (Ctrl-C ends it)", server.origin());
    println!("It computes on the CPU; the engine for WebGPU is being built, which takes longer.");
    building::finish_serving()?;
    println!("The engine for WebGPU is there: reload {}/", server.origin());
    server.wait();
    Ok(())
}

/// Builds the published page and serves it until interrupted.
pub fn serve_published(port: u16) -> Result<()> {
    let server = start(&paths::dist(), port)?;
    building::publish()?;
    println!("Likeness is at {}/ (Ctrl-C ends it)", server.origin());
    server.wait();
    Ok(())
}

/// Starts the server before the build, so that a port in use is detected at once.
fn start(folder: &Path, port: u16) -> Result<Server> {
    Server::start(folder, port).with_context(|| {
        format!("Port {port} cannot be used: choose another, as in `cargo xtask serve --port 8081`")
    })
}

/// Options of the browser tests.
#[derive(Default)]
pub struct Trial<'a> {
    /// Number of times that they have to pass.
    pub repeat: usize,
    /// Number of cores kept busy meanwhile.
    pub busy: usize,
    /// Parts of the names of the tests to run, without the native ones; all tests if empty.
    pub names: Vec<&'a str>,
}

/// Runs the native tests, then those of the page in a real browser.
pub fn test(trial: &Trial) -> Result<()> {
    browser::ensure()?;
    tools::ensure_axe()?;
    if !trial.names.is_empty() {
        building::publish()?;
        return test_page(trial);
    }
    // Linking the page keeps one core busy for minutes: the native tests use the others.
    thread::scope(|scope| {
        let page = scope.spawn(building::publish);
        let native = phase("Native tests", test_natively);
        page.join().unwrap_or_else(|panic| resume_unwind(panic)).and(native)
    })?;
    test_page(trial)?;
    match webkit::ensure() {
        Ok(()) => walk_in_webkit(),
        Err(error) => {
            println!("The page was not tested in WebKit: {error:#}");
            Ok(())
        }
    }
}

/// Runs the tests of the page in a real browser.
fn test_page(trial: &Trial) -> Result<()> {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..trial.busy {
            scope.spawn(|| {
                while !done.load(Relaxed) {
                    hint::spin_loop()
                }
            });
        }
        let tests = || run(cargo(["test", "--package", "browser-tests", "--", BROWSERS]).args(&trial.names));
        let passed = (1..=trial.repeat).try_for_each(|time| phase(&format!("Browser tests, {time}"), tests));
        done.store(true, Relaxed);
        passed
    })
}

/// Runs the native tests, all in one build of the shared packages, which take longest to compile.
fn test_natively() -> Result<()> {
    // Without a Vulkan driver the WebGPU kernels cannot run.
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
    phase("Python", || test_python(test()))
}

/// Compares the output of `python/embed.py` for a model file with the network itself, with JAX and ONNX
/// Runtime if they are available.
fn test_python(mut test: Command) -> Result<()> {
    let python = python::ensure(&[NUMPY, PILLOW, ONNXRUNTIME, JAX])
        .or_else(|_| python::ensure(&[NUMPY, PILLOW, ONNXRUNTIME]))
        .or_else(|_| python::ensure(&[NUMPY, PILLOW]));
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

/// Compares the package for PyTorch with this crate, which writes numbers to compare, and reads files that the
/// package has written; the page opens them, too.
pub fn torch() -> Result<()> {
    let python = python::ensure_torch()?;
    let folder = paths::target().join("torch");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let crate_test = |names: &str, ignored: &str| {
        run(cargo(["test", "--test", "torch", names, "--", ignored]).env(GOLDEN, &folder))
    };
    phase("Table of settings", || crate_test("the_settings", "--nocapture"))?;
    phase("Golden files", || crate_test("golden_files", "--ignored"))?;
    phase("Package", || {
        let mut tests = command(&python.to_string_lossy(), ["-m", "unittest", "discover", "--verbose"]);
        tests.args(["--start-directory", "tests", "--top-level-directory", "."]);
        run(tests.current_dir(paths::root().join("python")).env(GOLDEN, &folder))
    })?;
    phase("Files of the package", || crate_test("of_the_package_open", "--ignored"))?;
    phase("Sample", || crate_test("a_sample_opens", "--ignored"))?;
    browser::ensure()?;
    building::publish()?;
    let page = ["test", "--package", "browser-tests", "--test", "page", "package::", "--", "--ignored"];
    phase("The page", || run(cargo(page).env(GOLDEN, &folder)))
}

/// Runs the tests of the page in Firefox, and shows their output, which names the skipped parts and the
/// reasons.
pub fn firefox() -> Result<()> {
    firefox::ensure_browser()?;
    tools::ensure_geckodriver()?;
    tools::ensure_axe()?;
    if !vulkan::ensure() {
        println!("There is no Vulkan driver here: what needs WebGPU is left out.");
    }
    building::publish()?;
    let tests = ["test", "--package", "browser-tests", "--test", "page", "--", "--show-output", BROWSERS];
    run(cargo(tests).env(browser::VARIABLE, "firefox"))
}

/// Runs a walk through the page in WebKit, whose driver is capable of no more.
pub fn webkit() -> Result<()> {
    webkit::ensure()?;
    building::publish()?;
    walk_in_webkit()
}

fn walk_in_webkit() -> Result<()> {
    let walk = ["test", "--package", "browser-tests", "--test", "page", "--", "--show-output", "walk::"];
    phase("A walk in WebKit", || run(cargo(walk).env(browser::VARIABLE, "webkit")))
}

/// Prints measurements of the page in a real browser.
pub fn measure(what: &[&str]) -> Result<()> {
    browser::ensure()?;
    building::publish()?;
    run(cargo(["run", "--quiet", "--package", "browser-tests", "--bin", "measure", "--"]).args(what))
}

/// Runs random input on the page in a real browser.
pub fn soak(how: &[&str]) -> Result<()> {
    browser::ensure()?;
    building::publish()?;
    run(cargo(["run", "--quiet", "--package", "browser-tests", "--bin", "soak", "--"]).args(how))
}

/// Fuzzes the readers of files, links and messages.
pub fn fuzz(how: &[&str]) -> Result<()> {
    let fuzz = ["run", "--quiet", "--package", "odd-files", "--features", CHECKPOINTS, "--bin", "fuzz", "--"];
    run(cargo(fuzz).args(how))
}

/// Prints the accuracy gained by training.
pub fn learning(what: &[&str]) -> Result<()> {
    run(cargo(["bench", "--bench", "learning", "--"]).args(what))
}

/// Prints how many altered copies of pictures are found.
pub fn copies(what: &[&str]) -> Result<()> {
    run(cargo(["bench", "--no-default-features", "--features", "bench", "--bench", "copies", "--"])
        .args(what))
}

/// Prints how long training steps take, in Likeness and in other libraries.
pub fn bench(what: &[&str]) -> Result<()> {
    if what == ["overhead"] {
        return run(&mut cargo(["bench", "--features", "bench,webgpu", "--bench", "overhead"]));
    }
    browser::ensure()?;
    bench::build()?;
    run(cargo(["run", "--quiet", "--package", "browser-tests", "--bin", "bench", "--"]).args(what))?;
    if what.is_empty() || what.contains(&"cpu") { measure(&["cores"]) } else { Ok(()) }
}

pub fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut cargo = command("cargo", arguments);
    // An error says where the page went wrong; a backtrace would bury it.
    cargo.current_dir(paths::root()).env("RUST_LIB_BACKTRACE", "0");
    cargo
}
