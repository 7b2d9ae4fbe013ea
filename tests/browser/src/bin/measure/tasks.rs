//! Tasks that block the main thread.

use anyhow::{Context, Result};
use browser_tests::Page;

/// Stores the longest task of the main thread in a global.
const WATCH: &str = "
    window.longestTask = 0;
    new PerformanceObserver(list => {
        for (const task of list.getEntries()) window.longestTask = Math.max(window.longestTask, task.duration);
    }).observe({type: 'longtask'});
";

/// Starts watching the page's tasks.
pub async fn watch(page: &Page) -> Result<()> {
    page.evaluate(WATCH).await.map(drop)
}

/// Returns the longest task since then; browsers report only tasks over 50 ms.
pub async fn longest(page: &Page) -> Result<String> {
    let longest = page.evaluate("window.longestTask").await?.as_f64().context("No one watched.")?;
    Ok(if longest > 0.0 { format!("{longest:.0} ms") } else { "under 50 ms".to_owned() })
}
