//! Tasks that hold the main thread up.

use anyhow::{Context, Result};
use browser_tests::Page;

/// Keeps the longest task of the main thread in a global.
const WATCH: &str = "
    window.longestTask = 0;
    new PerformanceObserver(list => {
        for (const task of list.getEntries()) window.longestTask = Math.max(window.longestTask, task.duration);
    }).observe({type: 'longtask'});
";

/// Watches the page's tasks from now on.
pub async fn watch(page: &Page) -> Result<()> {
    page.evaluate(WATCH).await.map(drop)
}

/// The longest since then; browsers report tasks over 50 ms only.
pub async fn longest(page: &Page) -> Result<String> {
    let longest = page.evaluate("window.longestTask").await?.as_f64().context("No one watched.")?;
    Ok(if longest > 0.0 { format!("{longest:.0} ms") } else { "under 50 ms".to_owned() })
}
