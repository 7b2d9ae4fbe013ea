//! Compression of the programs of workers, for hosts that compress nothing.
//!
//! The page itself decompresses them while it compiles. The ending is one that no host associates with an
//! encoding: as `.gz`, some would declare it in a header, and the browser would decompress the file first.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::{GzDecoder, GzEncoder};

/// Returns the path of a worker's compressed program in a built page.
pub fn program(worker: &str, folder: &Path) -> PathBuf {
    folder.join(format!("{worker}_bg.wasm.gzip"))
}

/// Replaces a worker's program, as wasm-bindgen names it, by the compressed one.
pub fn compress(worker: &str, folder: &Path) -> Result<()> {
    let plain = folder.join(format!("{worker}_bg.wasm"));
    let code = fs::read(&plain).with_context(|| format!("{} cannot be read", plain.display()))?;
    write(worker, folder, &code)?;
    Ok(fs::remove_file(plain)?)
}

/// Writes a worker's program, compressed.
pub fn write(worker: &str, folder: &Path, code: &[u8]) -> Result<()> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(code)?;
    Ok(fs::write(program(worker, folder), encoder.finish()?)?)
}

/// Reads a worker's program, decompressed.
pub fn read(worker: &str, folder: &Path) -> Result<Vec<u8>> {
    let path = program(worker, folder);
    let code = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut decoder = GzDecoder::new(Vec::new());
    decoder.write_all(&code)?;
    Ok(decoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_program_replaces_the_plain_one() {
        let folder = tempfile::tempdir().unwrap();
        let code = b"\0asm".repeat(1000);
        fs::write(folder.path().join("engine_bg.wasm"), &code).unwrap();
        compress("engine", folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(fs::read(program("engine", folder.path())).unwrap().len() < code.len() / 10);
        assert_eq!(read("engine", folder.path()).unwrap(), code);
        assert!(read("decoder", folder.path()).is_err());
    }
}
