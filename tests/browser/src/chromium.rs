//! Starting Chromium, headless, under its driver.

use std::path::Path;

use anyhow::{Context, Result};
use thirtyfour::manager::{BrowserKind, WebDriverManager};
use thirtyfour::{
    Capabilities, ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver,
};
use xtask::browser::{self, Browser};

/// The window, unless a test asks for another.
pub const WINDOW: (u32, u32) = (1440, 900);

/// What the page finds when it asks for WebGPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gpu {
    /// An adapter that computes on the CPU, and says so.
    #[default]
    Software,
    /// The machine's own, or one that computes on the CPU where there is none.
    Machine,
    /// None.
    Absent,
}

/// Switches that let the browser run in a container, and keep it from asking the network for anything.
const SWITCHES: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// Starts a browser of its own, whose log of requests will lie at `network_log`.
pub async fn launch(gpu: Gpu, network_log: &Path) -> Result<WebDriver> {
    let browser = browser::find().context("`cargo xtask test` installs a browser where it may")?;
    let capabilities = capabilities(&browser, gpu, network_log)?;
    let manager =
        WebDriverManager::builder().driver_binary(BrowserKind::Chrome, browser.driver).offline().build();
    manager.launch(capabilities).await.context("Chromium did not start.")
}

fn capabilities(browser: &Browser, gpu: Gpu, network_log: &Path) -> Result<Capabilities> {
    let mut chrome = DesiredCapabilities::chrome();
    chrome.set_binary(&browser.chromium.to_string_lossy())?;
    chrome.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    for switch in SWITCHES {
        chrome.add_arg(switch)?;
    }
    chrome.add_arg(&format!("--window-size={},{}", WINDOW.0, WINDOW.1))?;
    chrome.add_arg(&format!("--log-net-log={}", network_log.display()))?;
    if gpu != Gpu::Absent {
        chrome.add_arg("--enable-unsafe-webgpu")?;
    }
    if gpu == Gpu::Software {
        chrome.add_arg("--use-webgpu-adapter=swiftshader")?;
    }
    Ok(chrome.into())
}
