//! How soon something can be seen, and something be done.

use std::time::Instant;

use anyhow::Result;
use browser_tests::Page;

/// Prints when the page has painted something, and when it is ready.
pub async fn measure(page: &Page) -> Result<()> {
    let start = Instant::now();
    page.open_ready("backend=cpu").await?;
    let ready = start.elapsed().as_secs_f64();
    let paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime").await?;
    println!("  first paint with content after {:.0} ms", paint.as_f64().unwrap_or(f64::NAN));
    println!("  engine ready and the opening set evaluated after {ready:.1} s");
    Ok(())
}
