//! Timing of steps: the bench page in a browser, and Python if it has JAX.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use browser_tests::Page;
use browser_tests::browser::{Browser, Gpu, Kind};
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::python::{self, JAX};
use xtask::server::Server;
use xtask::{command, paths};

use crate::contest::{Backend, Entry, Network, Threads};

/// Time limit of a heat on one network; the page itself gives up earlier.
const LIMIT: Duration = Duration::from_secs(1200);

/// Cost of a contestant's step.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    pub milliseconds: f64,
    /// Milliseconds until the step has been begun; only in a browser.
    pub begun: Option<f64>,
    /// Milliseconds to the first loss, from before the contestant's code is fetched; only in a browser.
    pub first: Option<f64>,
    /// Losses of the first steps.
    pub losses: Vec<f64>,
    /// WebGPU calls per step.
    pub calls: Calls,
}

/// WebGPU calls per step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Calls {
    pub dispatches: f64,
    pub submits: f64,
    /// Size of the buffers created.
    pub bytes: f64,
}

/// A cost, or a sentence on why there is none.
pub type Outcome = Result<Cost, String>;

/// Conditions of the measurements, besides the contestants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    pub date: String,
    pub browser: String,
    pub adapter: String,
    pub is_software: bool,
    pub cores: u64,
    /// Version of native JAX, if available.
    pub jax: Option<String>,
}

/// The open bench page.
pub struct Course {
    page: Page,
    jax: Option<PathBuf>,
    // Holds the browser's log.
    _scratch: TempDir,
}

impl Course {
    /// Opens the page built by `cargo xtask bench`.
    pub async fn open(browser: Kind) -> Result<Self> {
        let scratch = TempDir::new()?;
        let server = Server::start_isolating(&paths::bench_page(), 0)?;
        let address = format!("{}/index.html", server.origin());
        let browser = Browser::start(browser, Gpu::Machine, &server.origin(), scratch.path()).await?;
        let page = Page::new(browser, server);
        page.driver().goto(address).await?;
        Ok(Self { page, jax: python::find(&[JAX]), _scratch: scratch })
    }

    /// Closes the browser.
    pub async fn close(self) -> Result<()> {
        self.page.browser().close().await
    }

    /// Returns the conditions of the measurements.
    pub async fn environment(&self) -> Result<Environment> {
        let told = self.page.evaluate("environment()").await?;
        let text = |name: &str| told[name].as_str().unwrap_or("unknown").to_owned();
        Ok(Environment {
            date: text("date"),
            browser: text("browser"),
            adapter: text("adapter"),
            is_software: told["software"] == true,
            cores: told["cores"].as_u64().unwrap_or_default(),
            jax: self.jax.as_deref().and_then(|python| JAX.version(python)),
        })
    }

    /// Times the steps of contestants, alternating between them.
    pub async fn time(&self, heat: &[Entry], backend: Backend, network: &Network) -> Result<Vec<Outcome>> {
        let titles: Vec<_> = heat.iter().map(|entry| entry.title(backend)).collect();
        eprintln!("timing {}, {}, {} …", titles.join(" and "), backend.title(), network.title);
        if let [Entry::JaxNative(threads)] = heat {
            return Ok(vec![self.time_natively(&problem(network), *threads)]);
        }
        let requests: Vec<_> =
            heat.iter().map(|entry| request(*entry, backend, network).to_string()).collect();
        self.page.evaluate(&format!("measure({})", requests.join(", "))).await?;
        let told = self.page.wait("a contestant", LIMIT, async || {
            let outcome = self.page.evaluate("outcome").await?;
            Ok((!outcome.is_null()).then_some(outcome))
        });
        let told = told.await?;
        Ok(match told.as_array() {
            Some(each) => each.iter().map(read).collect(),
            None => heat.iter().map(|_| read(&told)).collect(),
        })
    }

    fn time_natively(&self, problem: &Value, threads: Threads) -> Outcome {
        let python = self.jax.as_ref().ok_or("skipped: Python has no JAX here")?;
        let threads = match threads {
            Threads::One => "one",
            Threads::All => "all",
        };
        let script = paths::root().join("benches/peers/jax_native.py");
        let answer = command::output(Command::new(python).arg(script).arg(problem.to_string()).arg(threads));
        let answer = answer.ok_or("failed in Python")?;
        let told = answer.lines().last().and_then(|line| serde_json::from_str(line).ok());
        read(&told.context("no answer").map_err(|error| error.to_string())?)
    }
}

/// Returns a contestant's training problem, in the form that the page and Python accept.
fn problem(network: &Network) -> Value {
    json!({"blocks": network.blocks(), "pairs": network.pairs, "side": network.side})
}

/// Returns a timing request for the page.
fn request(entry: Entry, backend: Backend, network: &Network) -> Value {
    let mut problem = problem(network);
    let contestant = match entry {
        Entry::Likeness => "likeness",
        Entry::LikenessDrawing(pictures) => {
            problem["pictures"] = json!(pictures);
            "likeness"
        }
        Entry::JaxJs => "jax-js",
        Entry::TensorFlow => "tensorflow",
        Entry::Matmul(tile) => {
            problem["tile"] = json!(tile);
            "matmul"
        }
        Entry::JaxNative(_) => unreachable!("native JAX is not timed by the page"),
    };
    json!({"contestant": contestant, "backend": backend.name(), "problem": problem})
}

fn read(told: &Value) -> Outcome {
    if let Some(failure) = told["failed"].as_str() {
        return Err(format!("failed: {failure}"));
    }
    let number = |name: &str| told[name].as_f64().unwrap_or_default();
    let losses = told["losses"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(Cost {
        milliseconds: told["milliseconds"].as_f64().ok_or("failed: no time was measured")?,
        begun: told["begun"].as_f64(),
        first: told["first"].as_f64(),
        losses: losses.iter().filter_map(Value::as_f64).collect(),
        calls: Calls { dispatches: number("dispatches"), submits: number("submits"), bytes: number("bytes") },
    })
}
