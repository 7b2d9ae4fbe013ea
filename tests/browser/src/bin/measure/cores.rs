//! Time of a step by the number of cores, in one run whose number of cores changes again and again.

use anyhow::{Context, Result};
use browser_tests::Page;
use browser_tests::exports::Run;
use browser_tests::page::{PATIENTLY, VERY_PATIENTLY};

use crate::RUN;

/// Numbers of cores compared.
const COUNTS: [usize; 4] = [1, 2, 3, 4];

/// Number of times that each is measured.
const ROUNDS: usize = 4;

/// Number of steps of each measurement. The first ones, up to [`FIRST`], are left out: replicas start in them.
const STEPS: usize = 40;
const FIRST: usize = 12;

/// Prints the median time of a default training step on each number of cores.
pub async fn measure(page: &Page) -> Result<()> {
    let steps = STEPS * COUNTS.len() * ROUNDS;
    page.open_ready(&format!("images=shapes&backend=cpu&cores=1&steps={steps}")).await?;
    page.unfold_advanced().await?;
    let mut ends = Vec::new();
    for cores in COUNTS.repeat(ROUNDS) {
        page.choose_option("cores", cores).await?;
        page.press("Train").await?;
        let goal = ((ends.len() + 1) * STEPS) as u32;
        let there = page.wait_status("its steps", RUN, |status| status.step() >= Some(goal)).await?;
        if goal < steps as u32 {
            page.press("Pause").await?;
            page.wait_enabled(browser_tests::page::Role::Button, "Train", PATIENTLY).await?;
        }
        ends.push(page.status().await?.step().or(there.step()).context("the status names the step")? as usize);
    }
    page.wait_finished(VERY_PATIENTLY).await?;
    let milliseconds = Run::parse(&page.download("Run (JSON)").await?)?.curve("milliseconds")?;
    let mut times = vec![Vec::new(); COUNTS.len()];
    let mut start = 0;
    for (place, end) in ends.into_iter().enumerate() {
        times[place % COUNTS.len()].extend_from_slice(&milliseconds[(start + FIRST).min(end)..end]);
        start = end;
    }
    let medians = times.iter_mut().map(|times| {
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied().context("no step was measured")
    });
    let medians = medians.collect::<Result<Vec<f64>>>()?;
    println!("| cores | ms a step | of one core’s time |\n|---:|---:|---:|");
    for (cores, median) in COUNTS.iter().zip(&medians) {
        println!("| {cores} | {median:.1} | {:.2} |", median / medians[0]);
    }
    let (one, two) = (medians[0], medians[1]);
    println!("cpu: 1 worker {one:.1} ms, 2 workers {two:.1} ms, ratio {:.2}", two / one);
    Ok(())
}
