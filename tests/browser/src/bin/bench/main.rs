//! Times training steps of Likeness and of other libraries: `cargo xtask bench [WHAT…]`.
//!
//! - [`contest`] lists contestants and networks;
//! - [`course`] is the page that times them, and Python if it has JAX;
//! - [`report`] formats times as tables.

mod contest;
mod course;
mod report;

use std::fs;

use anyhow::{Result, bail};
use browser_tests::browser::Kind;
use xtask::{firefox, paths};

use crate::contest::{Backend, NETWORKS};
use crate::course::Course;
use crate::report::{InBrowser, Report};

/// Everything that can be timed, in order.
const ALL: [&str; 3] = ["webgpu", "cpu", "growth"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let asked: Vec<_> = std::env::args().skip(1).collect();
    if let Some(unknown) = asked.iter().find(|what| !ALL.contains(&what.as_str())) {
        bail!("“{unknown}” cannot be timed; these can: {}.", ALL.join(", "));
    }
    let is_asked = |what: &str| asked.is_empty() || asked.iter().any(|asked| asked == what);
    let mut report = Report::default();
    for browser in browsers(is_asked) {
        match (time(browser, &mut report, is_asked).await, browser) {
            (Err(error), Kind::Firefox) => eprintln!("Firefox is left out: {error:#}"),
            (outcome, _) => outcome?,
        }
    }
    println!("{report}");
    if asked.is_empty() {
        let file = paths::root().join("benches/RESULTS.md");
        fs::write(&file, report.to_string())?;
        println!("Written to {}", file.display());
    }
    Ok(())
}

/// Returns Chromium, and Firefox if it is available and needed.
fn browsers(is_asked: impl Fn(&str) -> bool) -> Vec<Kind> {
    if ![Backend::WebGpu, Backend::Cpu].iter().any(|backend| is_asked(backend.name())) {
        return vec![Kind::Chromium];
    }
    match firefox::find() {
        Ok(_) => vec![Kind::Chromium, Kind::Firefox],
        Err(error) => {
            eprintln!("Firefox is left out: {error:#}");
            vec![Kind::Chromium]
        }
    }
}

async fn time(browser: Kind, report: &mut Report, is_asked: impl Fn(&str) -> bool) -> Result<()> {
    let course = Course::open(browser).await?;
    let outcome = time_on(&course, browser, report, is_asked).await;
    course.close().await?;
    outcome
}

async fn time_on(
    course: &Course,
    browser: Kind,
    report: &mut Report,
    is_asked: impl Fn(&str) -> bool,
) -> Result<()> {
    let mut times = InBrowser::new(browser, course.environment().await?);
    for backend in [Backend::WebGpu, Backend::Cpu] {
        if !is_asked(backend.name()) {
            continue;
        }
        for network in &NETWORKS {
            for heat in contest::heats(backend) {
                let results = course.time(&heat, backend, network).await?;
                heat.into_iter().zip(results).for_each(|(entry, result)| {
                    times.add(backend, network, entry, result);
                });
            }
        }
    }
    report.add(times);
    if browser == Kind::Chromium && is_asked("growth") {
        for growth in contest::growths() {
            let results = course.time(&[growth.entry()], Backend::Cpu, &growth.network()).await?;
            results.into_iter().for_each(|result| report.add_growth(growth, result));
        }
    }
    Ok(())
}
