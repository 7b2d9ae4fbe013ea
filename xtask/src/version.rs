//! Version of the page: files that keep their names from build to build, such as the engines, are requested
//! with it in the address, so that no cache answers with another build's.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

/// The page itself.
const PAGE: &str = "index.html";

/// Place in the page for the version.
const ROOM: &str = "data-version=\"\"";

/// Returns the page with the version of the files in `folder`.
pub fn stamp(page: &str, folder: &Path) -> Result<String> {
    ensure!(page.matches(ROOM).count() == 1, "The page must hold “{ROOM}” once.");
    Ok(page.replace(ROOM, &format!("data-version=\"{}\"", of(folder)?)))
}

/// Returns the first digits of the SHA-256 of all files in `folder` but [`PAGE`], which will contain them.
fn of(folder: &Path) -> Result<String> {
    let entries =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<BTreeSet<_>>>()?;
    let mut hasher = Sha256::new();
    for path in entries.iter().filter(|path| path.is_file() && !path.ends_with(PAGE)) {
        let contents = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        hasher.update(path.file_name().unwrap_or_default().as_encoded_bytes());
        hasher.update(contents.len().to_le_bytes());
        hasher.update(contents);
    }
    let digest = hasher.finalize();
    Ok(digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "<html data-version=\"\">";

    #[test]
    fn version_depends_on_every_file_but_the_page() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        let stamp = || stamp(TEXT, folder.path()).unwrap();
        write("engine.wasm", "code");
        write(PAGE, TEXT);
        let first = stamp();
        write(PAGE, &first);
        assert_eq!(stamp(), first);
        write("engine.wasm", "other code");
        let second = stamp();
        assert_ne!(second, first);
        write("engine.js", "");
        assert_ne!(stamp(), second);
    }

    #[test]
    fn page_without_a_version_place_is_refused() {
        assert!(stamp("<html>", tempfile::tempdir().unwrap().path()).is_err());
    }
}
