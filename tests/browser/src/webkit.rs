//! WebKit for GTK under its driver, on a screen of its own.
//!
//! The driver is capable of less than the others': it neither sets preferences nor shows the console, and
//! stores downloads where the browser does.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use thirtyfour::{Capabilities, WebDriver};
use xtask::webkit;

use crate::browser::WINDOW;
use crate::page::{GLANCE, SOON};

/// Space for the browser's own bars around the page.
const BARS: u32 = 100;

/// State specific to a running WebKit.
pub struct WebKit {
    /// Driver and screen; the driver ends the browser.
    processes: [Child; 2],
}

impl WebKit {
    /// Starts a browser.
    pub async fn start() -> Result<(WebDriver, Self)> {
        let webkit = webkit::find().context("`cargo xtask webkit` installs what is missing")?;
        let (width, height) = (WINDOW.0, WINDOW.1 + BARS);
        let mut screen = Command::new(webkit.screen)
            // It chooses a free number and prints it.
            .args(["-displayfd", "1", "-screen", "0", &format!("{width}x{height}x24")])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut number = String::new();
        BufReader::new(screen.stdout.take().context("its output is read")?).read_line(&mut number)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let driver = Command::new(webkit.driver)
            .arg(format!("--port={port}"))
            .env("DISPLAY", format!(":{}", number.trim()))
            // Within a container there may be no further one.
            .env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let own = Self { processes: [driver, screen] };
        let options = json!({"binary": webkit.browser, "args": ["--automation"]});
        let capabilities = json!({"webkitgtk:browserOptions": options});
        let capabilities = capabilities.as_object().cloned().unwrap_or_default();
        // The driver takes a moment to listen.
        let start = Instant::now();
        loop {
            let capabilities = Capabilities::from(capabilities.clone());
            match WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await {
                Ok(driver) => {
                    driver.set_window_rect(0, 0, width, height).await?;
                    return Ok((driver, own));
                }
                Err(error) => ensure!(start.elapsed() < SOON, "WebKit did not start: {error}"),
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Returns the value of a JavaScript expression; a promise is awaited. The page's policy forbids `eval`.
    pub async fn evaluate(&self, driver: &WebDriver, expression: &str) -> Result<Value> {
        Ok(driver.execute(format!("return ({expression}\n)"), vec![]).await?.json().clone())
    }
}

impl Drop for WebKit {
    fn drop(&mut self) {
        for process in &mut self.processes {
            // If it has already ended, there is nothing left to do.
            let _ = process.kill().and_then(|()| process.wait());
        }
    }
}
