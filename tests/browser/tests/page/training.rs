//! Train, Pause, Step, Reset.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use browser_tests::page::{PATIENTLY, Role, SOON};
use browser_tests::{Visit, visit};

/// Returns the height of the training bar.
const BAR_HEIGHT: &str = "document.querySelector('.train-bar').offsetHeight";

#[tokio::test]
async fn complete_run_continues_by_its_length() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=5&batch=16&side=16&width=4&backend=cpu").await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        page.wait_text(&["done. Train adds 5 steps; Reset starts over."], SOON).await?;
        let step = page.find(Role::Button, "Step").await?.context("there is a button Step")?;
        ensure!(!step.is_enabled().await?, "A step can be taken though all are.");
        page.press("Train").await?;
        let status = page.wait_status("ten steps", PATIENTLY, |status| status.step() == Some(10)).await?;
        ensure!(status.steps() == Some(10), "{status}");
        page.wait_finished(PATIENTLY).await?;
        page.wait_text(&["Train adds 5 steps"], SOON).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn training_is_paused_stepped_and_reset() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=5000&batch=16&side=16&width=4&backend=cpu").await?;
        let height = page.evaluate(BAR_HEIGHT).await?;
        page.press("Train").await?;
        page.wait_status("three steps", PATIENTLY, |status| status.step() >= Some(3)).await?;
        let training = page.evaluate(BAR_HEIGHT).await?;
        ensure!(training == height, "The bar grew from {height} to {training} pixels.");
        page.press("Pause").await?;
        page.wait_enabled(Role::Button, "Train", SOON).await?;
        page.wait_status("the pause", SOON, |status| status.to_string().contains("paused")).await?;
        let paused = page.status().await?.step();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let still = page.status().await?.step();
        ensure!(still == paused, "Paused at step {paused:?}, yet step {still:?} came.");

        page.press("Step").await?;
        page.wait_status("another step", PATIENTLY, |status| status.step() > paused).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let stepped = page.status().await?.step();
        ensure!(stepped == paused.map(|step| step + 1), "Step went from {paused:?} to {stepped:?}.");

        page.press("Reset").await?;
        page.wait_status("step 0", SOON, |status| status.step() == Some(0)).await?;
        Ok(())
    })
    .await
}
