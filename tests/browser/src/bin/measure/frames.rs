//! Responsiveness of the page during training: frame times, and the delay of Pause.

use std::time::Duration;

use anyhow::Result;
use browser_tests::exports::Run;
use browser_tests::{Page, Visit, visit};
use likeness::page::words;
use likeness::protocol::Backend;

use crate::RUN;
use crate::frame_times::FrameTimes;
use crate::pausing;
use crate::training::median_step;

/// Time during which frames are recorded.
const RECORDED: Duration = Duration::from_secs(20);

/// Prints both, on the CPU and on WebGPU, which may be a software adapter.
pub async fn measure() -> Result<()> {
    for backend in [Backend::Cpu, Backend::WebGpu] {
        visit(Visit::default(), async |page| measure_on(page, backend).await).await?;
    }
    Ok(())
}

async fn measure_on(page: &Page, backend: Backend) -> Result<()> {
    // On a software adapter, each pause costs several steps.
    let (key, pauses) = match backend {
        Backend::Cpu => ("cpu", 9),
        Backend::WebGpu => ("webgpu", 4),
    };
    let name = words::backend(backend);
    page.open(&format!("images=shapes&backend={key}&steps=100000&run=1")).await?;
    // The first steps also prepare the device.
    page.wait_status("some steps", RUN, |status| status.step() >= Some(4)).await?;
    println!("  training on {name}: {}", FrameTimes::record(page, RECORDED).await?);
    let durations = pausing::pause_often(page, pauses).await?;
    let step = median_step(&Run::parse(&page.download("Run (JSON)").await?)?)?;
    println!(
        "  {name}, Pause: the run rests after {:.0} ms (median), at most {:.0} ms (goal: within one step, {step:.0} ms)",
        durations[durations.len() / 2],
        durations[durations.len() - 1],
    );
    Ok(())
}
