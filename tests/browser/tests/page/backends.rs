//! WebGPU and CPU: the choice of a backend, and equal training by both.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use browser_tests::browser::Gpu;
use browser_tests::exports::Run;
use browser_tests::page::{PATIENTLY, Role, SOON, VERY_PATIENTLY};
use browser_tests::{Page, Visit, pictures, visit};
use regex::Regex;
use tempfile::TempDir;

/// A run small enough for a software adapter.
const TINY: &str = "images=shapes&seed=3&steps=10&batch=4&side=16&width=4&run=1";

/// Maximum difference between backends: for views out of 1, for gradients out of their norm.
const AGREEMENT: f64 = 1e-3;

fn on_webgpu() -> Visit {
    Visit { needs_webgpu: true, ..Visit::default() }
}

#[tokio::test]
async fn webgpu_and_cpu_train_alike() -> Result<()> {
    visit(on_webgpu(), async |page| {
        let cpu = losses_on(page, "cpu", "CPU", PATIENTLY).await?;
        let gpu = losses_on(page, "webgpu", "WebGPU", VERY_PATIENTLY).await?;
        ensure!(cpu.len() == 10 && gpu.len() == 10, "CPU {cpu:?}, WebGPU {gpu:?}");
        for (step, (cpu, gpu)) in cpu.iter().zip(&gpu).enumerate() {
            let tolerance = if step < 3 { 1e-3 } else { 1e-2 };
            let off = (gpu - cpu).abs() / cpu.abs();
            ensure!(off <= tolerance, "Step {}: {cpu} on the CPU, {gpu} on WebGPU, {off:e} off.", step + 1);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn dropped_pictures_train_on_webgpu_after_the_self_test() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_photographs(folder.path(), 6, 64)?;
    visit(on_webgpu(), async |page| {
        page.open("images=own&steps=2&batch=4&side=16&width=4&backend=webgpu").await?;
        page.drop_paths(&[folder.path().to_owned()]).await?;
        page.picture("0005.jpg").await?;
        page.wait_enabled(Role::Button, "Train", VERY_PATIENTLY).await?;
        page.press("Train").await?;
        let status = page.wait_finished(VERY_PATIENTLY).await?;
        ensure!(status.backend() == Some("WebGPU"), "The status is: {status}");
        let run = Run::parse(&page.download("Run (JSON)").await?)?;
        let verdict = run.0["environment"]["self_test"].as_str().unwrap_or_default();
        let found = Regex::new(r"views within (\S+), gradients within ([^\s)]+)")?.captures(verdict);
        let found = found.with_context(|| format!("The self-test says “{verdict}”."))?;
        for difference in [&found[1], &found[2]] {
            ensure!(difference.parse::<f64>()? <= AGREEMENT, "{verdict}");
        }
        Ok(())
    })
    .await
}

async fn losses_on(page: &Page, backend: &str, name: &str, within: Duration) -> Result<Vec<f64>> {
    page.open(&format!("{TINY}&backend={backend}")).await?;
    let status = page.wait_finished(within).await?;
    ensure!(status.backend() == Some(name), "{backend} was asked for, yet the status is: {status}");
    Run::parse(&page.download("Run (JSON)").await?)?.losses()
}

#[tokio::test]
async fn cpu_trains_without_webgpu_and_the_reason_is_shown() -> Result<()> {
    let visitor = Visit { gpu: Gpu::Absent, ..Visit::default() };
    visit(visitor, async |page| falls_back(page).await).await
}

#[tokio::test]
async fn software_adapter_is_not_chosen_automatically() -> Result<()> {
    visit(Visit::default(), async |page| falls_back(page).await).await
}

async fn falls_back(page: &Page) -> Result<()> {
    page.open("images=shapes&steps=2&batch=8&side=16&width=4&backend=auto&run=1").await?;
    let status = page.wait_finished(PATIENTLY).await?;
    ensure!(status.backend() == Some("CPU"), "The status is: {status}");
    // The backend's button, whose name has the number of cores, shows the reason.
    page.evaluate("document.querySelector('[popovertarget=page-settings]').click()").await?;
    page.wait_text(&["so training runs on the CPU"], SOON).await?;
    Ok(())
}
