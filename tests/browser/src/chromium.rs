//! Headless Chromium under its driver.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use thirtyfour::cdp::domains::browser::DownloadBehavior;
use thirtyfour::manager::{BrowserKind, WebDriverManager};
use thirtyfour::{
    Capabilities, ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver,
};
use xtask::browser::{self, Browser};

use crate::browser::{Gpu, WINDOW};

/// Switches that let the browser run in a container, and keep it from accessing the network by itself.
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

/// State specific to a running Chromium.
pub struct Chromium {
    /// Log of its requests, complete once it has ended.
    network_log: PathBuf,
}

impl Chromium {
    /// Starts a browser that logs its requests to `network_log`.
    pub async fn start(gpu: Gpu, downloads: &Path, network_log: PathBuf) -> Result<(WebDriver, Self)> {
        let browser = browser::find().context("`cargo xtask test` installs a browser where it may")?;
        let capabilities = capabilities(&browser, gpu, &network_log)?;
        let manager =
            WebDriverManager::builder().driver_binary(BrowserKind::Chrome, browser.driver).offline().build();
        let driver = manager.launch(capabilities).await.context("Chromium did not start.")?;
        let folder = downloads.to_string_lossy().into_owned();
        driver.cdp().browser().set_download_behavior(DownloadBehavior::Allow, Some(folder)).await?;
        Ok((driver, Self { network_log }))
    }

    /// Returns the value of a JavaScript expression; a promise is awaited.
    pub async fn evaluate(&self, driver: &WebDriver, expression: &str) -> Result<Value> {
        let parameters = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = driver.cdp().send_raw("Runtime.evaluate", parameters).await?;
        match answer.get("exceptionDetails") {
            Some(exception) => bail!("{exception}"),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    /// Runs a script at the start of every later document.
    pub async fn begin_with(&self, driver: &WebDriver, script: &str) -> Result<()> {
        let script = json!({"source": script});
        Ok(driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", script).await.map(drop)?)
    }

    /// Drags files and folders to a place, and optionally drops them there.
    pub async fn drag(
        &self,
        driver: &WebDriver,
        paths: &[PathBuf],
        [x, y]: [f64; 2],
        lets_go: bool,
    ) -> Result<()> {
        let kinds = ["dragEnter", "dragOver", "drop"];
        for kind in &kinds[..if lets_go { 3 } else { 2 }] {
            let data = json!({"items": [], "files": paths, "dragOperationsMask": 1});
            let parameters = json!({"type": kind, "x": x, "y": y, "data": data});
            driver.cdp().send_raw("Input.dispatchDragEvent", parameters).await?;
        }
        Ok(())
    }

    /// Gives the page a window of this size.
    pub async fn set_screen(
        &self,
        driver: &WebDriver,
        width: u32,
        height: u32,
        is_phone: bool,
    ) -> Result<()> {
        Ok(driver.cdp().emulation().set_device_metrics_override(width, height, 1.0, is_phone).await?)
    }

    /// Sets the media feature `prefers-…` to this value, and resets all others.
    pub async fn prefer(&self, driver: &WebDriver, feature: &str, value: &str) -> Result<()> {
        let features = json!([{"name": format!("prefers-{feature}"), "value": value}]);
        driver.cdp().send_raw("Emulation.setEmulatedMedia", json!({"features": features})).await?;
        Ok(())
    }

    /// Replaces the mouse by touch input.
    pub async fn point_by_finger(&self, driver: &WebDriver) -> Result<()> {
        let touch = json!({"enabled": true, "maxTouchPoints": 1});
        driver.cdp().send_raw("Emulation.setTouchEmulationEnabled", touch).await?;
        Ok(())
    }

    /// Returns the number of cookies, of any origin.
    pub async fn cookies(&self, driver: &WebDriver) -> Result<usize> {
        let answer = driver.cdp().send_raw("Network.getAllCookies", json!({})).await?;
        Ok(answer["cookies"].as_array().context("a list of cookies")?.len())
    }

    /// Returns the console lines since the last call, each preceded by its level.
    pub async fn console(&self, driver: &WebDriver) -> Result<Vec<String>> {
        let entries = driver.browser_log().await?;
        Ok(entries.into_iter().map(|entry| format!("{}: {}", entry.level, entry.message)).collect())
    }

    /// Returns the log lines about requests of the page or its workers to other servers.
    pub fn asked_elsewhere(&self, origin: &str) -> Result<Vec<String>> {
        let log = fs::read_to_string(&self.network_log).context("Chromium kept no log of its requests.")?;
        let by_the_page = format!(r#""initiator":"{origin}""#);
        let to_its_server = format!(r#""url":"{origin}/"#);
        let elsewhere = |line: &&str| line.contains(&by_the_page) && !line.contains(&to_its_server);
        Ok(log.lines().filter(elsewhere).map(str::to_owned).collect())
    }
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
