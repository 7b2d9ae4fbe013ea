//! Train, Pause, Step, Reset.

use std::time::Duration;

use anyhow::{Result, ensure};
use browser_tests::page::{PATIENTLY, Role, SOON};
use browser_tests::{Visit, visit};

#[tokio::test]
async fn training_can_be_paused_stepped_and_reset() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=5000&batch=16&side=16&width=4&backend=cpu").await?;
        page.press("Train").await?;
        page.wait_status("three steps", PATIENTLY, |status| status.step() >= Some(3)).await?;
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
