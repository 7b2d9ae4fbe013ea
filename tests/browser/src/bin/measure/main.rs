//! Prints measurements of the built page: `cargo xtask measure [WHAT…]`.
//!
//! - [`asked`] parses the requested measurements;
//! - [`sizes`], [`opening`], [`training`], [`cores`], [`smoothness`], [`frames`], [`scale`], [`decode`] and [`hour`]
//!   perform them;
//! - [`intake`] drops files and waits for their pictures, [`files`] makes them;
//! - [`frame_times`], [`tasks`] and [`pausing`] watch the page's main thread;
//! - [`footprint`] measures memory, including that of [`processes`].

mod asked;
mod cores;
mod decode;
mod files;
mod footprint;
mod frame_times;
mod frames;
mod hour;
mod intake;
mod opening;
mod pausing;
mod processes;
mod scale;
mod sizes;
mod smoothness;
mod tasks;
mod training;

use std::time::Duration;

use anyhow::Result;
use browser_tests::{Visit, site, visit};

use crate::asked::Asked;

/// Time limit of a training run, or of anything else that takes minutes.
const RUN: Duration = Duration::from_secs(1200);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let asked = Asked::read(&words)?;
    for what in &asked.what {
        println!("\n{what}");
        measure(what, asked.minutes).await?;
    }
    Ok(())
}

async fn measure(what: &str, minutes: u64) -> Result<()> {
    match what {
        "sizes" => sizes::measure(),
        "opening" => opening::measure().await,
        "webgpu" => visit(Visit::default(), async |page| training::measure_webgpu(page).await).await,
        "cores" => visit(Visit::default(), async |page| cores::measure(page).await).await,
        "smoothness" => visit(Visit::default(), async |page| smoothness::measure(page).await).await,
        "frames" => frames::measure().await,
        "scale" => scale::measure().await,
        "decode" => visit(Visit::default(), async |page| decode::measure(page).await).await,
        "hour" => visit(with_memory_told(), async |page| hour::measure(page, minutes).await).await,
        images => visit(Visit::default(), async |page| training::measure(page, images).await).await,
    }
}

/// Returns a visit to a page whose engine reports its memory.
fn with_memory_told() -> Visit {
    Visit { site: site::copy_with_measured_engine, ..Visit::default() }
}
