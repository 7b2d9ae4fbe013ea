//! A stand-in for wasm-bindgen, which cuts the page's code in two before the true one reads it.
//!
//! trunk runs the first program of this name on the `PATH`. While it builds the page, that is a copy of
//! `cargo xtask`, and the true one follows.

use std::env::{self, consts::EXE_SUFFIX};
use std::ffi::OsString;
use std::fs;
use std::iter;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use xtask::command::run;
use xtask::{lazy_module, paths};

use crate::tools;

/// Name of the program.
const NAME: &str = "wasm-bindgen";

/// Returns the `PATH` with the stand-in in front.
pub fn path() -> Result<OsString> {
    let folder = paths::split().join("bin");
    fs::create_dir_all(&folder)?;
    fs::copy(env::current_exe()?, folder.join(format!("{NAME}{EXE_SUFFIX}")))?;
    Ok(env::join_paths(iter::once(folder).chain(env::split_paths(&tools::path()?)))?)
}

/// Returns whether this program is the stand-in.
pub fn is_called() -> bool {
    env::current_exe().is_ok_and(|this| this.file_stem() == Some(NAME.as_ref()))
}

/// Does what wasm-bindgen does, with the arguments of this program.
pub fn bind() -> Result<()> {
    let this = env::current_exe()?.canonicalize()?;
    let is_this = |program: &Path| program.canonicalize().is_ok_and(|program| program == this);
    let bindgen = which::which_all(NAME)?.find(|program| !is_this(program));
    let mut bindgen = Command::new(bindgen.context("wasm-bindgen is not installed.")?);
    for argument in env::args_os().skip(1) {
        if Path::new(&argument).ends_with("page.wasm") {
            // The second module uses the first one's table of functions, which is otherwise removed.
            bindgen.arg(lazy_module::cut(Path::new(&argument))?).arg("--keep-lld-exports");
        } else {
            bindgen.arg(argument);
        }
    }
    run(&mut bindgen)
}
