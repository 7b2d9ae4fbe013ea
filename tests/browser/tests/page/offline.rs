//! The page without a network, installed, and after another version was deployed over it.

use anyhow::{Result, ensure};
use browser_tests::page::{PATIENTLY, SOON};
use browser_tests::visit::FOLDER;
use browser_tests::{Page, Visit, pictures, site, visit};
use serde_json::json;

const SETTINGS: &str = "images=shapes&steps=5&batch=8&side=16&width=4&backend=cpu";

/// Waits until the browser has all of this build.
async fn wait_kept(page: &Page) -> Result<()> {
    let kept = "document.documentElement.dataset.kept";
    page.wait("the page to be kept", PATIENTLY, async || Ok(page.evaluate(kept).await?.as_str().map(|_| ())))
        .await
}

async fn is_newer_offered(page: &Page) -> Result<bool> {
    Ok(page.evaluate("document.querySelector('.newer') !== null").await? == true)
}

#[tokio::test]
async fn after_the_first_visit_the_page_needs_no_network() -> Result<()> {
    visit(Visit { errors_allowed: true, ..Visit::default() }, async |page| {
        page.open_ready(SETTINGS).await?;
        wait_kept(page).await?;
        page.server().close();
        page.open_ready(SETTINGS).await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        // What was not asked for before is there, too: the other set, and the decoders.
        page.press("Fashion").await?;
        page.wait_text(&["Fashion, 1,000 pictures"], PATIENTLY).await?;
        let folder = tempfile::TempDir::new()?;
        pictures::write_photographs(folder.path(), 5, 200)?;
        page.drop_paths(&[folder.path().to_owned()]).await?;
        page.wait_text(&["yours, 5 pictures"], PATIENTLY).await.map(drop)
    })
    .await
}

/// The names of the files that the page consists of.
const NAMES: &str = "document.querySelector('link[rel=modulepreload]')?.href";

#[tokio::test]
async fn another_version_is_offered_and_taken_on_demand() -> Result<()> {
    visit(Visit { errors_allowed: true, ..Visit::default() }, async |page| {
        page.open_ready(SETTINGS).await?;
        wait_kept(page).await?;
        page.evaluate("lookForNewer()").await?;
        ensure!(!is_newer_offered(page).await?, "A newer version is offered where there is none.");

        let other = site::deploy_other_version(&page.server().root().join(FOLDER))?;
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))").await?;
        page.wait("the offer", SOON, async || Ok(is_newer_offered(page).await?.then_some(()))).await?;
        // The old page goes on.
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        let names = page.evaluate(NAMES).await?;
        ensure!(!names.to_string().contains(&other), "The page was replaced without being asked.");

        page.press("Reload").await?;
        page.wait("the newer version", PATIENTLY, async || {
            Ok(page.evaluate(NAMES).await?.to_string().contains(&other).then_some(()))
        })
        .await?;
        wait_kept(page).await?;
        page.server().close();
        page.open_ready(SETTINGS).await?;
        ensure!(page.evaluate(NAMES).await?.to_string().contains(&other), "An older version came back.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_page_can_be_installed() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open(SETTINGS).await?;
        let manifest = page.driver().cdp().send_raw("Page.getAppManifest", json!({})).await?;
        ensure!(manifest["errors"] == json!([]), "The manifest has errors: {manifest}");
        ensure!(manifest["url"].as_str().is_some_and(|url| url.ends_with("manifest.webmanifest")));
        let answer = page.driver().cdp().send_raw("Page.getInstallabilityErrors", json!({})).await?;
        ensure!(answer["installabilityErrors"] == json!([]), "It cannot be installed: {answer}");
        Ok(())
    })
    .await
}
