//! Time until the page is visible, and until it can be used.

use anyhow::{Context, Result};
use browser_tests::{Page, Visit, site, visit};
use serde_json::json;
use xtask::paths;

use crate::RUN;

/// Largest time of a link that trains, relative to that of a bare engine and its first step.
const GOAL: f64 = 1.5;

/// Records at every frame which signs appear for the first time, and when, in milliseconds since the page was
/// requested.
const WATCH: &str = "(() => {
    const found = window.found = {};
    const button = name => [...document.querySelectorAll('.train-buttons button')]
        .find(button => button.textContent.trim() === name);
    const status = () => [...document.querySelectorAll('[role=status]')].map(e => e.innerText).join(' ');
    const signs = {
        shown: () => document.querySelector('.gallery-sheet')?.height > 0,
        interactive: () => found.shown && button('Train')?.disabled === false,
        ready: () => button('Step')?.disabled === false,
        evaluated: () => /kNN \\d/.test(status()),
        stepped: () => /step\\s+[1-9]\\d*\\s*\\//.test(status()),
    };
    const look = () => {
        for (const [name, sign] of Object.entries(signs)) {
            if (!(name in found) && sign()) found[name] = performance.now();
        }
        requestAnimationFrame(look);
    };
    document.addEventListener('DOMContentLoaded', look);
})()";

/// Prints when the page has painted something, can be used and is ready, and how soon a link that trains
/// takes its first step, on the CPU and on WebGPU.
pub async fn measure() -> Result<()> {
    visit(Visit::default(), async |page| opening(page).await).await?;
    for (name, backend) in [("CPU", "cpu"), ("WebGPU", "webgpu")] {
        visit(Visit::default(), async |page| first_step(page, name, backend).await).await?;
    }
    Ok(())
}

async fn opening(page: &Page) -> Result<()> {
    page.begin_with(WATCH).await?;
    page.go("backend=cpu").await?;
    let evaluated = found(page, "evaluated").await?;
    let paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime").await?;
    println!("  first paint with content after {:.0} ms", paint.as_f64().unwrap_or(f64::NAN));
    let interactive = found(page, "interactive").await?;
    println!("  Shapes on show and Train to be pressed after {interactive:.0} ms (goal: 1000 or less)");
    println!("  engine ready after {:.0} ms", found(page, "ready").await?);
    println!("  the opening set evaluated after {evaluated:.0} ms");
    Ok(())
}

/// Measures from the click on a link that trains to its first step, compared with the minimum: an engine that
/// does nothing else, from its code to its first loss.
async fn first_step(page: &Page, name: &str, backend: &str) -> Result<()> {
    page.begin_with(WATCH).await?;
    page.go(&format!("backend={backend}&run=1")).await?;
    let linked = found(page, "stepped").await?;
    let compared = match bare_engine(page, backend).await? {
        Some(least) => format!(
            "{:.2} of the {least:.0} ms of an engine that does nothing else (goal: {GOAL} or less)",
            linked / least
        ),
        None => {
            "to be compared once `cargo xtask bench` has built an engine that does nothing else".to_owned()
        }
    };
    println!("  {name}: a link with run=1 takes its first step after {linked:.0} ms; {compared}");
    Ok(())
}

/// Measures from the start of the bench's engine to its first loss, with the settings of the opening page, in
/// milliseconds; `None` if the bench was not built.
async fn bare_engine(page: &Page, backend: &str) -> Result<Option<f64>> {
    let bench = paths::bench_page();
    if !bench.join("engine").is_dir() {
        return Ok(None);
    }
    site::copy_folder(&bench, &page.server().root().join("bench"))?;
    page.driver().goto(format!("{}/bench/index.html", page.server().origin())).await?;
    let problem =
        json!({"blocks": [[16, 1], [32, 2], [64, 2], [64, 2]], "pairs": 32, "side": 32, "pictures": 1000});
    let request = json!({"contestant": "likeness", "backend": backend, "problem": problem});
    page.evaluate(&format!("measure({request})")).await?;
    let outcome = async || Ok(Some(page.evaluate("outcome").await?).filter(|outcome| !outcome.is_null()));
    let outcome = page.wait("the bench's engine", RUN, outcome).await?;
    let first = outcome[0]["first"].as_f64();
    first.with_context(|| format!("The bench's engine took no step: {outcome}")).map(Some)
}

/// Waits for a sign of [`WATCH`]; returns the time at which it appeared, in milliseconds.
async fn found(page: &Page, sign: &str) -> Result<f64> {
    let found = format!("window.found?.{sign}");
    page.wait(sign, RUN, async || Ok(page.evaluate(&found).await?.as_f64())).await
}
