//! A running browser, and what each kind does in its own way.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;
use thirtyfour::WebDriver;
use xtask::browser::VARIABLE;

use crate::chromium::Chromium;
use crate::firefox::Firefox;
use crate::page::Scheme;

/// The window, unless a test asks for another.
pub const WINDOW: (u32, u32) = (1440, 900);

/// How a line of the console begins that tells of an error.
pub const ERROR: &str = "SEVERE";

/// Which browser opens the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium or Chrome.
    Chromium,
    /// Firefox.
    Firefox,
}

impl Kind {
    /// The one that the environment names by [`VARIABLE`].
    pub fn wanted() -> Self {
        match std::env::var(VARIABLE).as_deref() {
            Err(_) | Ok("" | "chromium") => Self::Chromium,
            Ok("firefox") => Self::Firefox,
            Ok(other) => panic!("{VARIABLE} is “{other}”: it must be chromium or firefox."),
        }
    }
}

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

/// A browser that was started, headless, with a driver of its own.
pub struct Browser {
    driver: WebDriver,
    own: Own,
    downloads: PathBuf,
}

/// What only one kind of browser has.
enum Own {
    Chromium(Chromium),
    Firefox(Firefox),
}

impl Browser {
    /// Starts a browser for the page of this origin. What the page hands out will lie in a
    /// folder of `scratch`, as will what the browser writes besides.
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
        };
        Ok(Self { driver, own, downloads })
    }

    /// What drives it.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Which one it is.
    pub fn kind(&self) -> Kind {
        match &self.own {
            Own::Chromium(_) => Kind::Chromium,
            Own::Firefox(_) => Kind::Firefox,
        }
    }

    /// Where the files lie that the page hands out.
    pub fn downloads(&self) -> &Path {
        &self.downloads
    }

    /// The value of a JavaScript expression; a promise is awaited.
    pub async fn evaluate(&self, expression: &str) -> Result<Value> {
        let answer = match &self.own {
            Own::Chromium(own) => own.evaluate(&self.driver, expression).await,
            Own::Firefox(own) => own.evaluate(&self.driver, expression).await,
        };
        answer.with_context(|| format!("`{expression}` failed in the page."))
    }

    /// Runs a script at the beginning of every document to come.
    pub async fn begin_with(&self, script: &str) -> Result<()> {
        match &self.own {
            Own::Chromium(own) => own.begin_with(&self.driver, script).await,
            Own::Firefox(own) => own.begin_with(&self.driver, script).await,
        }
    }

    /// Drags files and folders to a place of the window, as the system would, and lets go of
    /// them there or not.
    pub async fn drag(&self, paths: &[PathBuf], place: [f64; 2], lets_go: bool) -> Result<()> {
        match &self.own {
            Own::Chromium(own) => own.drag(&self.driver, paths, place, lets_go).await,
            Own::Firefox(own) => own.drag(&self.driver, paths, place, lets_go).await,
        }
    }

    /// Gives the page a window of this size, on a phone's screen or a desk's.
    pub async fn set_screen(&self, width: u32, height: u32, is_phone: bool) -> Result<()> {
        match &self.own {
            Own::Chromium(own) => own.set_screen(&self.driver, width, height, is_phone).await,
            Own::Firefox(own) => own.set_screen(&self.driver, width, height).await,
        }
    }

    /// Prefers these colours.
    pub async fn set_scheme(&self, scheme: Scheme) -> Result<()> {
        match &self.own {
            Own::Chromium(own) => own.prefer(&self.driver, "color-scheme", scheme.name()).await,
            Own::Firefox(own) => own.set_scheme(&self.driver, scheme).await,
        }
    }

    /// Prefers that less moves.
    pub async fn lessen_motion(&self) -> Result<()> {
        match &self.own {
            Own::Chromium(own) => own.prefer(&self.driver, "reduced-motion", "reduce").await,
            Own::Firefox(own) => own.lessen_motion(&self.driver).await,
        }
    }

    /// Has a finger instead of a mouse.
    pub async fn point_by_finger(&self) -> Result<()> {
        match &self.own {
            Own::Chromium(own) => own.point_by_finger(&self.driver).await,
            Own::Firefox(own) => own.point_by_finger(&self.driver).await,
        }
    }

    /// How many cookies it holds, of whatever origin.
    pub async fn cookies(&self) -> Result<usize> {
        match &self.own {
            Own::Chromium(own) => own.cookies(&self.driver).await,
            Own::Firefox(own) => own.cookies(&self.driver).await,
        }
    }

    /// The lines of the console since the last call, each after its level.
    pub async fn console(&self) -> Result<Vec<String>> {
        match &self.own {
            Own::Chromium(own) => own.console(&self.driver).await,
            Own::Firefox(own) => Ok(own.console()),
        }
    }

    /// Closes it.
    pub async fn close(&self) -> Result<()> {
        Ok(self.driver.clone().quit().await?)
    }

    /// What the page of this origin has asked of other servers, once the browser is closed.
    pub fn asked_elsewhere(&self, origin: &str) -> Result<Vec<String>> {
        match &self.own {
            Own::Chromium(own) => own.asked_elsewhere(origin),
            Own::Firefox(own) => Ok(own.asked_elsewhere()),
        }
    }
}
