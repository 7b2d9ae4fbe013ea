//! Results and times of runs with the recommended settings.

use std::time::Instant;

use anyhow::{Context, Result};
use browser_tests::Page;
use browser_tests::exports::Run;
use browser_tests::page::PATIENTLY;

use crate::RUN;

/// Number of steps on WebGPU; the median ignores the first ones, which compile.
const WEBGPU_STEPS: usize = 12;

/// Scores of a few labels, as worded by the page.
const SCORES: &str = "(() => {
    const words = element => element.innerText.replace(/\\s+/g, ' ').trim();
    const table = document.querySelector('.scores');
    return table ? [...table.querySelectorAll('tr')].map(words).join('; ') : 'Pixels –';
})()";

/// Prints the result and the time of a run on the CPU.
pub async fn measure(page: &Page, images: &str) -> Result<()> {
    page.open(&format!("images={images}&backend=cpu&run=1")).await?;
    page.wait_status("the first step", PATIENTLY, |status| status.step() >= Some(1)).await?;
    let start = Instant::now();
    page.wait_finished(RUN).await?;
    let seconds = start.elapsed().as_secs_f64();
    let run = Run::parse(&page.download("Run (JSON)").await?)?;
    let milliseconds = run.curve("milliseconds")?;
    let speed = 1e3 * milliseconds.len() as f64 / milliseconds.iter().sum::<f64>();
    let score = |stage| run.knn(stage).map_or("unknown".to_owned(), |knn| format!("{knn:.3}"));
    println!("  {} steps in {seconds:.0} s, {speed:.2} steps/s", milliseconds.len());
    println!(
        "  kNN@10: {} trained, {} untrained, {} by classic features, {} by pixels",
        score("trained"),
        score("untrained"),
        score("classic"),
        score("pixels")
    );
    page.choose("Label").await?;
    let all_known = async || {
        let scores = page.evaluate(SCORES).await?;
        let scores = scores.as_str().context("The Labels tab shows no scores.")?;
        Ok((!scores.contains("Pixels –")).then(|| scores.to_owned()))
    };
    println!("  {}", page.wait("scores of every stage", PATIENTLY, all_known).await?);
    Ok(())
}

/// Prints the time of a step on WebGPU, which may be a software adapter.
pub async fn measure_webgpu(page: &Page) -> Result<()> {
    page.open(&format!("images=shapes&backend=webgpu&steps={WEBGPU_STEPS}&run=1")).await?;
    page.wait_finished(RUN).await?;
    let run = Run::parse(&page.download("Run (JSON)").await?)?;
    println!("  {:.0} ms a step, the median of {WEBGPU_STEPS}", median_step(&run)?);
    println!("  adapter: {}", run.0["environment"]["adapter"]);
    Ok(())
}

/// Returns the median of the steps' times, in milliseconds.
pub fn median_step(run: &Run) -> Result<f64> {
    let mut milliseconds = run.curve("milliseconds")?;
    milliseconds.sort_by(f64::total_cmp);
    milliseconds.get(milliseconds.len() / 2).copied().context("No step was taken.")
}
