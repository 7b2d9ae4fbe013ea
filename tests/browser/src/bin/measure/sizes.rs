//! Download sizes.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use browser_tests::site;
use likeness::image::Codec;
use xtask::{command, compression, paths};

/// Prints a file's size, uncompressed and compressed by gzip and by brotli, each at its best. Workers' programs
/// lie in dist/ compressed.
const COMPRESS: &str = "
    const zlib = require('zlib');
    const file = require('fs').readFileSync(process.argv[1]);
    const bytes = process.argv[1].endsWith('.gzip') ? zlib.gunzipSync(file) : file;
    const sizes = [bytes, zlib.gzipSync(bytes, {level: 9}), zlib.brotliCompressSync(bytes)];
    console.log(sizes.map(bytes => bytes.length).join(' '));
";

/// Prints the sizes of page, decoders and engines.
pub fn measure() -> Result<()> {
    let workers = Codec::ALL.map(Codec::name).into_iter().chain(site::ENGINES);
    let workers = workers.map(|worker| (worker, compression::program(worker, &paths::dist())));
    let page = [("page", find_page("_bg.wasm")?), ("its second module", find_page("_lazy.wasm")?)];
    for (name, file) in page.into_iter().chain(workers) {
        let sizes = command::output(Command::new("node").args(["-e", COMPRESS]).arg(&file));
        let sizes = sizes.with_context(|| format!("node could not compress {}.", file.display()))?;
        let kilobytes: Vec<_> = sizes.split(' ').map(|size| size.parse().unwrap_or(f64::NAN) / 1e3).collect();
        let [raw, gzip, brotli] = kilobytes[..] else { bail!("node printed “{sizes}”.") };
        println!("  {name} wasm: {raw:.0} kB raw, {gzip:.0} kB gzip, {brotli:.0} kB brotli");
    }
    Ok(())
}

/// Returns a module of the page's own code, whose name contains a hash before this ending.
fn find_page(ending: &str) -> Result<PathBuf> {
    let entries = fs::read_dir(paths::dist())?.filter_map(|entry| Some(entry.ok()?.path()));
    let is_page = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("page-") && name.ends_with(ending)
    };
    entries.into_iter().find(is_page).context("dist/ holds no page.")
}
