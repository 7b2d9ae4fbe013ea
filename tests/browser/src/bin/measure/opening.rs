//! How soon something can be seen, and something be done.

use std::fs;

use anyhow::{Context, Result};
use browser_tests::page::{PATIENTLY, Role};
use browser_tests::{Page, Visit, visit};
use serde_json::Value;

use crate::RUN;

/// What part of its least time a link that trains may take to its first step.
const GOAL: f64 = 1.5;

/// Notes, at every frame, what is there for the first time, and when, in milliseconds since the
/// page was asked for.
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

/// A page that can do nothing by itself.
const BARE: &str = "<!doctype html><html lang=en><title>Bare</title><link rel=icon href=data:,>";

/// Prints when the page has painted something, can be used and is ready, and how soon a link that
/// trains takes its first step, on the CPU and on WebGPU.
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

/// From the click on a link that trains to its first step, beside what that takes at the least:
/// the engine's code compiled, and its first step on a page that is ready.
async fn first_step(page: &Page, name: &str, backend: &str) -> Result<()> {
    let compiled = compile(page, backend).await?;
    page.begin_with(WATCH).await?;
    page.go(&format!("backend={backend}&run=1")).await?;
    let linked = found(page, "stepped").await?;

    page.go(&format!("backend={backend}")).await?;
    found(page, "evaluated").await?;
    page.wait_enabled(Role::Button, "Step", PATIENTLY).await?;
    let pressed = milliseconds(&page.evaluate("performance.now()").await?)?;
    page.press("Step").await?;
    let stepped = found(page, "stepped").await? - pressed;

    let least = compiled + stepped;
    println!(
        "  {name}: a link with run=1 takes its first step after {linked:.0} ms, {:.2} of {compiled:.0} ms to \
         compile the engine and {stepped:.0} ms for a first step (goal: {GOAL} or less)",
        linked / least
    );
    Ok(())
}

/// Compiles an engine's code in a page that does nothing else; returns the milliseconds.
async fn compile(page: &Page, backend: &str) -> Result<f64> {
    fs::write(page.server().root().join("bare.html"), BARE)?;
    page.driver().goto(format!("{}/bare.html", page.server().origin())).await?;
    let script = format!(
        "(async () => {{
            const start = performance.now();
            await WebAssembly.compileStreaming(fetch('likeness/engine_{backend}_bg.wasm'));
            return performance.now() - start;
        }})()"
    );
    milliseconds(&page.evaluate(&script).await?)
}

/// Waits until a sign of [`WATCH`] is there; returns when it was, in milliseconds.
async fn found(page: &Page, sign: &str) -> Result<f64> {
    let found = format!("window.found?.{sign}");
    page.wait(sign, RUN, async || Ok(page.evaluate(&found).await?.as_f64())).await
}

fn milliseconds(value: &Value) -> Result<f64> {
    value.as_f64().with_context(|| format!("{value} is no time."))
}
