//! A walk through the page by plain means, of which every driver is capable: `cargo xtask webkit` runs it.

use anyhow::{Result, ensure};
use browser_tests::page::{PATIENTLY, SOON, TABS};
use browser_tests::storage::wait_records;
use browser_tests::{Visit, pictures, visit};
use tempfile::TempDir;

const SETTINGS: &str = "images=shapes&steps=20&batch=8&side=16&width=4&backend=cpu";

/// Whether the tab in front shows text and, painted or linked, a picture.
const SHOWN: &str = "[...document.querySelectorAll('[role=tabpanel]')].some(panel => panel.checkVisibility()
    && panel.innerText.trim() !== '' && panel.querySelector('canvas, img, svg') !== null)";

#[tokio::test]
async fn own_pictures_are_trained_on_looked_at_and_kept() -> Result<()> {
    visit(Visit::default(), async |page| {
        let folder = TempDir::new()?;
        pictures::write_photographs(folder.path(), 12, 96)?;
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder.path())? {
            files.push(entry?.path());
        }
        page.open_ready(SETTINGS).await?;
        page.pick(&files).await?;
        page.wait_text(&["yours, 12 pictures"], PATIENTLY).await?;
        page.press("Train").await?;
        let status = page.wait_finished(PATIENTLY).await?;
        ensure!(status.backend() == Some("CPU"), "The status is: {status}");
        for tab in TABS {
            page.choose(tab).await?;
            let shown = async || Ok((page.evaluate(SHOWN).await? == true).then_some(()));
            page.wait(&format!("something on the tab {tab}"), SOON, shown).await?;
            page.photograph(&format!("walk-{tab}.png")).await?;
        }
        page.show_matrix().await?;
        let kept = async || {
            let kept = page.evaluate("document.documentElement.dataset.kept ?? null").await?;
            Ok((kept == "engine_cpu").then_some(()))
        };
        page.wait("the page to be kept", PATIENTLY, kept).await?;
        // A later visit offers the pictures and what was learned.
        wait_records(page, files.len() as u64 + 1).await?;
        page.go(SETTINGS).await?;
        page.press("Continue").await?;
        page.wait_text(&["yours, 12 pictures"], PATIENTLY).await.map(drop)
    })
    .await
}
