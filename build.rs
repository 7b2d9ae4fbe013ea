//! Stamps the build with a hash of its sources, so that a page and an engine that were not built together are
//! detected. `LIKENESS_BUILD` in the environment overrides it.

use std::{collections::hash_map::DefaultHasher, env, fs, hash::Hasher, path::Path};

/// Largest memory of a worker with decoders, in bytes: several times the pixels of the largest picture that
/// is decoded. Requests beyond it end the worker, and harm nothing else.
const DECODER_MEMORY: u32 = 3 << 29;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(split)");
    println!("cargo:rerun-if-env-changed=LIKENESS_SPLIT");
    if env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|target| target == "wasm32") {
        for (decoder, feature) in
            [("decoder", None), ("decoder_heic", Some("HEIC")), ("decoder_jxl", Some("JPEG_XL"))]
        {
            // Cargo knows a program only with its features.
            if feature.is_none_or(|feature| env::var_os(format!("CARGO_FEATURE_{feature}")).is_some()) {
                println!("cargo:rustc-link-arg-bin={decoder}=--max-memory={DECODER_MEMORY}");
            }
        }
        // `cargo xtask` sets it when it builds the page, whose code it then cuts in two.
        if env::var_os("LIKENESS_SPLIT").is_some() {
            println!("cargo:rustc-cfg=split");
            println!("cargo:rustc-link-arg-bin=page=--emit-relocs");
        }
    }
    println!("cargo:rerun-if-env-changed=LIKENESS_BUILD");
    if env::var("LIKENESS_BUILD").is_ok() {
        return;
    }
    let mut hasher = DefaultHasher::new();
    for path in ["Cargo.toml", "Cargo.lock", "build.rs", "index.html", "src", "static"] {
        println!("cargo:rerun-if-changed={path}");
        hash(Path::new(path), &mut hasher);
    }
    let version = env::var("CARGO_PKG_VERSION").expect("cargo sets it");
    println!("cargo:rustc-env=LIKENESS_BUILD={version}-{:08x}", hasher.finish() as u32);
}

/// Adds a file, or the files of a folder in the order of their names, to the hash.
fn hash(path: &Path, hasher: &mut DefaultHasher) {
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path)
            .expect("the folder can be read")
            .map(|entry| entry.expect("the entry can be read").path())
            .collect();
        entries.sort();
        entries.iter().for_each(|entry| hash(entry, hasher));
    } else if let Ok(bytes) = fs::read(path) {
        hasher.write(path.to_string_lossy().as_bytes());
        hasher.write(&bytes);
    }
}
