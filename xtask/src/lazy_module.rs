//! The page's second module, with the rooms that src/page/lazy/rooms.rs lists.
//!
//! wasm-split moves what is reached through that list alone into a module of its own, which uses the first
//! one's memory and functions. It needs the linker's relocations, and thus comes before wasm-bindgen.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::command::{command, run};
use crate::paths;

/// Environment variable by which the page is compiled for the cut.
pub const VARIABLE: &str = "LIKENESS_SPLIT";

/// Start and end of the names of the page's first module; between them is a hash of its linked code.
const FIRST: (&str, &str) = ("page-", "_bg.wasm");

/// Cuts the linked code of the page in two; returns the path of the first module.
pub fn cut(linked: &Path) -> Result<PathBuf> {
    run(command("wasm-split-cli", ["--out-name", "page"]).arg(linked).arg(paths::split()))?;
    Ok(paths::split().join("page.wasm"))
}

/// Puts the second module into the folder of the built page, under a name with the first one's hash, and
/// returns the page with a link to it.
pub fn add(page: &str, folder: &Path) -> Result<String> {
    let files = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let files = files.collect::<Result<Vec<_>>>()?;
    let hash = files.iter().find_map(|name| name.strip_prefix(FIRST.0)?.strip_suffix(FIRST.1));
    let name = format!("page-{}_lazy.wasm", hash.context("The folder must hold the page's code.")?);
    let (cut, added) = (paths::split().join("split_lazy.wasm"), folder.join(&name));
    if env::var("TRUNK_PROFILE").is_ok_and(|profile| profile == "release") {
        let index = fs::read_to_string(paths::root().join("index.html"))?;
        let mut optimise = command("wasm-opt", ["-Oz"]);
        run(optimise.args(parameters(&index)?.split(' ')).arg(cut).arg("-o").arg(added))?;
    } else {
        fs::copy(cut, added)?;
    }
    link(page, &name)
}

fn link(page: &str, name: &str) -> Result<String> {
    const END: &str = "</head>";
    ensure!(page.matches(END).count() == 1, "The page must hold “{END}” once.");
    Ok(page.replace(END, &format!("<link rel=\"lazy-module\" href=\"./{name}\" />{END}")))
}

/// Returns the parameters with which trunk optimises the first module.
fn parameters(index: &str) -> Result<&str> {
    let (_, page) = index.split_once("data-bin=\"page\"").context("index.html must name the page.")?;
    let (_, parameters) = page.split_once("data-wasm-opt-params=\"").context("It must have parameters.")?;
    Ok(parameters.split('"').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_links_to_the_second_module() {
        let linked = link("<head><title>a</title></head><body></body>", "b.wasm").unwrap();
        let link = "<link rel=\"lazy-module\" href=\"./b.wasm\" />";
        assert_eq!(linked, format!("<head><title>a</title>{link}</head><body></body>"));
        assert!(super::link("<body></body>", "b.wasm").is_err());
    }

    #[test]
    fn parameters_are_those_of_the_page() {
        let index = fs::read_to_string(paths::root().join("index.html")).unwrap();
        let parameters = parameters(&index).unwrap();
        assert!(parameters.starts_with("-Oz ") && parameters.ends_with("--enable-reference-types"));
        assert!(super::parameters("<link data-bin=\"decoder\" data-wasm-opt-params=\"-O3\" />").is_err());
    }
}
