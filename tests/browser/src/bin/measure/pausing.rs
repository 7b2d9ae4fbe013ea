//! Delay between a press on Pause and the end of the run.

use std::time::Duration;

use anyhow::{Context, Result};
use browser_tests::Page;

use crate::RUN;

/// Presses Pause during a step; returns the milliseconds until the engine reported that it takes no further
/// one. The status follows in the next frame.
const PAUSE: &str = "(async () => {
    const trains = () => document.querySelector('.status-more').innerText.includes('training');
    const frame = () => new Promise(requestAnimationFrame);
    const buttons = [...document.querySelectorAll('.train-buttons button')];
    const pause = buttons.find(button => button.textContent.trim() === 'Pause');
    while (!trains()) await frame();
    const start = performance.now();
    pause.click();
    while (trains()) await frame();
    return performance.now() - start;
})()";

/// Pauses and resumes a run repeatedly; returns how long each pause took, in milliseconds, in ascending
/// order. The run is paused at the end.
pub async fn pause_often(page: &Page, times: u32) -> Result<Vec<f64>> {
    let mut durations = Vec::new();
    for number in 0..times {
        if number > 0 {
            page.press("Train").await?;
        }
        page.wait_status("training", RUN, |status| status.0.contains("training")).await?;
        // At a different part of a step each time.
        tokio::time::sleep(Duration::from_millis(1000 + 370 * u64::from(number))).await;
        durations.push(page.evaluate(PAUSE).await?.as_f64().context("a duration")?);
    }
    durations.sort_by(f64::total_cmp);
    Ok(durations)
}
