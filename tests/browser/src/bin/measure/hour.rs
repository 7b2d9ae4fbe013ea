//! Memory over an hour of training.

use std::time::{Duration, Instant};

use anyhow::Result;
use browser_tests::Page;

use crate::RUN;
use crate::footprint::Footprint;

/// Minutes after which memory is measured, besides at the end.
const MARKS: [u64; 3] = [1, 10, 60];

/// Interval of checks that the run continues.
const GLANCE: Duration = Duration::from_secs(5);

/// Trains for `minutes` with the recommended settings, and prints memory before training and at the marks.
pub async fn measure(page: &Page, minutes: u64) -> Result<()> {
    page.open_ready("images=shapes&backend=cpu&steps=100000").await?;
    page.wait_status("the first evaluation", RUN, |status| status.knn().is_some()).await?;
    println!("  before: {}", Footprint::of(page).await?);
    page.press("Train").await?;
    let start = Instant::now();
    for mark in marks(minutes) {
        train_until(page, start + Duration::from_secs(60 * mark)).await?;
        let step = page.status().await?.step().unwrap_or_default();
        println!("  after {mark} min, at step {step}: {}", Footprint::of(page).await?);
    }
    Ok(())
}

/// Returns the marks before the end, and the end itself.
fn marks(minutes: u64) -> Vec<u64> {
    MARKS.into_iter().filter(|mark| *mark < minutes).chain([minutes]).collect()
}

async fn train_until(page: &Page, end: Instant) -> Result<()> {
    while Instant::now() < end {
        tokio::time::sleep(GLANCE.min(end.saturating_duration_since(Instant::now()))).await;
        // No run can be longer than this one: with quick steps, another follows.
        if page.status().await?.is_finished() {
            println!("  all steps are taken; another run begins");
            page.press("Reset").await?;
            page.press("Train").await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_a_mark() {
        assert_eq!(marks(60), [1, 10, 60]);
        assert_eq!(marks(10), [1, 10]);
        assert_eq!(marks(25), [1, 10, 25]);
        assert_eq!(marks(1), [1]);
        assert_eq!(marks(90), [1, 10, 60, 90]);
    }
}
