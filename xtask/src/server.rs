//! A static file server on the loopback, for people and for tests.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use percent_encoding::percent_decode_str;
use tiny_http::{Method, Request};

/// Number of files that can be sent at once: a page requests several in parallel.
const THREADS: usize = 4;

/// Headers that allow a page to share memory between its threads.
const ISOLATING: [(&str, &str); 2] =
    [("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Embedder-Policy", "require-corp")];

/// Start of addresses of servers on this machine, which only a proxy receives.
const THIS_MACHINE: &str = "http://127.0.0.1:";

/// Header that allows pages of other servers to read files.
const OPEN: [(&str, &str); 1] = [("Access-Control-Allow-Origin", "*")];

/// Options of a server.
#[derive(Clone, Copy, Default)]
struct Manner {
    /// Headers of every answer.
    headers: &'static [(&'static str, &'static str)],
    /// Whether it forwards requests for other servers on the loopback.
    passes_on: bool,
}

/// A running server; it stops when dropped.
pub struct Server {
    http: Mutex<Option<Arc<tiny_http::Server>>>,
    root: PathBuf,
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    threads: Vec<JoinHandle<()>>,
}

impl Server {
    /// Serves the files under `root` on the loopback; port 0 chooses a free one.
    pub fn start(root: &Path, port: u16) -> io::Result<Self> {
        Self::start_with(root, port, Manner::default())
    }

    /// Like [`Server::start`], for pages whose threads share memory.
    pub fn start_isolating(root: &Path, port: u16) -> io::Result<Self> {
        Self::start_with(root, port, Manner { headers: &ISOLATING, ..Manner::default() })
    }

    /// Like [`Server::start`], for files that pages of other servers may read.
    pub fn start_open(root: &Path, port: u16) -> io::Result<Self> {
        Self::start_with(root, port, Manner { headers: &OPEN, ..Manner::default() })
    }

    /// Like [`Server::start`], as a browser's proxy, which forwards requests for other servers on the
    /// loopback.
    pub fn start_proxy(root: &Path, port: u16) -> io::Result<Self> {
        Self::start_with(root, port, Manner { passes_on: true, ..Manner::default() })
    }

    fn start_with(root: &Path, port: u16, manner: Manner) -> io::Result<Self> {
        let http = tiny_http::Server::http((Ipv4Addr::LOCALHOST, port)).map_err(io::Error::other)?;
        let address = http.server_addr().to_ip().expect("it was bound to an IP address");
        let http = Arc::new(http);
        let requests = Arc::default();
        let threads = (0..THREADS)
            .map(|_| {
                let (http, requests) = (Arc::clone(&http), Arc::clone(&requests));
                let root = root.to_owned();
                thread::spawn(move || answer_all(&http, &root, manner, &requests))
            })
            .collect();
        Ok(Self { http: Mutex::new(Some(http)), root: root.to_owned(), address, requests, threads })
    }

    /// Returns the folder that it serves.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the origin at which it listens: `http://127.0.0.1:8080`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the paths requested so far, in order.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no thread panics while it holds the list").clone()
    }

    /// Stops answering: to a browser, the network is gone.
    pub fn close(&self) {
        let http = self.http.lock().expect("no thread panics while it holds the server").take();
        if let Some(http) = http {
            self.threads.iter().for_each(|_| http.unblock());
        }
    }

    /// Serves until the program is ended.
    pub fn wait(mut self) {
        for thread in self.threads.drain(..) {
            thread.join().expect("the server's threads do not panic");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.close();
    }
}

fn answer_all(http: &tiny_http::Server, root: &Path, manner: Manner, requests: &Mutex<Vec<String>>) {
    for request in http.incoming_requests() {
        if let Ok(mut requests) = requests.lock() {
            requests.push(request.url().to_owned());
        }
        // A browser that disconnects in the middle of a file is no error.
        let for_another = manner.passes_on && request.url().starts_with(THIS_MACHINE);
        let _ = if for_another { pass_on(request) } else { answer(request, root, manner.headers) };
    }
}

/// Forwards a proxy request to its server, and the answer back.
fn pass_on(request: Request) -> io::Result<()> {
    let address = request.url().trim_start_matches("http://");
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let mut server = TcpStream::connect(host)?;
    write!(server, "{} /{path} HTTP/1.1\r\nConnection: close\r\n", request.method())?;
    for header in request.headers().iter().filter(|header| !header.field.equiv("Connection")) {
        write!(server, "{}: {}\r\n", header.field, header.value)?;
    }
    write!(server, "\r\n")?;
    let mut writer = request.into_writer();
    io::copy(&mut server, &mut writer)?;
    writer.flush()
}

fn answer(request: Request, root: &Path, headers: &[(&str, &str)]) -> io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        let refusal = Answer::sentence("405 Method Not Allowed", "Files are only read here.");
        return refusal.send(request, headers);
    }
    let found = locate(root, request.url()).and_then(|path| Some((File::open(&path).ok()?, path)));
    let Some((file, path)) = found else {
        return Answer::sentence("404 Not Found", "There is no such file.").send(request, headers);
    };
    let (length, caching) = (file.metadata()?.len(), caching(request.url()));
    let kind = content_type(&path);
    Answer { status: "200 OK", kind, caching, length, body: file }.send(request, headers)
}

/// Answer to a request.
struct Answer<B> {
    status: &'static str,
    kind: String,
    caching: &'static str,
    /// Length of the body, in bytes.
    length: u64,
    body: B,
}

impl Answer<&'static [u8]> {
    fn sentence(status: &'static str, words: &'static str) -> Self {
        let (kind, length) = ("text/plain".to_owned(), words.len() as u64);
        Self { status, kind, caching: "no-store", length, body: words.as_bytes() }
    }
}

impl<B: Read> Answer<B> {
    /// Sends the answer and asks the browser to close the connection, since idle open connections would
    /// occupy the server's threads.
    fn send(mut self, request: Request, headers: &[(&str, &str)]) -> io::Result<()> {
        let has_body = *request.method() != Method::Head;
        let mut writer = request.into_writer();
        let Self { status, kind, caching, length, .. } = &self;
        write!(
            writer,
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
             Cache-Control: {caching}\r\nConnection: close\r\n"
        )?;
        headers.iter().try_for_each(|(name, value)| write!(writer, "{name}: {value}\r\n"))?;
        write!(writer, "\r\n")?;
        if has_body {
            io::copy(&mut self.body, &mut writer)?;
        }
        writer.flush()
    }
}

/// Returns the file of a request, unless it is outside `root`.
fn locate(root: &Path, url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let relative = Path::new(path.trim_start_matches('/'));
    if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let file = root.join(relative);
    Some(if file.is_dir() { file.join("index.html") } else { file })
}

/// Returns how long a browser may cache an answer: files that carry their build's version never change.
fn caching(url: &str) -> &'static str {
    if url.contains("?v=") { "public, max-age=31536000, immutable" } else { "no-store" }
}

fn content_type(path: &Path) -> String {
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    match mime.type_() {
        mime_guess::mime::TEXT => format!("{mime}; charset=utf-8"),
        _ => mime.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_under_the_root_are_found() {
        let root = Path::new("/srv");
        assert_eq!(locate(root, "/a/b%20c.js?x=1"), Some("/srv/a/b c.js".into()));
        assert_eq!(locate(root, "/../etc/passwd"), None);
        assert_eq!(locate(root, "/%2e%2e/etc/passwd"), None);
        assert_eq!(locate(root, "//etc/passwd"), Some("/srv/etc/passwd".into()));
    }

    #[test]
    fn content_types_follow_the_extension() {
        let of = |name| content_type(Path::new(name));
        assert_eq!(of("engine_bg.wasm"), "application/wasm");
        assert_eq!(of("engine.js"), "text/javascript; charset=utf-8");
        assert_eq!(of("index.html"), "text/html; charset=utf-8");
    }
}
