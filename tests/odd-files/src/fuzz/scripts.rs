//! Scripts of the page that read files: zips from links, and the container of an experiment. They run in
//! Node.js.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{LazyLock, Mutex};

use anyhow::{Context, Result, ensure};
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};

/// Prints, for every file it receives, what is wrong with how it was read.
const HARNESS: &str = include_str!("harness.mjs");

static ZIPS: LazyLock<Mutex<Script>> = LazyLock::new(|| {
    let read = "zip => entries(zip, { MAX_BYTES: ROOM, MAX_PICTURES: 10, refused: () => undefined })";
    Mutex::new(Script::start(include_str!("../../../../static/unzip.js"), read))
});

static EXPERIMENTS: LazyLock<Mutex<Script>> = LazyLock::new(|| {
    let script = include_str!("../../../../static/storage-worker.js");
    Mutex::new(Script::start(script, "file => questions.unpack(file)"))
});

/// A running script.
struct Script {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Script {
    /// Starts a script; `read` is the expression in it that reads a file.
    fn start(script: &str, read: &str) -> Self {
        let page = "globalThis.self = globalThis; globalThis.FOLDER = \"/\";";
        let whole = format!("{page}\n{script}\nconst readFile = {read};\n{HARNESS}");
        let mut child = Command::new("node")
            .args(["--input-type=module", "--eval", &whole])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node.js can be started");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        Self { child, output }
    }

    fn read(&mut self, file: &[u8]) -> Result<()> {
        let mut input = self.child.stdin.as_ref().expect("it is piped");
        input.write_all(&u32::try_from(file.len())?.to_le_bytes())?;
        input.write_all(file)?;
        let mut line = String::new();
        self.output.read_line(&mut line).context("The script said nothing.")?;
        ensure!(line == "\n", "The script broke: {line}");
        Ok(())
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

pub fn reads_zip(bytes: &[u8]) -> Result<()> {
    ZIPS.lock().expect("nobody panics with it").read(bytes)
}

pub fn reads_container(bytes: &[u8]) -> Result<()> {
    EXPERIMENTS.lock().expect("nobody panics with it").read(bytes)
}

/// Like [`reads_container`], before compression: most mutations would only break the compression.
pub fn reads_contents(bytes: &[u8]) -> Result<()> {
    reads_container(&gzip(bytes)?)
}

pub fn zips() -> Result<Vec<Vec<u8>>> {
    let picture = [7; 300].as_slice();
    Ok(vec![
        zip(&[("a/one.png", STORED, picture), ("b/two.png", DEFLATED, picture)])?,
        zip(&[("folder/", STORED, b""), ("__MACOSX/x", STORED, b"x"), (".hidden", STORED, b"y")])?,
        zip(&[("bomb.png", DEFLATED, &[0; 3_000_000])])?,
        zip(&[("rare.png", 12, picture)])?,
        zip(&[])?,
    ])
}

pub fn containers() -> Result<Vec<Vec<u8>>> {
    contents()?.iter().map(|contents| gzip(contents)).collect()
}

/// Returns experiments of one part, and of three, the last of which is empty.
pub fn contents() -> Result<Vec<Vec<u8>>> {
    let part = |bytes: &[u8]| [&(bytes.len() as u32).to_le_bytes(), bytes].concat();
    let head = |parts: u32| [b"LIKENESS".as_slice(), &1_u32.to_le_bytes(), &parts.to_le_bytes()].concat();
    Ok(vec![
        [head(1), part(b"body")].concat(),
        [head(3), part(b"body"), part(b"picture"), part(b"")].concat(),
    ])
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// The time 14:15:16 and the date 2024-05-06, as zips contain them.
const TIME: u16 = (14 << 11) | (15 << 5) | (16 / 2);
const DATE: u16 = ((2024 - 1980) << 9) | (5 << 5) | 6;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Returns a zip of files, given by path, compression method and contents.
fn zip(files: &[(&str, u16, &[u8])]) -> Result<Vec<u8>> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for &(path, method, contents) in files {
        let packed = if method == DEFLATED { deflate(contents)? } else { contents.to_vec() };
        let sizes = [crc32fast::hash(contents), packed.len() as u32, contents.len() as u32];
        let common = [
            [20, 0, method, TIME, DATE].map(u16::to_le_bytes).concat(),
            sizes.map(u32::to_le_bytes).concat(),
            [path.len() as u16, 0].map(u16::to_le_bytes).concat(),
        ]
        .concat();
        let start = bytes.len() as u32;
        bytes.extend([b"PK\x03\x04", common.as_slice(), path.as_bytes(), &packed].concat());
        let entry = [b"PK\x01\x02\x14\0", common.as_slice(), &[0; 10], &start.to_le_bytes()].concat();
        directory.extend([&entry, path.as_bytes()].concat());
    }
    let counts = [0, 0, files.len() as u16, files.len() as u16].map(u16::to_le_bytes).concat();
    let place = [directory.len() as u32, bytes.len() as u32].map(u32::to_le_bytes).concat();
    Ok([&bytes, &directory, b"PK\x05\x06".as_slice(), &counts, &place, &[0, 0]].concat())
}

fn deflate(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn unchanged_files_are_read() {
        zips().unwrap().iter().for_each(|file| reads_zip(file).unwrap());
        containers().unwrap().iter().for_each(|file| reads_container(file).unwrap());
        let file = &containers().unwrap()[1];
        let mut contents = Vec::new();
        flate2::read::GzDecoder::new(file.as_slice()).read_to_end(&mut contents).unwrap();
        reads_contents(&contents).unwrap();
    }

    #[test]
    fn folders_names_and_clutter_of_a_zip_are_told_apart() {
        let read = r#"async zip => {
            const { files, missed, skipped } = await entries(zip, { MAX_BYTES: ROOM, MAX_PICTURES: 10, refused: () => undefined });
            const named = files.map(([file, folder, path]) => [file.name, folder, path]);
            throw new RangeError(JSON.stringify([named, missed, skipped]));
        }"#;
        let mut script = Script::start(include_str!("../../../../static/unzip.js"), read);
        let mut file = zip(&[
            ("top/a/one.png", STORED, b"x"),
            ("two.png", DEFLATED, b"y"),
            ("set\\b\\caf_.png", STORED, b"z"),
            ("top/a/@eaDir/one.png/thumb.jpg", STORED, b"t"),
            ("__MACOSX/a/._one.png", STORED, b"m"),
            ("Thumbs.db", STORED, b"d"),
            ("rare.png", 12, b"r"),
        ])
        .unwrap();
        // An accent of code page 437, which is not valid UTF-8.
        while let Some(at) = file.windows(4).position(|bytes| bytes == b"caf_") {
            file[at + 3] = 0x82;
        }
        let expected = concat!(
            r#"[[["one.png","a","top/a/one.png"],["two.png",null,"two.png"],["café.png","b","set/b/café.png"]],"#,
            r#"[["rare.png","It is packed in a way that can’t be read here."]],"#,
            r#"["@eaDir","__MACOSX","Thumbs.db"]]"#
        );
        let said = script.read(&file).unwrap_err().to_string();
        assert!(said.contains(expected), "{said}");
    }

    #[test]
    fn files_of_a_zip_keep_their_times() {
        let read = r#"async zip => {
            const { files } = await entries(zip, { MAX_BYTES: ROOM, MAX_PICTURES: 10, refused: () => undefined });
            const times = files.map(([{ lastModified }]) => lastModified && new Date(lastModified).toLocaleString("sv"));
            throw new RangeError(times.join());
        }"#;
        let mut script = Script::start(include_str!("../../../../static/unzip.js"), read);
        let mut file = zip(&[("one.png", STORED, b"x")]).unwrap();
        let said = script.read(&file).unwrap_err().to_string();
        assert!(said.contains("RangeError: 2024-05-06 14:15:16"), "{said}");
        let date = DATE.to_le_bytes();
        while let Some(at) = file.windows(2).position(|bytes| bytes == date) {
            file[at..at + 2].fill(0);
        }
        let said = script.read(&file).unwrap_err().to_string();
        assert!(said.contains("RangeError: 0 "), "{said}");
    }

    #[test]
    fn a_bomb_in_a_zip_is_refused_by_name() {
        let read = "zip => entries(zip, { MAX_BYTES: 1000, MAX_PICTURES: 10, refused: () => undefined })
            .then(() => {}, error => { throw new RangeError(error.message); })";
        let mut script = Script::start(include_str!("../../../../static/unzip.js"), read);
        let said = script.read(&zips().unwrap()[2]).unwrap_err().to_string();
        assert!(said.contains("too large, bomb.png at the latest."), "{said}");
        script.read(&zips().unwrap()[0]).unwrap();
    }

    #[test]
    fn inputs_that_break_a_script_are_found() {
        let mut script =
            Script::start("", "file => { if (file.size === 3) throw new RangeError('It broke.'); }");
        script.read(b"ab").unwrap();
        assert!(script.read(b"abc").unwrap_err().to_string().contains("RangeError"));
        script.read(b"abcd").unwrap();
    }
}
