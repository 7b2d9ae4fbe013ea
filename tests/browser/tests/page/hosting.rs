//! Hosting of the page, and embedding it in other pages.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use browser_tests::browser::Kind;
use browser_tests::page::{PATIENTLY, Role};
use browser_tests::visit::FOLDER;
use browser_tests::{Page, Visit, site, visit};
use tempfile::TempDir;
use thirtyfour::By;
use xtask::server::Server;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const SETTINGS: &str = "images=shapes&steps=6&batch=8&side=16&width=4&backend=cpu";

/// Limits of the downloads from a host that compresses nothing.
const MOST_BYTES: [(&str, u64); 2] = [("engine_cpu", 1_400_000), ("engine_webgpu", 5_000_000)];

/// Returns a visitor who opens another server's page first. Firefox's log does not distinguish this
/// from a request of the page.
fn visitor() -> Visit {
    Visit { asks_others: Kind::wanted() == Kind::Firefox, ..Visit::default() }
}

/// Trains to the last step in the entered document.
async fn train(page: &Page) -> Result<()> {
    page.wait_enabled(Role::Button, "Train", PATIENTLY).await?.click().await?;
    let status = "return document.querySelector('[role=status]').innerText";
    page.wait("the run to end", PATIENTLY, async || {
        let status = page.driver().execute(status, vec![]).await?;
        Ok(status.json().as_str().filter(|status| status.contains("done")).map(|_| ()))
    })
    .await
}

/// Writes an article that shows a page in a frame of this width and height.
fn write_article(folder: &Path, page: &str, [width, height]: [u32; 2]) -> Result<()> {
    let article = format!(
        "<!doctype html><link rel='icon' href='data:,'>
        <iframe src='{page}' width='{width}' height='{height}'></iframe>"
    );
    Ok(fs::write(folder.join("index.html"), article)?)
}

#[tokio::test]
async fn embedded_page_is_small_and_links_to_the_whole_page() -> Result<()> {
    let blog = TempDir::new()?;
    let blogs = Server::start(blog.path(), 0)?;
    visit(visitor(), async |page| {
        let whole = format!("{}/{FOLDER}/", page.server().origin());
        let hash = format!("{SETTINGS}&tab=loss&embed=1");
        write_article(blog.path(), &format!("{whole}#{hash}"), [900, 620])?;
        let driver = page.driver();
        driver.goto(blogs.origin()).await?;
        driver.find(By::Tag("iframe")).await?.enter_frame().await?;
        train(page).await?;
        page.photograph("embedded.png").await?;
        ensure!(page.find(Role::Button, "Shapes").await?.is_none(), "The steps show.");
        ensure!(page.find(Role::Tab, "Under the hood").await?.is_some(), "The results do not show.");
        let link = driver.find(By::Css(".whole-page")).await?.prop("href").await?.unwrap_or_default();
        ensure!(
            link.starts_with(&whole) && link.contains("tab=hood") && !link.contains("embed"),
            "It leads to {link}."
        );
        Ok(driver.enter_default_frame().await?)
    })
    .await
}

/// Area of the map's frame, and whether something besides the map and the link to the page can be seen.
const MAP_ALONE: &str = "const frame = document.querySelector('.map-frame');
    const { width, height } = frame.getBoundingClientRect();
    const seen = [...document.querySelectorAll('button, input, [role=tab], [role=status], .gallery')]
        .filter(part => !frame.contains(part) && part.checkVisibility({ visibilityProperty: true }));
    return [width, height, innerWidth, innerHeight, seen.length];";

#[tokio::test]
async fn map_fills_a_frame_and_shows_a_run() -> Result<()> {
    let blog = TempDir::new()?;
    let blogs = Server::start(blog.path(), 0)?;
    visit(visitor(), async |page| {
        let whole = format!("{}/{FOLDER}/", page.server().origin());
        let hash = format!("{SETTINGS}&view=map&run=1");
        write_article(blog.path(), &format!("{whole}#{hash}"), [600, 420])?;
        let driver = page.driver();
        driver.goto(blogs.origin()).await?;
        driver.find(By::Tag("iframe")).await?.enter_frame().await?;
        let heading = "return document.querySelector('canvas.map')?.ariaLabel ?? ''";
        page.wait("a map of the trained network", PATIENTLY, async || {
            let heading = driver.execute(heading, vec![]).await?;
            let heading = heading.json().as_str().unwrap_or_default().to_owned();
            Ok(heading.contains("after 6 steps").then_some(()))
        })
        .await?;
        page.photograph("map-alone.png").await?;
        let sizes = driver.execute(MAP_ALONE, vec![]).await?.json().clone();
        ensure!(sizes[0] == sizes[2] && sizes[1] == sizes[3], "The map does not fill the frame: {sizes}.");
        ensure!(sizes[4] == 0, "There are {} controls.", sizes[4]);
        Ok(driver.enter_default_frame().await?)
    })
    .await
}

#[tokio::test]
async fn unpacked_archive_trains_from_a_plain_file_server() -> Result<()> {
    let folder = TempDir::new()?;
    let archive = folder.path().join("likeness.zip");
    pack(&site::built()?, &archive)?;
    let unpacked = folder.path().join("unpacked");
    ZipArchive::new(File::open(&archive)?)?.extract(&unpacked)?;
    let Some(python) = PythonServer::start(&unpacked)? else {
        println!("Left out: there is no Python to serve files.");
        return Ok(());
    };
    visit(visitor(), async |page| {
        page.driver().goto(format!("{}/#{SETTINGS}", python.origin)).await?;
        train(page).await?;
        for (engine, most) in MOST_BYTES {
            let script = format!(
                "const downloads = performance.getEntriesByType('resource')
                    .filter(({{ name }}) => name.includes('/{engine}_bg.wasm'))
                    .map(({{ encodedBodySize }}) => encodedBodySize);
                return fetch('{engine}_bg.wasm.gzip').then(answer => answer.arrayBuffer())
                    .then(({{ byteLength }}) => Math.max(byteLength, ...downloads));"
            );
            let bytes = page.driver().execute(script, vec![]).await?.json().as_u64().unwrap_or_default();
            ensure!(bytes > 0 && bytes <= most, "The download of {engine} takes {bytes} bytes.");
        }
        Ok(())
    })
    .await
}

/// Packs the files of a folder without subfolders.
fn pack(folder: &Path, archive: &Path) -> Result<()> {
    let mut writer = ZipWriter::new(File::create(archive)?);
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        ensure!(path.is_file(), "{} would be left out.", path.display());
        let name = path.file_name().context("a file has a name")?.to_string_lossy();
        writer.start_file(name, SimpleFileOptions::default())?;
        std::io::copy(&mut File::open(&path)?, &mut writer)?;
    }
    writer.finish()?;
    Ok(())
}

/// The server in Python's standard library, which serves a folder without additional headers.
struct PythonServer {
    process: Child,
    origin: String,
}

impl PythonServer {
    /// Starts a server, if Python is installed.
    fn start(folder: &Path) -> Result<Option<Self>> {
        let started = Command::new("python3")
            .args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut process) = started else { return Ok(None) };
        let mut line = String::new();
        BufReader::new(process.stdout.take().context("its output is read")?).read_line(&mut line)?;
        // Serving HTTP on 127.0.0.1 port 40001 (http://127.0.0.1:40001/) ...
        let origin = line.split(['(', ')']).nth(1).map(|address| address.trim_end_matches('/').to_owned());
        let origin = origin.with_context(|| format!("It does not say where it serves: {line}"))?;
        Ok(Some(Self { process, origin }))
    }
}

impl Drop for PythonServer {
    fn drop(&mut self) {
        // If it has already ended, there is nothing left to do.
        let _ = self.process.kill().and_then(|()| self.process.wait());
    }
}
