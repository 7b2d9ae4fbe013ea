//! Headless Firefox under its driver.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use regex::Regex;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::capabilities::firefox::FirefoxPreferences;
use thirtyfour::manager::{BrowserKind, WebDriverManager};
use thirtyfour::{BrowserCapabilitiesHelper, Capabilities, DesiredCapabilities, WebDriver};
use xtask::firefox;
use xtask::server::Server;
use xtask::vulkan;

use crate::browser::{ERROR, Gpu, WINDOW};
use crate::command::post;
use crate::page::{GLANCE, SOON, Scheme};

/// Hosts that Firefox contacts by itself, though most of that is switched off.
const ITS_MAKER: [&str; 4] = ["mozilla.org", "mozilla.com", "mozilla.net", "firefox.com"];

/// Returns preferences with which the browser downloads files without asking, prints the console, and
/// accesses the network as little as possible.
fn preferences() -> Value {
    json!({
        "browser.download.folderList": 2,
        "browser.download.useDownloadDir": true,
        "browser.download.alwaysOpenPanel": false,
        "devtools.console.stdout.content": true,
        "devtools.console.stdout.chrome": false,
        "browser.dom.window.dump.enabled": true,
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
        "network.proxy.type": 1,
        "network.proxy.allow_hijacking_localhost": true,
        "network.proxy.failover_direct": false,
        // As on phones; Chromium hides them too.
        "ui.useOverlayScrollbars": 1,
        // Allows the page to walk folders that no dialogue has shown: those that tests drag there.
        "dom.filesystem.pathcheck.disabled": true,
    })
}

/// Runs a script at the start of every document, before the page's policy is known.
const BEGIN_WITH: &str = r#"
    const begin = script => addEventListener(
        "DOMWindowCreated", ({ target }) => target.defaultView.wrappedJSObject.eval(script), true);
    const code = `(${begin})(${JSON.stringify(arguments[0])})`;
    Services.mm.loadFrameScript("data:application/javascript;charset=utf-8," + encodeURIComponent(code), true);
"#;

/// Drags files to a place, as the system would: a headless browser has no service for that. The data have to
/// belong to the page, or it could not read them.
const DRAG: &str = r#"
    const drag = async (paths, clientX, clientY, letsGo) => {
        const dataTransfer = Cu.waiveXrays(new content.DataTransfer());
        for (const path of paths) {
            const place = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
            place.initWithPath(path);
            // Folders are not said to exist.
            dataTransfer.items.add(await content.File.createFromNsIFile(place, { existenceCheck: false }));
        }
        const target = content.document.elementFromPoint(clientX, clientY) ?? content.document.body;
        for (const kind of ["dragenter", "dragover", "drop"].slice(0, letsGo ? 3 : 2)) {
            const event = { dataTransfer, clientX, clientY, bubbles: true, cancelable: true };
            target.dispatchEvent(new content.DragEvent(kind, event));
        }
    };
    const code = `(${drag})(...${JSON.stringify([...arguments])}).then(
        () => sendAsyncMessage("dragged", null), error => sendAsyncMessage("dragged", String(error)))`;
    const manager = gBrowser.selectedBrowser.messageManager;
    return new Promise((done, fail) => {
        manager.addMessageListener("dragged", function dragged({ data: error }) {
            manager.removeMessageListener("dragged", dragged);
            if (error === null) done(); else fail(new Error(error));
        });
        manager.loadFrameScript("data:application/javascript;charset=utf-8," + encodeURIComponent(code), false);
    });
"#;

/// Makes the page larger or smaller than the window.
const RESIZE: &str = "
    const [width, height] = [...arguments].map(pixels => `${pixels}px`);
    Object.assign(gBrowser.selectedBrowser.style, { width, height });
    document.synchronouslyUpdateRemoteBrowserDimensions(true);
";

/// Error of a page's closures when they are called while running. It occurs only on a page that is left in
/// the middle of its work, since Firefox ends scripts wherever they are.
const OF_A_PAGE_LEFT: &str = "closure invoked recursively or after being dropped";

/// State specific to a running Firefox.
pub struct Firefox {
    /// Lines printed since the last look.
    printed: Arc<Mutex<Vec<String>>>,
    /// Proxy that stands in for every server but the page's and forwards only to this machine.
    elsewhere: Server,
    _nothing: TempDir,
}

impl Firefox {
    /// Starts a browser that can reach no server but the page's.
    pub async fn start(gpu: Gpu, downloads: &Path, origin: &str) -> Result<(WebDriver, Self)> {
        let browser = firefox::find().context("`cargo xtask firefox` installs what is missing")?;
        let nothing = TempDir::new()?;
        let elsewhere = Server::start_proxy(nothing.path(), 0)?;
        let capabilities = capabilities(&browser, gpu, downloads, origin, &elsewhere.origin())?;
        let printed = Arc::<Mutex<Vec<String>>>::default();
        let lines = Arc::clone(&printed);
        let manager = WebDriverManager::builder()
            .driver_binary(BrowserKind::Firefox, browser.driver)
            // For example to drag files, which a page cannot do to itself.
            .driver_arg(BrowserKind::Firefox, "--allow-system-access")
            .offline()
            .on_driver_log(move |line| lines.lock().expect("nobody panics with it").push(line.line.clone()))
            .build();
        let driver = manager.launch(capabilities).await.context("Firefox did not start.")?;
        Ok((driver, Self { printed, elsewhere, _nothing: nothing }))
    }

    /// Returns the value of a JavaScript expression; a promise is awaited. It is evaluated in a separate
    /// global that inherits from the page's, so lasting values have to be stored in `window`.
    pub async fn evaluate(&self, driver: &WebDriver, expression: &str) -> Result<Value> {
        Ok(driver.execute("return (0, eval)(arguments[0])", vec![json!(expression)]).await?.json().clone())
    }

    /// Runs a script at the start of every later document.
    pub async fn begin_with(&self, driver: &WebDriver, script: &str) -> Result<()> {
        as_browser(driver, BEGIN_WITH, json!([script])).await.map(drop)
    }

    /// Drags files and folders to a place, and optionally drops them there.
    pub async fn drag(
        &self,
        driver: &WebDriver,
        paths: &[PathBuf],
        [x, y]: [f64; 2],
        lets_go: bool,
    ) -> Result<()> {
        as_browser(driver, DRAG, json!([paths, x, y, lets_go])).await.map(drop)
    }

    /// Gives the page a window of this size.
    pub async fn set_screen(&self, driver: &WebDriver, width: u32, height: u32) -> Result<()> {
        as_browser(driver, RESIZE, json!([width, height])).await?;
        // The page is notified a moment later.
        let start = Instant::now();
        while self.evaluate(driver, "[innerWidth, innerHeight]").await? != json!([width, height]) {
            ensure!(start.elapsed() < SOON, "The page does not become {width} by {height} pixels large.");
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Sets the preferred colour scheme.
    pub async fn set_scheme(&self, driver: &WebDriver, scheme: Scheme) -> Result<()> {
        let number = u8::from(scheme == Scheme::Light);
        set_preference(driver, "layout.css.prefers-color-scheme.content-override", number).await
    }

    /// Sets the preference for reduced motion.
    pub async fn lessen_motion(&self, driver: &WebDriver) -> Result<()> {
        set_preference(driver, "ui.prefersReducedMotion", 1).await
    }

    /// Replaces the mouse by touch input.
    pub async fn point_by_finger(&self, driver: &WebDriver) -> Result<()> {
        for name in
            ["ui.primaryPointerCapabilities", "ui.allPointerCapabilities", "dom.w3c_touch_events.enabled"]
        {
            // A coarse pointer without hovering, and touch events enabled.
            set_preference(driver, name, 1).await?;
        }
        Ok(())
    }

    /// Returns the number of cookies, of any origin.
    pub async fn cookies(&self, driver: &WebDriver) -> Result<usize> {
        let count = as_browser(driver, "return Services.cookies.cookies.length", json!([])).await?;
        Ok(serde_json::from_value(count)?)
    }

    /// Returns the console lines since the last call, each preceded by its level.
    pub fn console(&self) -> Vec<String> {
        let printed = std::mem::take(&mut *self.printed.lock().expect("nobody panics with it"));
        printed.iter().map(|line| format!("{}: {line}", level(line))).collect()
    }

    /// Returns the requests to other servers, except those to Firefox's maker.
    pub fn asked_elsewhere(&self) -> Vec<String> {
        self.elsewhere.requests().into_iter().filter(|address| !is_for_its_maker(address)).collect()
    }
}

/// Runs a script in the browser's own window, with the browser's privileges.
async fn as_browser(driver: &WebDriver, script: &str, arguments: Value) -> Result<Value> {
    post(driver, "moz/context", json!({"context": "chrome"})).await?;
    let answer = post(driver, "execute/sync", json!({"script": script, "args": arguments})).await;
    post(driver, "moz/context", json!({"context": "content"})).await?;
    answer
}

async fn set_preference(driver: &WebDriver, name: &str, value: u8) -> Result<()> {
    as_browser(driver, "Services.prefs.setIntPref(...arguments)", json!([name, value])).await.map(drop)
}

/// Returns the level of a printed line in the page's console.
///
/// Firefox's own parts print there as well: their errors follow their names, while the page's output starts
/// with a quoted value; or they come from scripts that no server has sent.
fn level(line: &str) -> &'static str {
    static ITS_OWN: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^console\.error: [\w.]+:").expect("it is well formed"));
    let said = line.starts_with("console.error:") && !ITS_OWN.is_match(line);
    let thrown = ["http:", "blob:"].iter().any(|from| line.starts_with(&format!("JavaScript error: {from}")));
    if said || thrown && !line.ends_with(OF_A_PAGE_LEFT) { ERROR } else { "INFO" }
}

/// Returns whether an address, or a host with its port, belongs to one of [`ITS_MAKER`].
fn is_for_its_maker(address: &str) -> bool {
    let (_, rest) = address.split_once("://").unwrap_or(("", address));
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    ITS_MAKER
        .iter()
        .any(|name| host.strip_suffix(name).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')))
}

fn capabilities(
    browser: &firefox::Firefox,
    gpu: Gpu,
    downloads: &Path,
    origin: &str,
    elsewhere: &str,
) -> Result<Capabilities> {
    let mut firefox = DesiredCapabilities::firefox();
    firefox.set_firefox_binary(&browser.firefox.to_string_lossy())?;
    let size = [format!("--width={}", WINDOW.0), format!("--height={}", WINDOW.1)];
    for argument in ["-headless", &size[0], &size[1]] {
        firefox.add_arg(argument)?;
    }
    let mut chosen = FirefoxPreferences::new();
    for (name, value) in preferences().as_object().into_iter().flatten() {
        chosen.set(name, value)?;
    }
    chosen.set("browser.download.dir", downloads)?;
    let (proxy, port) = host_and_port(elsewhere)?;
    for protocol in ["http", "ssl"] {
        chosen.set(&format!("network.proxy.{protocol}"), proxy)?;
        chosen.set(&format!("network.proxy.{protocol}_port"), port)?;
    }
    let (host, port) = host_and_port(origin)?;
    chosen.set("network.proxy.no_proxies_on", format!("{host}:{port}"))?;
    chosen.set("dom.webgpu.enabled", gpu != Gpu::Absent)?;
    chosen.set("dom.webgpu.workers.enabled", gpu != Gpu::Absent)?;
    chosen.set("gfx.webgpu.ignore-blocklist", gpu != Gpu::Absent)?;
    firefox.set_preferences(chosen)?;
    if let (Gpu::Software, Some(driver)) = (gpu, vulkan::software()) {
        firefox.set_browser_option("env", json!({"VK_DRIVER_FILES": driver}))?;
    }
    Ok(firefox.into())
}

fn host_and_port(origin: &str) -> Result<(&str, u16)> {
    let address = origin.strip_prefix("http://").and_then(|address| address.split_once(':'));
    let Some((host, port)) = address else { bail!("{origin} names no port.") };
    Ok((host, port.parse()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maker_is_recognised_by_the_end_of_the_host() {
        for address in ["firefox.settings.services.mozilla.com:443", "http://mozilla.org/x"] {
            assert!(is_for_its_maker(address), "{address}");
        }
        for address in ["http://example.org/mozilla.org", "notmozilla.org:443", "127.0.0.1:9"] {
            assert!(!is_for_its_maker(address), "{address}");
        }
    }

    #[test]
    fn errors_are_distinguished_from_other_lines() {
        assert_eq!(level("console.error: \"no: yes\""), ERROR);
        assert_eq!(level("console.error: RSLoader: "), "INFO");
        assert_eq!(level("JavaScript error: http://127.0.0.1:80/a.js, line 1: Error: no"), ERROR);
        let left = format!("JavaScript error: http://127.0.0.1:80/a.js, line 1: Error: {OF_A_PAGE_LEFT}");
        assert_eq!(level(&left), "INFO");
        assert_eq!(level("JavaScript error: resource://gre/modules/x.sys.mjs, line 1: no"), "INFO");
        assert_eq!(level("console.log: \"console.error\""), "INFO");
    }
}
