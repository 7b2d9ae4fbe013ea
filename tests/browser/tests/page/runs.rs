//! Kept runs, and the comparison of two.

use std::time::Duration;

use anyhow::{Result, ensure};
use browser_tests::page::{PATIENTLY, SOON, Scheme};
use browser_tests::{Visit, visit};

/// Types another seed like a user.
pub const OTHER_SEED: &str = "(() => {
    const label = [...document.querySelectorAll('label')].find(label => label.innerText.startsWith('Seed'));
    const field = label.querySelector('input');
    field.value = '7';
    field.dispatchEvent(new Event('change', { bubbles: true }));
})()";

/// Counts the lines in the first chart of the comparison.
const LINES: &str = "document.querySelector('.run-charts svg').querySelectorAll('.run-line').length";

/// Returns the contents of the gallery's first row.
const FIRST_PICTURES: &str = "document.querySelector('.gallery-sheet').toDataURL()";

const SETTINGS: &str = "images=shapes&steps=12&batch=8&side=16&width=4&backend=cpu";

#[tokio::test]
async fn two_runs_are_kept_and_compared() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready(SETTINGS).await?;
        let first = page.evaluate(FIRST_PICTURES).await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        page.unfold_advanced().await?;
        page.evaluate(OTHER_SEED).await?;
        page.wait_text(&["step 0 / 12"], SOON).await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        page.choose("Under the hood").await?;
        let told = ["Runs", "as run 1, but seed 1 → 7", "From run 1 to run 2: seed 1 → 7.", "kNN, trained"];
        page.wait_text(&told, SOON).await?;
        page.wait("two lines", SOON, async || Ok((page.evaluate(LINES).await? == 2).then_some(()))).await?;
        let schemes =
            [(1440, Scheme::Light), (360, Scheme::Light), (1440, Scheme::Dark), (360, Scheme::Dark)];
        for (width, scheme) in schemes {
            page.show_as(width, scheme).await?;
            page.evaluate("document.querySelector('.runs').scrollIntoView({ block: 'start' })").await?;
            tokio::time::sleep(Duration::from_millis(500)).await;
            let file = format!("runs-{width}-{scheme:?}.png").to_lowercase();
            page.photograph(&file).await?;
        }
        page.show_as(1440, Scheme::Light).await?;
        page.press("Use its settings: run 1").await?;
        page.wait_text(&["step 0 / 12"], SOON).await?;
        let hash = page.evaluate("location.hash").await?;
        ensure!(hash.as_str().is_some_and(|hash| hash.contains("seed=1&")), "The settings are {hash}.");
        page.wait("the figures of run 1", SOON, async || {
            Ok((page.evaluate(FIRST_PICTURES).await? == first).then_some(()))
        })
        .await
    })
    .await
}
