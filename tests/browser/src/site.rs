//! Content served to the browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, Result, ensure};
use likeness::protocol::BUILD;
use memchr::memmem;
use regex::Regex;
use xtask::{compression, paths, policy, version};

/// Engines within the built page, without their extensions.
pub const ENGINES: [&str; 2] = ["engine_cpu", "engine_webgpu"];

/// The page's own decoders within the built page, without their extension.
pub const DECODER: &str = "decoder";

/// Version of the page.
static VERSION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"data-version="[^"]*""#).expect("it is well formed"));

/// Checksum of a linked file.
static INTEGRITY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#" integrity="[^"]*""#).expect("it is well formed"));

/// Copies the built page into `folder`.
pub fn copy_built(folder: &Path) -> Result<()> {
    copy_folder(&built()?, folder)
}

/// Returns the built page, if it was built from the same sources as these tests.
pub fn built() -> Result<PathBuf> {
    let dist = paths::dist();
    for engine in ENGINES {
        let code = compression::read(engine, &dist);
        let code = code.context("The page is not built: run `cargo xtask build`.")?;
        ensure!(
            memmem::find(&code, BUILD.as_bytes()).is_some(),
            "dist/ is not the page of these sources (build {BUILD}): run `cargo xtask build`."
        );
    }
    Ok(dist)
}

/// Copies the built page into `folder`, with engines that claim to be of another build.
pub fn copy_with_other_engine(folder: &Path) -> Result<()> {
    copy_built(folder)?;
    for engine in ENGINES {
        let mut code = compression::read(engine, folder)?;
        replace_all(&mut code, BUILD, &other_build());
        compression::write(engine, folder, &code)?;
    }
    Ok(())
}

/// Channel on which a worker reports that the policy blocked its request.
pub const TALK: &str = "talk";

/// Copies the built page, with an engine that sends a request to another server and reports on [`TALK`] when
/// the policy blocks it.
pub fn copy_with_talkative_engine(folder: &Path) -> Result<()> {
    copy_with_engine(folder, |glue| format!("{glue}\n{}", foreign_request()))
}

/// Copies the built page, with a storage worker that does the same.
pub fn copy_with_talkative_storage(folder: &Path) -> Result<()> {
    copy_with(folder, "storage-worker.js", &foreign_request())
}

/// Returns a script that sends a request to another server, and reports on [`TALK`] if the policy blocks it.
fn foreign_request() -> String {
    format!(
        "self.addEventListener('securitypolicyviolation',
            event => new BroadcastChannel('{TALK}').postMessage(event.blockedURI));
        fetch('http://localhost:9/').catch(() => {{}});"
    )
}

/// Copies the built page, with an engine that reports its memory on the channel `memory`.
pub fn copy_with_measured_engine(folder: &Path) -> Result<()> {
    let tell = "const memory = new BroadcastChannel('memory');
        memory.onmessage = ({data}) => data ?? memory.postMessage(wasm.memory.buffer.byteLength);";
    copy_with_engine(folder, |glue| format!("{glue}\n{tell}"))
}

/// Copies the built page, with an engine that can be made to fail by messages on a `BroadcastChannel` named
/// `harm`.
pub fn copy_with_fragile_engine(folder: &Path) -> Result<()> {
    copy_with_engine(folder, |glue| format!("{FRAGILE}\n{glue}"))
}

/// Copies the built page, as in a browser that denies it its storage.
pub fn copy_without_storage(folder: &Path) -> Result<()> {
    let deny = "indexedDB.open = () => { throw new DOMException('Access is denied.', 'SecurityError'); };";
    copy_with(folder, "storage-worker.js", deny)
}

/// Copies the built page, as in a browser whose storage accepts no more pictures.
pub fn copy_with_full_storage(folder: &Path) -> Result<()> {
    let refuse = r#"{
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...record) {
            if (this.name === "pictures") throw new DOMException("It is full.", "QuotaExceededError");
            return put.apply(this, record);
        };
    }"#;
    copy_with(folder, "storage-worker.js", refuse)
}

/// Copies the built page, as in a browser whose storage rejects the first write.
pub fn copy_with_storage_full_at_first(folder: &Path) -> Result<()> {
    let refuse = r#"{
        let refused = 1;
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...record) {
            if (refused-- > 0) throw new DOMException("It is full.", "QuotaExceededError");
            return put.apply(this, record);
        };
    }"#;
    copy_with(folder, "storage-worker.js", refuse)
}

/// Copies the built page, as in a browser with slow storage.
pub fn copy_with_slow_storage(folder: &Path) -> Result<()> {
    let wait = "{
        const post = self.postMessage.bind(self);
        self.postMessage = (...message) => setTimeout(() => post(...message), 700);
    }";
    copy_with(folder, "storage-worker.js", wait)
}

/// Copies the built page, with a storage worker that ends when it should keep a new experiment, whose key
/// begins with the time.
pub fn copy_with_mortal_storage(folder: &Path) -> Result<()> {
    let end = "self.addEventListener('message', ({ data: [, name, argument] }) => {
        if (name === 'keep' && Date.now() - parseFloat(argument.key) < 3000) self.close();
    });";
    copy_with(folder, "storage-worker.js", end)
}

/// Copies the built page without its storage worker.
pub fn copy_without_storage_worker(folder: &Path) -> Result<()> {
    copy_built(folder)?;
    Ok(fs::remove_file(folder.join("storage-worker.js"))?)
}

/// Copies the built page, with changed glue for its engines.
fn copy_with_engine(folder: &Path, change: impl Fn(&str) -> String) -> Result<()> {
    copy_built(folder)?;
    for engine in ENGINES {
        let path = folder.join(format!("{engine}.js"));
        let glue = fs::read_to_string(&path)?;
        fs::write(path, change(&glue))?;
    }
    Ok(())
}

/// Copies the built page, with a script prepended to one of its workers.
fn copy_with(folder: &Path, worker: &str, before: &str) -> Result<()> {
    copy_built(folder)?;
    let worker = folder.join(worker);
    let code = fs::read_to_string(&worker)?;
    Ok(fs::write(worker, format!("{before}\n{code}"))?)
}

/// Ways for an engine to end in the middle of its work.
const FRAGILE: &str = r#"{
    const devices = [];
    const ask = self.GPUAdapter?.prototype.requestDevice;
    if (ask) GPUAdapter.prototype.requestDevice = async function (...options) {
        const device = await ask.apply(this, options);
        devices.push(device);
        return device;
    };
    const harms = {
        destroy: () => devices.forEach(device => device.destroy()),
        invalidate: () => devices.forEach(device => device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE })),
        starve: () => devices.forEach(device => device.dispatchEvent(new GPUUncapturedErrorEvent("uncapturederror", { error: new GPUOutOfMemoryError("There is no room.") }))),
        exhaust: () => setTimeout(() => { throw new RangeError("out of memory") }),
        close: () => self.close(),
        closeReplicas: () => self.isReplica && self.close(),
    };
    new BroadcastChannel("harm").onmessage = ({ data }) => harms[data]();
}"#;

/// Copies the built page, with decoders that can be made to fail: a file that begins with one of [`HARMFUL`]
/// does it.
pub fn copy_with_fragile_decoder(folder: &Path) -> Result<()> {
    const ENTRY: &str = "export function decode(";
    copy_built(folder)?;
    let path = folder.join(format!("{DECODER}.js"));
    let glue = fs::read_to_string(&path)?;
    ensure!(glue.matches(ENTRY).count() == 1, "The glue has no “{ENTRY}”.");
    Ok(fs::write(path, glue.replace(ENTRY, "function decodeIndeed(") + FRAGILE_DECODER)?)
}

/// File contents that make a fragile decoder fail: it traps as after a panic, takes all memory, ends its
/// worker, or never ends.
pub const HARMFUL: [&[u8; 5]; 4] = [b"PANIC", b"TAKES", b"CLOSE", b"HANGS"];

const FRAGILE_DECODER: &str = r#"
    const harms = {
        PANIC() {
            notePanic("panicked at src/decoder/image.rs:919:9: assertion failed");
            throw new WebAssembly.RuntimeError("unreachable");
        },
        TAKES() {
            const page = 65_536;
            while (wasm.memory.grow(1000) >= 0);
            return decodeIndeed(new Uint8Array(600 * page));
        },
        CLOSE: () => { self.close(); throw new Error("It is closed."); },
        HANGS() { for (;;); },
    };
    export function decode(file) {
        const harm = harms[new TextDecoder().decode(file.subarray(0, 5))];
        return (harm ?? decodeIndeed)(file);
    }
"#;

/// Copies the built page without its own decoders.
pub fn copy_without_decoder(folder: &Path) -> Result<()> {
    copy_built(folder)?;
    Ok(fs::remove_file(compression::program(DECODER, folder))?)
}

/// Copies the built page without the second module of its code.
pub fn copy_without_lazy_module(folder: &Path) -> Result<()> {
    copy_built(folder)?;
    Ok(fs::remove_file(folder.join(lazy_module()?))?)
}

/// Returns the name of the second module of the built page's code.
pub fn lazy_module() -> Result<String> {
    let names = fs::read_dir(built()?)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let names = names.collect::<Result<Vec<_>>>()?;
    names.into_iter().find(|name| name.ends_with("_lazy.wasm")).context("dist/ holds no second module.")
}

/// Copies the built page without its engines.
pub fn copy_without_engine(folder: &Path) -> Result<()> {
    copy_built(folder)?;
    ENGINES.into_iter().try_for_each(|engine| Ok(fs::remove_file(compression::program(engine, folder))?))
}

/// Copies the built page without any WebAssembly, as if that were still loading.
pub fn copy_without_code(folder: &Path) -> Result<()> {
    copy_built(folder)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "wasm" || ending == "gzip") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Deploys the page over the one in `folder`, with engines of different contents and hence another version,
/// in files of the same names.
pub fn deploy_other_engine(folder: &Path) -> Result<()> {
    for engine in ENGINES {
        let code = [&compression::read(engine, folder)?, CUSTOM_SECTION].concat();
        compression::write(engine, folder, &code)?;
    }
    let index = folder.join("index.html");
    let page = fs::read_to_string(&index)?;
    let page = INTEGRITY.replace_all(&page, "");
    let page = version::stamp(&VERSION.replace_all(&page, "data-version=\"\""), folder)?;
    Ok(fs::write(index, page)?)
}

/// Valid trailing section of WebAssembly, which changes nothing but the contents.
const CUSTOM_SECTION: &[u8] = b"\x00\x06\x05other";

/// Deploys the page over the one in `folder` as another version: its engines differ, files named by their
/// contents have other names, and the previous ones are gone. Returns the part that the new names have in
/// common.
pub fn deploy_other_version(folder: &Path) -> Result<String> {
    deploy_other_engine(folder)?;
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let names = names.collect::<Result<Vec<_>>>()?;
    let page = names.iter().find_map(|name| name.strip_prefix("page-")?.strip_suffix("_bg.wasm"));
    let page = page.context("dist/ holds no page.")?.to_owned();
    let other: String = page.chars().rev().collect();
    for name in names {
        let path = folder.join(&name);
        let mut contents = fs::read(&path)?;
        if name.ends_with(".html") || name.ends_with(".js") {
            let text = String::from_utf8(contents)?.replace(&page, &other);
            let allowed = (name == "index.html").then(|| policy::allow_inline_scripts(&text)).transpose()?;
            contents = allowed.unwrap_or(text).into_bytes();
        }
        fs::remove_file(path)?;
        fs::write(folder.join(name.replace(&page, &other)), contents)?;
    }
    Ok(other)
}

/// Replaces a text by another of the same length.
fn replace_all(bytes: &mut [u8], text: &str, other: &str) {
    let places: Vec<_> = memmem::find_iter(bytes, text).collect();
    for at in places {
        bytes[at..at + other.len()].copy_from_slice(other.as_bytes());
    }
}

/// Returns a different build of the same length.
pub fn other_build() -> String {
    let (version, hash) = BUILD.split_at(BUILD.len() - 1);
    format!("{version}{}", if hash == "0" { "1" } else { "0" })
}

/// Copies a folder with all its contents.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
