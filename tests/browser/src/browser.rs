//! A running browser, with the parts specific to each kind.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use thirtyfour::WebDriver;
use xtask::browser::VARIABLE;

use crate::chromium::Chromium;
use crate::firefox::Firefox;
use crate::page::Scheme;
use crate::webkit::WebKit;

/// Default window size.
pub const WINDOW: (u32, u32) = (1440, 900);

/// Start of a console line that reports an error.
pub const ERROR: &str = "SEVERE";

/// Browser that opens the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium or Chrome.
    Chromium,
    /// Firefox.
    Firefox,
    /// WebKit for GTK, whose driver is capable of little.
    WebKit,
}

impl Kind {
    /// Returns the browser named by [`VARIABLE`] in the environment.
    pub fn wanted() -> Self {
        match std::env::var(VARIABLE).as_deref() {
            Err(_) | Ok("" | "chromium") => Self::Chromium,
            Ok("firefox") => Self::Firefox,
            Ok("webkit") => Self::WebKit,
            Ok(other) => panic!("{VARIABLE} is “{other}”: it must be chromium, firefox or webkit."),
        }
    }
}

/// WebGPU support available to the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gpu {
    /// An adapter that computes on the CPU and identifies itself as such.
    #[default]
    Software,
    /// The machine's own adapter, or one that computes on the CPU if there is none.
    Machine,
    /// No adapter.
    Absent,
}

/// A headless browser with its own driver.
pub struct Browser {
    driver: WebDriver,
    own: Own,
    downloads: PathBuf,
}

/// State of one kind of browser.
enum Own {
    Chromium(Chromium),
    Firefox(Firefox),
    WebKit(WebKit),
}

/// Reports that a test asks for more than WebKit's driver is capable of.
fn unable<T>() -> Result<T> {
    bail!("WebKit's driver is not capable of this.")
}

impl Browser {
    /// Starts a browser for the page of this origin. Downloads are stored in a folder of `scratch`, as are
    /// the browser's other files.
    pub async fn start(kind: Kind, gpu: Gpu, origin: &str, scratch: &Path) -> Result<Self> {
        let downloads = scratch.join("downloads");
        std::fs::create_dir_all(&downloads)?;
        let (driver, own) = match kind {
            Kind::Chromium => {
                let (driver, own) = Chromium::start(gpu, &downloads, scratch.join("network.json")).await?;
                (driver, Own::Chromium(own))
            }
            Kind::Firefox => {
                let (driver, own) = Firefox::start(gpu, &downloads, origin).await?;
                (driver, Own::Firefox(own))
            }
            Kind::WebKit => {
                let (driver, own) = WebKit::start().await?;
                (driver, Own::WebKit(own))
            }
        };
        Ok(Self { driver, own, downloads })
    }

    /// Returns the driver.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Returns the kind of browser.
    pub fn kind(&self) -> Kind {
        match &self.own {
            Own::Chromium(_) => Kind::Chromium,
            Own::Firefox(_) => Kind::Firefox,
            Own::WebKit(_) => Kind::WebKit,
        }
    }

    /// Returns the folder of downloads.
    pub fn downloads(&self) -> &Path {
        &self.downloads
    }

    /// Returns the value of a JavaScript expression; a promise is awaited.
    pub async fn evaluate(&self, expression: &str) -> Result<Value> {
        let answer = match &self.own {
            Own::Chromium(own) => own.evaluate(&self.driver, expression).await,
            Own::Firefox(own) => own.evaluate(&self.driver, expression).await,
            Own::WebKit(own) => own.evaluate(&self.driver, expression).await,
        };
        answer.with_context(|| format!("`{expression}` failed in the page."))
    }

    /// Runs a script at the start of every later document.
    pub async fn begin_with(&self, script: &str) -> Result<()> {
        match &self.own {
            Own::Chromium(own) => own.begin_with(&self.driver, script).await,
            Own::Firefox(own) => own.begin_with(&self.driver, script).await,
            Own::WebKit(_) => unable(),
        }
    }

    /// Drags files and folders to a place in the window, as the system would, and optionally drops them
    /// there.
    pub async fn drag(&self, paths: &[PathBuf], place: [f64; 2], lets_go: bool) -> Result<()> {
        match &self.own {
            Own::Chromium(own) => own.drag(&self.driver, paths, place, lets_go).await,
            Own::Firefox(own) => own.drag(&self.driver, paths, place, lets_go).await,
            Own::WebKit(_) => unable(),
        }
    }

    /// Gives the page a window of this size, on a phone's or a desktop's screen.
    pub async fn set_screen(&self, width: u32, height: u32, is_phone: bool) -> Result<()> {
        match &self.own {
            Own::Chromium(own) => own.set_screen(&self.driver, width, height, is_phone).await,
            Own::Firefox(own) => own.set_screen(&self.driver, width, height).await,
            Own::WebKit(_) => unable(),
        }
    }

    /// Sets the preferred colour scheme.
    pub async fn set_scheme(&self, scheme: Scheme) -> Result<()> {
        match &self.own {
            Own::Chromium(own) => own.prefer(&self.driver, "color-scheme", scheme.name()).await,
            Own::Firefox(own) => own.set_scheme(&self.driver, scheme).await,
            Own::WebKit(_) => unable(),
        }
    }

    /// Sets the preference for reduced motion.
    pub async fn lessen_motion(&self) -> Result<()> {
        match &self.own {
            Own::Chromium(own) => own.prefer(&self.driver, "reduced-motion", "reduce").await,
            Own::Firefox(own) => own.lessen_motion(&self.driver).await,
            Own::WebKit(_) => unable(),
        }
    }

    /// Replaces the mouse by touch input.
    pub async fn point_by_finger(&self) -> Result<()> {
        match &self.own {
            Own::Chromium(own) => own.point_by_finger(&self.driver).await,
            Own::Firefox(own) => own.point_by_finger(&self.driver).await,
            Own::WebKit(_) => unable(),
        }
    }

    /// Returns the number of cookies, of any origin.
    pub async fn cookies(&self) -> Result<usize> {
        match &self.own {
            Own::Chromium(own) => own.cookies(&self.driver).await,
            Own::Firefox(own) => own.cookies(&self.driver).await,
            Own::WebKit(_) => unable(),
        }
    }

    /// Returns the console lines since the last call, each preceded by its level; none in WebKit.
    pub async fn console(&self) -> Result<Vec<String>> {
        match &self.own {
            Own::Chromium(own) => own.console(&self.driver).await,
            Own::Firefox(own) => Ok(own.console()),
            Own::WebKit(_) => Ok(Vec::new()),
        }
    }

    /// Closes the browser.
    pub async fn close(&self) -> Result<()> {
        Ok(self.driver.clone().quit().await?)
    }

    /// Returns the requests of this origin's page to other servers; complete once the browser is
    /// closed, and none in WebKit.
    pub fn asked_elsewhere(&self, origin: &str) -> Result<Vec<String>> {
        match &self.own {
            Own::Chromium(own) => own.asked_elsewhere(origin),
            Own::Firefox(own) => Ok(own.asked_elsewhere()),
            Own::WebKit(_) => Ok(Vec::new()),
        }
    }
}
