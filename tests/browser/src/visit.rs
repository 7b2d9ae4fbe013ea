//! One visit to the page: a server, a browser, a test, and a report if it fails.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::Path;

use anyhow::{Result, ensure};
use futures_util::FutureExt;
use tempfile::TempDir;
use xtask::server::Server;
use xtask::vulkan;

use crate::browser::{Browser, ERROR, Gpu, Kind};
use crate::page::Page;
use crate::site;

/// Folder of the page on its server: below the root, so that it must not rely on its location.
pub const FOLDER: &str = "likeness";

/// Options of a visit.
#[derive(Debug)]
pub struct Visit {
    /// Browser in which the page is opened.
    pub browser: Kind,
    /// Reason why only Chromium can make this visit, if any: elsewhere it is skipped with a message.
    pub chromium_only: Option<&'static str>,
    /// Whether the visit needs WebGPU: without a software driver for Firefox, it is skipped there too.
    pub needs_webgpu: bool,
    /// WebGPU support available to the page.
    pub gpu: Gpu,
    /// Writes the page to be served into a folder.
    pub site: fn(&Path) -> Result<()>,
    /// Whether the console may contain errors.
    pub errors_allowed: bool,
    /// Whether the page contacts other servers on purpose; the log then has to show it, to prove that it
    /// would show it elsewhere.
    pub asks_others: bool,
}

impl Default for Visit {
    fn default() -> Self {
        Self {
            browser: Kind::wanted(),
            chromium_only: None,
            needs_webgpu: false,
            gpu: Gpu::Software,
            site: site::copy_built,
            errors_allowed: false,
            asks_others: false,
        }
    }
}

impl Visit {
    /// Returns the reason why the browser cannot make this visit, if any.
    fn left_out(&self) -> Option<&'static str> {
        if self.browser == Kind::Chromium {
            return None;
        }
        let no_driver = "there is no Vulkan driver in software";
        let lacks_driver = self.needs_webgpu && vulkan::software().is_none();
        self.chromium_only.or(lacks_driver.then_some(no_driver))
    }
}

/// Opens a browser, runs the test in it and closes it.
///
/// Fails if the test fails, if the console contains an error, or if the page sent a request to another
/// server.
pub async fn visit(options: Visit, test: impl AsyncFnOnce(&Page) -> Result<()>) -> Result<()> {
    if let Some(reason) = options.left_out() {
        println!("Left out in {:?}: {reason}.", options.browser);
        return Ok(());
    }
    let scratch = TempDir::new()?;
    let root = scratch.path().join("root");
    (options.site)(&root.join(FOLDER))?;
    let server = Server::start(&root, 0)?;
    let browser = Browser::start(options.browser, options.gpu, &server.origin(), scratch.path()).await?;
    let page = Page::new(browser, server);

    let outcome = AssertUnwindSafe(test(&page)).catch_unwind().await;
    let outcome = match outcome {
        Ok(Ok(())) if !options.errors_allowed => Ok(check_console(&page).await),
        outcome => outcome,
    };
    if !matches!(outcome, Ok(Ok(()))) {
        report(&page).await;
    }
    page.browser().close().await?;
    outcome.unwrap_or_else(|panic| resume_unwind(panic))?;
    check_requests(&page, options.asks_others)
}

async fn check_console(page: &Page) -> Result<()> {
    let console = page.console().await?;
    let errors: Vec<_> = console.iter().filter(|line| line.starts_with(ERROR)).collect();
    ensure!(errors.is_empty(), "The console holds errors: {errors:#?}");
    Ok(())
}

/// Prints information that helps to understand a failure.
async fn report(page: &Page) {
    let name = std::thread::current().name().unwrap_or("test").replace("::", "-");
    if let Ok(picture) = page.photograph(&format!("failed-{name}.png")).await {
        println!("the page when it failed: {}", picture.display());
    }
    if let Ok(status) = page.status().await {
        println!("status: {status}");
    }
    println!("console:");
    page.console().await.unwrap_or_default().iter().for_each(|line| println!("  {line}"));
}

/// Checks whether requests to other servers, by the page or its workers, are as expected.
fn check_requests(page: &Page, asks_others: bool) -> Result<()> {
    let elsewhere = page.browser().asked_elsewhere(&page.server().origin())?;
    if asks_others {
        ensure!(!elsewhere.is_empty(), "The log does not show what the page asked of another server.");
        return Ok(());
    }
    ensure!(elsewhere.is_empty(), "The page asked something of another server: {elsewhere:#?}");
    Ok(())
}
