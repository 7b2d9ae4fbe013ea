//! Times training steps beside those of other libraries: `cargo xtask bench [WHAT…]`.
//!
//! - [`contest`] says who is timed, on what;
//! - [`course`] is the page that times them, and Python where JAX is;
//! - [`report`] turns times into tables.

mod contest;
mod course;
mod report;

use std::fs;

use anyhow::{Result, bail};
use xtask::paths;

use crate::contest::{Backend, NETWORKS};
use crate::course::Course;
use crate::report::Report;

/// What can be timed, in the order in which it is.
const ALL: [&str; 3] = ["webgpu", "cpu", "growth"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let asked: Vec<_> = std::env::args().skip(1).collect();
    if let Some(unknown) = asked.iter().find(|what| !ALL.contains(&what.as_str())) {
        bail!("“{unknown}” cannot be timed; these can: {}.", ALL.join(", "));
    }
    let course = Course::open().await?;
    let outcome = time(&course, |what| asked.is_empty() || asked.iter().any(|asked| asked == what)).await;
    course.close().await?;
    let report = outcome?;
    println!("{report}");
    if asked.is_empty() {
        let file = paths::root().join("benches/RESULTS.md");
        fs::write(&file, report.to_string())?;
        println!("Written to {}", file.display());
    }
    Ok(())
}

async fn time(course: &Course, is_asked: impl Fn(&str) -> bool) -> Result<Report> {
    let mut report = Report::new(course.environment().await?);
    for backend in [Backend::WebGpu, Backend::Cpu] {
        if !is_asked(backend.name()) {
            continue;
        }
        for network in &NETWORKS {
            for entry in contest::entries(backend) {
                let result = course.time(&entry, backend, network).await?;
                report.add(backend, network, entry, result);
            }
        }
    }
    if is_asked("growth") {
        for growth in contest::growths() {
            let result = course.time(&growth.entry(), Backend::Cpu, &growth.network()).await?;
            report.add_growth(growth, result);
        }
    }
    Ok(report)
}
