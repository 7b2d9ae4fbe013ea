//! A running browser, and what each kind does in its own way.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;
use thirtyfour::WebDriver;

use crate::chromium::Chromium;
use crate::firefox::Firefox;

/// The window, unless a test asks for another.
pub const WINDOW: (u32, u32) = (1440, 900);

/// How a line of the console begins that tells of an error.
pub const ERROR: &str = "SEVERE";

/// Which browser opens the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Chromium or Chrome.
    #[default]
    Chromium,
    /// Firefox.
    Firefox,
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
