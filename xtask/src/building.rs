//! Building the page.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use xtask::command::{command, run};
use xtask::phase::phase;
use xtask::unfinished::{self, UNFINISHED};
use xtask::{address, compression, lazy_module, paths, policy, version};

use crate::{binding, tools};

/// A program of the page, as index.html has trunk compile it.
struct Program {
    name: &'static str,
    features: &'static str,
    /// Cargo profile in the published page.
    published: &'static str,
    /// Cargo profile in the page served on this machine.
    served: &'static str,
}

const PAGE: Program = Program { name: "page", features: "page", published: "page", served: "serve-page" };
const DECODER: Program = worker("decoder", "");
const DECODER_HEIC: Program = worker("decoder_heic", "heic");
const DECODER_JXL: Program = worker("decoder_jxl", "jpeg_xl");
const ENGINE_CPU: Program = worker("engine_cpu", "engine");
const ENGINE_WEBGPU: Program = worker("engine_webgpu", "webgpu");

/// Programs of workers that the page can be opened without.
const LATER: [Program; 3] = [DECODER_HEIC, DECODER_JXL, ENGINE_WEBGPU];

const fn worker(name: &'static str, features: &'static str) -> Program {
    Program { name, features, published: "release", served: SERVE }
}

/// Cargo profile for local use of everything for which index.html names no other.
const SERVE: &str = "serve";

/// Builds the published page in `dist/`.
pub fn publish() -> Result<()> {
    // First, since compiling the tests, meanwhile, replaces the file of this program.
    let path = binding::path()?;
    phase("Tools", tools::ensure_all)?;
    for program in [PAGE, DECODER, ENGINE_CPU].iter().chain(&LATER) {
        compile(program, program.published)?;
    }
    let mut trunk = trunk()?;
    trunk.arg("--release").env("PATH", path).env(lazy_module::VARIABLE, "1");
    phase("wasm-bindgen, wasm-opt and files", || run(&mut trunk))
}

/// Builds a page in [`paths::served`] with only the CPU engine, marked as unfinished.
pub fn begin_serving() -> Result<()> {
    phase("Tools", || tools::ensure_trunk().and_then(|()| tools::ensure_compiler()))?;
    for program in [PAGE, DECODER, ENGINE_CPU] {
        compile(&program, program.served)?;
    }
    let (index, unfinished) = (paths::root().join("index.html"), paths::root().join(UNFINISHED));
    let names = LATER.each_ref().map(|program| program.name);
    fs::write(&unfinished, unfinished::without(&fs::read_to_string(index)?, &names)?)?;
    let built = phase("wasm-bindgen and files", || run(trunk_to_serve()?.arg(UNFINISHED)));
    fs::remove_file(unfinished)?;
    built
}

/// Adds the other programs to the page in [`paths::served`].
pub fn finish_serving() -> Result<()> {
    for program in &LATER {
        compile(program, program.served)?;
    }
    phase("wasm-bindgen and files", || run(&mut trunk_to_serve()?))
}

/// Compiles a program before trunk asks for it: trunk would compile all in any order, which hides how long
/// each takes.
fn compile(program: &Program, profile: &str) -> Result<()> {
    let what = ["build", "--target", tools::TARGET, "--bin", program.name, "--profile", profile];
    let features = ["--no-default-features", "--features", program.features];
    let mut cargo = command("cargo", what);
    cargo.args(features).current_dir(paths::root());
    // The page that is served on this machine is one module.
    if profile == program.published {
        cargo.env(lazy_module::VARIABLE, "1");
    }
    phase(&format!("Compiling {}", program.name), || run(remapped(&mut cargo)?))
}

fn trunk() -> Result<Command> {
    let mut trunk = command("trunk", ["build"]);
    trunk.current_dir(paths::root()).env("PATH", tools::path()?);
    // trunk rejects any value of NO_COLOR but `true` and `false`.
    remapped(trunk.env_remove("NO_COLOR"))?;
    Ok(trunk)
}

fn trunk_to_serve() -> Result<Command> {
    let mut trunk = trunk()?;
    trunk.args(["--cargo-profile", SERVE, "--dist"]).arg(paths::served());
    Ok(trunk)
}

/// Keeps this machine's folders out of the build: panic locations in dependencies omit them.
///
/// Cargo's own configuration for the target still applies.
pub fn remapped(cargo: &mut Command) -> Result<&mut Command> {
    let sources = home::cargo_home()?.join("registry/src");
    let flag = format!("--remap-path-prefix={}=crates", sources.display());
    Ok(cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flag))
}

/// Completes the page that trunk is building, in the folder that trunk names, with values that depend on the
/// built files.
pub fn finish() -> Result<()> {
    let folder = env::var_os("TRUNK_STAGING_DIR").context("This command is for trunk to call.")?;
    let folder = Path::new(&folder);
    // While the page is being built, some are not there yet.
    let is_there = |worker: &Program| folder.join(format!("{}.js", worker.name)).exists();
    let workers = [DECODER, ENGINE_CPU];
    for worker in workers.iter().chain(&LATER).filter(|worker| is_there(worker)) {
        compression::compress(worker.name, folder)?;
    }
    // remote.html has its own policy, and neither inline script nor engine.
    let path = folder.join("index.html");
    let mut page = fs::read_to_string(&path)?;
    if env::var_os(lazy_module::VARIABLE).is_some() {
        page = lazy_module::add(&page, folder)?;
    }
    let page = policy::allow_inline_scripts(&version::stamp(&page, folder)?)?;
    fs::write(&path, page)?;
    match env::var(address::VARIABLE) {
        Ok(whole) => tell_address(folder, &whole),
        Err(_) => Ok(()),
    }
}

/// Writes the page's public address into the files to which people share links.
fn tell_address(folder: &Path, whole: &str) -> Result<()> {
    for file in address::FILES {
        let path = folder.join(file);
        let page = address::stamp(&fs::read_to_string(&path)?, file, whole)?;
        fs::write(&path, page)?;
    }
    Ok(())
}
