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

/// Where the page lies on its server: below the root, so that it must not rely on where it lies.
pub const FOLDER: &str = "likeness";

/// What a visitor brings along.
#[derive(Debug)]
pub struct Visit {
    /// The browser that the page is opened in.
    pub browser: Kind,
    /// Why only Chromium can make this visit, if so: elsewhere it is left out, which is said.
    pub chromium_only: Option<&'static str>,
    /// Whether it is about WebGPU: where no software computes that for Firefox, it is left out, too.
    pub needs_webgpu: bool,
    /// What the page finds when it asks for WebGPU.
    pub gpu: Gpu,
    /// Lays the page to be served into a folder.
    pub site: fn(&Path) -> Result<()>,
    /// Whether the console may hold errors.
    pub errors_allowed: bool,
    /// Whether the page asks other servers on purpose; then the log has to show it, or it
    /// would not show it elsewhere either.
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
    /// Why the browser wanted cannot make this visit, if so.
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
/// Fails where the test fails, where the console holds an error, and where the
/// page asked anything of another server.
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

/// Prints what helps to understand a failure.
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

/// Whether anything but the page's own server was asked, by the page or its workers, is as it should be.
fn check_requests(page: &Page, asks_others: bool) -> Result<()> {
    let elsewhere = page.browser().asked_elsewhere(&page.server().origin())?;
    if asks_others {
        ensure!(!elsewhere.is_empty(), "The log does not show what the page asked of another server.");
        return Ok(());
    }
    ensure!(elsewhere.is_empty(), "The page asked something of another server: {elsewhere:#?}");
    Ok(())
}
