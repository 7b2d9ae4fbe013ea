//! The page's version: files that keep their names from build to build, such as the engines,
//! are asked for with it in the address, so that no cache answers with another build's.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

/// The files whose contents make the version.
const FILES: [&str; 8] = [
    "decoder.js",
    "decoder_bg.wasm",
    "engine_cpu.js",
    "engine_cpu_bg.wasm",
    "engine_webgpu.js",
    "engine_webgpu_bg.wasm",
    "fashion-1000.png",
    "storage-worker.js",
];

/// Where index.html leaves room for it.
const ROOM: &str = "data-version=\"\"";

/// The page with the version of the files in `folder`.
pub fn stamp(page: &str, folder: &Path) -> Result<String> {
    ensure!(page.matches(ROOM).count() == 1, "The page must hold “{ROOM}” once.");
    Ok(page.replace(ROOM, &format!("data-version=\"{}\"", of(folder)?)))
}

/// The first digits of the SHA-256 of all [`FILES`] in `folder`.
fn of(folder: &Path) -> Result<String> {
    let mut hasher = Sha256::new();
    for name in FILES {
        let contents = fs::read(folder.join(name)).with_context(|| format!("{name} was not built"))?;
        hasher.update(contents.len().to_le_bytes());
        hasher.update(contents);
    }
    let digest = hasher.finalize();
    Ok(digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html data-version=\"\">";

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        FILES.iter().for_each(|name| fs::write(folder.path().join(name), name).unwrap());
        folder
    }

    #[test]
    fn the_version_follows_every_file() {
        let folder = folder();
        let before = stamp(PAGE, folder.path()).unwrap();
        assert_eq!(before, stamp(PAGE, folder.path()).unwrap());
        for name in FILES {
            fs::write(folder.path().join(name), format!("another {name}")).unwrap();
            assert_ne!(before, stamp(PAGE, folder.path()).unwrap(), "{name}");
            fs::write(folder.path().join(name), name).unwrap();
        }
    }

    #[test]
    fn a_missing_file_or_no_room_is_refused() {
        let folder = folder();
        assert!(stamp("<html>", folder.path()).is_err());
        fs::remove_file(folder.path().join(FILES[1])).unwrap();
        let error = stamp(PAGE, folder.path()).unwrap_err();
        assert!(error.to_string().contains(FILES[1]), "{error}");
    }
}
