//! The page from a user's perspective.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use thirtyfour::{By, WebDriver, WebElement};
use xtask::paths;
use xtask::server::Server;

use crate::browser::{Browser, Kind, WINDOW};
use crate::status::Status;
use crate::visit::FOLDER;

// The limits are for machines several times slower than a laptop, busy with other work: they end a test
// that hangs, and say nothing about the page's speed.

/// Time limit for anything but training and loading the engine.
pub const SOON: Duration = Duration::from_secs(240);

/// Time limit for the engine to load, and for a small training run on the CPU.
pub const PATIENTLY: Duration = Duration::from_secs(600);

/// Time limit for a few small steps on a software WebGPU adapter.
pub const VERY_PATIENTLY: Duration = Duration::from_secs(1200);

/// Time limit for the page to notice a drop.
const DRAGGED: Duration = Duration::from_secs(30);

/// Number of times that a drag is tried.
const DRAGS: u32 = 3;

/// Notices the next drop in a global.
const NOTICE_DROP: &str = "{
    window.dropped = false;
    window.addEventListener('drop', () => { window.dropped = true; }, { capture: true, once: true });
}";

/// Extensions of unfinished downloads, in Chromium and in Firefox.
const UNFINISHED: [&str; 2] = ["crdownload", "part"];

/// Interval at which a condition is checked.
pub const GLANCE: Duration = Duration::from_millis(100);

/// Whether the page fits the width of the screen.
const FITS: &str = "document.documentElement.scrollWidth <= document.documentElement.clientWidth";

/// Finds the visible element of a role by its accessible name.
const FIND: &str = r#"
    const [selector, name] = arguments;
    const nameOf = element => element.getAttribute("aria-label") ?? element.textContent;
    return [...document.querySelectorAll(selector)]
        .find(element => element.checkVisibility() && nameOf(element).trim() === name) ?? null;
"#;

/// Finds the element that shows the picture of this name, by alternative text, label or title.
const FIND_PICTURE: &str = r#"
    const named = element => ["alt", "aria-label", "title"]
        .some(attribute => (element.getAttribute(attribute) ?? "").includes(arguments[0]));
    return [...document.querySelectorAll("[alt], [aria-label], [title]")]
        .find(element => element.checkVisibility() && named(element)) ?? null;
"#;

/// Finds the heading of a folded part of the page.
const FIND_FOLDED: &str = r#"
    return [...document.querySelectorAll("details:not([open]) > summary")]
        .find(summary => summary.textContent.includes(arguments[0])) ?? null;
"#;

/// Selector of the file picker.
const PICKER: &str = "input[type=file][multiple]:not([webkitdirectory])";

/// All text announced as status.
const STATUS: &str = "[...document.querySelectorAll('[role=status]')].map(e => e.innerText).join('\\n')";

/// Names of the tabs, in their order.
pub const TABS: [&str; 5] = ["Watch", "Explore", "Sort", "Label", "Under the hood"];

/// Accessible role of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A button.
    Button,
    /// A tab, which chooses the content of a panel.
    Tab,
}

impl Role {
    fn selector(self) -> &'static str {
        match self {
            Self::Button => "button, [role=button]",
            Self::Tab => "[role=tab]",
        }
    }
}

/// Colour scheme preferred by the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Scheme {
    /// Returns the name used in style sheets.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Returns the folder of screenshots taken in a browser.
pub fn screenshots(kind: Kind) -> PathBuf {
    let all = paths::screenshots();
    match kind {
        Kind::Chromium => all,
        Kind::Firefox => all.join("firefox"),
        Kind::WebKit => all.join("webkit"),
    }
}

/// The open page.
pub struct Page {
    browser: Browser,
    server: Server,
}

impl Page {
    /// Creates the page of this server in a fresh browser.
    pub fn new(browser: Browser, server: Server) -> Self {
        Self { browser, server }
    }

    /// Returns the server that the page came from.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Returns the browser.
    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    /// Returns the driver of the browser.
    pub fn driver(&self) -> &WebDriver {
        self.browser.driver()
    }

    /// Loads the page anew, by a link with these settings, without waiting for it.
    pub async fn go(&self, settings: &str) -> Result<()> {
        // A change of the hash alone would not reload the page.
        self.driver().goto("about:blank").await?;
        Ok(self.driver().goto(format!("{}/{FOLDER}/#{settings}", self.server.origin())).await?)
    }

    /// Opens the page by a link with these settings and waits until it can be used.
    pub async fn open(&self, settings: &str) -> Result<()> {
        self.go(settings).await?;
        self.wait_enabled(Role::Button, "Shapes", PATIENTLY).await.map(drop)
    }

    /// Opens the page and waits until its engine is ready too.
    pub async fn open_ready(&self, settings: &str) -> Result<()> {
        self.open(settings).await?;
        self.wait_enabled(Role::Button, "Step", PATIENTLY).await.map(drop)
    }

    /// Presses the button of this name, as soon as it is enabled.
    pub async fn press(&self, name: &str) -> Result<()> {
        let button = self.wait_enabled(Role::Button, name, SOON).await?;
        self.click(&button).await.with_context(|| format!("The button {name} cannot be pressed."))
    }

    /// Chooses a tab, and waits for its code, which may have to be fetched.
    pub async fn choose(&self, tab: &str) -> Result<()> {
        let control = self.wait_enabled(Role::Tab, tab, SOON).await?;
        self.click(&control).await.with_context(|| format!("The tab {tab} cannot be chosen."))?;
        let chosen =
            async || Ok((control.attr("aria-selected").await?.as_deref() == Some("true")).then_some(()));
        self.wait(&format!("the tab {tab} in front"), SOON, chosen).await?;
        self.wait_code().await
    }

    /// Waits until no part of the page waits for its code.
    async fn wait_code(&self) -> Result<()> {
        const CAME: &str = "document.querySelector('[data-testid=loading-room]') === null";
        let came = async || Ok((self.evaluate(CAME).await? == true).then_some(()));
        self.wait("the code of what is shown", SOON, came).await
    }

    /// Unfolds the part of the page with this heading, if it is folded.
    pub async fn unfold(&self, heading: &str) -> Result<()> {
        if let Some(summary) = self.element(FIND_FOLDED, vec![json!(heading)]).await? {
            self.click(&summary).await?;
        }
        Ok(())
    }

    /// Unfolds all settings of network and training.
    pub async fn unfold_advanced(&self) -> Result<()> {
        self.unfold("Network and training").await?;
        self.unfold("Advanced").await
    }

    /// Chooses the tab with the similarity matrix of the set.
    pub async fn show_matrix(&self) -> Result<()> {
        self.choose("Explore").await?;
        self.choose_option("lens", 1).await?;
        self.wait_code().await
    }

    /// Chooses the tab with the similarity matrix of a labelled set, picture by picture.
    pub async fn show_matrix_by_picture(&self) -> Result<()> {
        self.show_matrix().await?;
        self.choose_option("matrix-rows", 1).await
    }

    /// Clicks an element, scrolling it away from a bar at the edge of the window that covers it.
    async fn click(&self, element: &WebElement) -> Result<()> {
        if element.click().await.is_err() {
            let scroll = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
            self.driver().execute(scroll, vec![element.to_json()?]).await?;
            element.click().await?;
        }
        Ok(())
    }

    /// Returns the visible control of this role and name, if there is one.
    pub async fn find(&self, role: Role, name: &str) -> Result<Option<WebElement>> {
        self.element(FIND, vec![json!(role.selector()), json!(name)]).await
    }

    /// Waits for the first element that a CSS selector finds.
    pub async fn locate(&self, selector: &str) -> Result<WebElement> {
        self.wait(&format!("an element {selector}"), SOON, async || {
            Ok(self.driver().find(By::Css(selector)).await.ok())
        })
        .await
    }

    /// Chooses an option of the list with this accessible name, by its text, once it exists.
    pub async fn choose_in(&self, list: &str, option: &str) -> Result<()> {
        let choose = format!(
            "(() => {{
                const list = document.querySelector(`select[aria-label=\"{list}\"]`);
                const option = [...list?.options ?? []].find(({{ text }}) => text === {option:?});
                if (!option) return false;
                list.value = option.value;
                return list.dispatchEvent(new Event('change', {{ bubbles: true }}));
            }})()"
        );
        let chosen = async || Ok((self.evaluate(&choose).await? == true).then_some(()));
        self.wait(&format!("{option} in the list {list}"), SOON, chosen).await
    }

    /// Chooses one of the options of this name, by its index, once it exists.
    pub async fn choose_option(&self, name: &str, place: usize) -> Result<()> {
        let option = format!("document.querySelectorAll('input[name={name}]')[{place}]");
        let script = format!("(option => {{ option?.click(); return !!option; }})({option})");
        let what = format!("option {place} of {name}");
        self.wait(&what, SOON, async || Ok((self.evaluate(&script).await? == true).then_some(()))).await
    }

    /// Types a label for the picked picture, on the tab Label.
    pub async fn set_label(&self, label: &str) -> Result<()> {
        let field = self.locate("input[aria-label='Label of the picked picture']").await?;
        field.send_keys(label).await?;
        self.press("Set label").await
    }

    /// Waits for the element that shows the picture of this name.
    pub async fn picture(&self, name: &str) -> Result<WebElement> {
        self.wait(&format!("the picture {name}"), SOON, async || {
            self.element(FIND_PICTURE, vec![json!(name)]).await
        })
        .await
    }

    async fn element(&self, script: &str, arguments: Vec<Value>) -> Result<Option<WebElement>> {
        let found = self.driver().execute(script, arguments).await?;
        if found.json().is_null() {
            return Ok(None);
        }
        Ok(Some(found.element()?))
    }

    /// Waits for an enabled control.
    pub async fn wait_enabled(&self, role: Role, name: &str, within: Duration) -> Result<WebElement> {
        self.wait(&format!("{role:?} “{name}” to be there and enabled"), within, async || {
            let Some(control) = self.find(role, name).await? else { return Ok(None) };
            let disabled = control.attr("aria-disabled").await?.as_deref() == Some("true");
            Ok((!disabled && control.is_enabled().await?).then_some(control))
        })
        .await
    }

    /// Returns the page's status of the run.
    pub async fn status(&self) -> Result<Status> {
        Ok(Status(self.evaluate(STATUS).await?.as_str().unwrap_or_default().to_owned()))
    }

    /// Waits for a status and returns it.
    pub async fn wait_status(
        &self,
        what: &str,
        within: Duration,
        accept: impl Fn(&Status) -> bool,
    ) -> Result<Status> {
        self.wait(what, within, async || Ok(Some(self.status().await?).filter(&accept))).await
    }

    /// Waits until the run has taken its last step and nothing is left to be computed.
    pub async fn wait_finished(&self, within: Duration) -> Result<Status> {
        self.wait_status("the run to end", within, Status::is_finished).await
    }

    /// Returns all text on the page.
    pub async fn text(&self) -> Result<String> {
        Ok(self.evaluate("document.body?.innerText").await?.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the page's text contains all of `words`, ignoring case.
    pub async fn wait_text(&self, words: &[&str], within: Duration) -> Result<String> {
        let words: Vec<_> = words.iter().map(|word| word.to_lowercase()).collect();
        self.wait(&format!("the page to say {words:?}"), within, async || {
            let text = self.text().await?;
            let lower = text.to_lowercase();
            Ok(words.iter().all(|word| lower.contains(word)).then_some(text))
        })
        .await
    }

    /// Returns the value of a JavaScript expression; a promise is awaited.
    pub async fn evaluate(&self, expression: &str) -> Result<Value> {
        self.browser.evaluate(expression).await
    }

    /// Runs a script at the start of every later document.
    pub async fn begin_with(&self, script: &str) -> Result<()> {
        self.browser.begin_with(script).await
    }

    /// Picks files by the dialogue of the button for them.
    pub async fn pick(&self, paths: &[PathBuf]) -> Result<()> {
        let picker = self.driver().find(By::Css(PICKER)).await?;
        let lines: Vec<_> = paths.iter().map(|path| path.to_string_lossy()).collect();
        Ok(picker.send_keys(lines.join("\n")).await?)
    }

    /// Drops files and folders in the middle of the window, as the system would.
    pub async fn drop_paths(&self, paths: &[PathBuf]) -> Result<()> {
        self.drop_at(paths, [WINDOW.0, WINDOW.1].map(|side| f64::from(side) / 2.0)).await
    }

    /// Drops files and folders at a place of the window, as the system would.
    ///
    /// On a busy page, Chromium sometimes ends a driver's drag without a drop, which is then repeated.
    pub async fn drop_at(&self, paths: &[PathBuf], place: [f64; 2]) -> Result<()> {
        self.evaluate(NOTICE_DROP).await?;
        for _ in 0..DRAGS {
            self.browser.drag(paths, place, true).await?;
            let dropped = async || Ok((self.evaluate("window.dropped").await? == true).then_some(()));
            if self.wait("a drop", DRAGGED, dropped).await.is_ok() {
                return Ok(());
            }
        }
        bail!("The browser drops nothing.")
    }

    /// Pastes a file, made by a JavaScript expression, as the system would.
    pub async fn paste(&self, file: &str) -> Result<()> {
        let script = format!(
            "(async () => {{
                const clipboardData = new DataTransfer();
                clipboardData.items.add(await {file});
                const event = new ClipboardEvent('paste', {{ bubbles: true, cancelable: true }});
                // Firefox gives an event that a script makes no files of its own.
                Object.defineProperty(event, 'clipboardData', {{ value: clipboardData }});
                document.body.dispatchEvent(event);
            }})()"
        );
        self.evaluate(&script).await.map(drop)
    }

    /// Scrolls a part of the page into view; returns the place in the window at these shares of its width and
    /// height.
    pub async fn bring_to_sight(&self, part: &str, [across, down]: [f64; 2]) -> Result<[f64; 2]> {
        let place = format!(
            "(() => {{
                const part = document.querySelector('{part}');
                part.scrollIntoView({{ block: 'center' }});
                const {{ x, y, width, height }} = part.getBoundingClientRect();
                return [x + width * {across}, y + height * {down}];
            }})()"
        );
        Ok(serde_json::from_value(self.evaluate(&place).await?)?)
    }

    /// Presses an export button and returns the exported file.
    pub async fn download(&self, button: &str) -> Result<Vec<u8>> {
        if self.find(Role::Button, button).await?.is_none() {
            self.press("Export").await?;
        }
        self.press(button).await?;
        let what = format!("the file of {button}");
        let file = self.wait(&what, SOON, async || self.downloaded()).await?;
        let bytes = fs::read(&file)?;
        fs::remove_file(file)?;
        Ok(bytes)
    }

    /// Returns the download once it is complete: until then it is empty, or has one of the extensions
    /// [`UNFINISHED`].
    fn downloaded(&self) -> Result<Option<PathBuf>> {
        let entries: Vec<_> = fs::read_dir(self.browser.downloads())?.collect::<std::io::Result<_>>()?;
        let [file] = entries.as_slice() else { return Ok(None) };
        let path = file.path();
        if path.extension().is_some_and(|ending| UNFINISHED.iter().any(|name| ending == *name)) {
            return Ok(None);
        }
        match file.metadata() {
            Ok(metadata) => Ok((metadata.len() > 0).then_some(path)),
            // The browser renamed it after the folder was listed.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Returns the console lines since the last call, each preceded by its level.
    pub async fn console(&self) -> Result<Vec<String>> {
        self.browser.console().await
    }

    /// Shows the page on a screen of this width with this colour scheme.
    pub async fn show_as(&self, width: u32, scheme: Scheme) -> Result<()> {
        let phone = width < 600;
        let height = if phone { 780 } else { WINDOW.1 };
        self.browser.set_screen(width, height, phone).await?;
        self.browser.set_scheme(scheme).await
    }

    /// Takes screenshots of the current page, wide and narrow, light and dark; nothing may be wider than the
    /// screen.
    pub async fn photograph_all(&self, name: &str) -> Result<()> {
        for width in [WINDOW.0, 360] {
            for scheme in [Scheme::Light, Scheme::Dark] {
                self.show_as(width, scheme).await?;
                // Canvases follow a change of size or colours a frame or two later.
                tokio::time::sleep(Duration::from_millis(500)).await;
                let file = format!("{name}-{width}-{}.png", scheme.name());
                self.photograph(&file).await?;
                ensure!(self.evaluate(FITS).await? == true, "{name} is wider than {width} pixels.");
            }
        }
        self.show_as(WINDOW.0, Scheme::Light).await
    }

    /// Takes a screenshot of the window, stored under this name among the [`screenshots`].
    pub async fn photograph(&self, name: &str) -> Result<PathBuf> {
        let folder = screenshots(self.browser.kind());
        fs::create_dir_all(&folder)?;
        let file = folder.join(name);
        self.driver().screenshot(&file).await?;
        Ok(file)
    }

    /// Repeats a query until it returns a value.
    pub async fn wait<T>(
        &self,
        what: &str,
        within: Duration,
        mut ask: impl AsyncFnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let start = Instant::now();
        loop {
            if let Some(answer) = ask().await? {
                return Ok(answer);
            }
            if start.elapsed() >= within {
                let seen = self.text().await.unwrap_or_default();
                bail!("The page said last:\n{seen}\nWaited {} s for {what}, in vain.", within.as_secs());
            }
            tokio::time::sleep(GLANCE).await;
        }
    }
}
