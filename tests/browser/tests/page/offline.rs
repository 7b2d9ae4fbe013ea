//! The page offline, installed, and after the deployment of another version.

use anyhow::{Result, ensure};
use browser_tests::page::{PATIENTLY, Role, SOON};
use browser_tests::visit::FOLDER;
use browser_tests::{Page, Visit, pictures, site, visit};
use serde_json::json;

const SETTINGS: &str = "images=shapes&steps=5&batch=8&side=16&width=4&backend=cpu";

/// Returns whether the tab Under the hood is shown.
const IS_IN_THE_HOOD: &str = "document.querySelector('[role=tabpanel] .hood') !== null";

/// Waits until the browser has stored all of this build.
async fn wait_kept(page: &Page) -> Result<()> {
    let kept = "document.documentElement.dataset.kept";
    page.wait("the page to be kept", PATIENTLY, async || Ok(page.evaluate(kept).await?.as_str().map(|_| ())))
        .await
}

async fn is_newer_offered(page: &Page) -> Result<bool> {
    Ok(page.evaluate("document.querySelector('.newer') !== null").await? == true)
}

#[tokio::test]
async fn page_works_offline_after_the_first_visit() -> Result<()> {
    visit(Visit { errors_allowed: true, ..Visit::default() }, async |page| {
        page.open_ready(SETTINGS).await?;
        wait_kept(page).await?;
        page.server().close();
        page.open_ready(SETTINGS).await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        // Code not needed before is available, too.
        page.choose("Under the hood").await?;
        ensure!(page.evaluate(IS_IN_THE_HOOD).await? == true, "The tab is empty.");
        // So are files not requested before: the other set, and the decoders.
        page.press("Fashion").await?;
        page.wait_text(&["Fashion, 1,000 pictures"], PATIENTLY).await?;
        let folder = tempfile::TempDir::new()?;
        pictures::write_photographs(folder.path(), 5, 200)?;
        page.drop_paths(&[folder.path().to_owned()]).await?;
        page.wait_text(&["yours, 5 pictures"], PATIENTLY).await.map(drop)
    })
    .await
}

/// Returns whether the browser has stored the page's own decoders.
const KEEPS_DECODERS: &str = "Promise.all(['decoder.js', 'decoder_bg.wasm.gzip'].map(file =>
    caches.match(`${file}?v=${document.documentElement.dataset.version}`)))
    .then(found => found.every(Boolean))";

#[tokio::test]
async fn decoders_used_once_work_offline() -> Result<()> {
    let folder = tempfile::TempDir::new()?;
    pictures::write_album(folder.path())?;
    let scans = pictures::FOLDERS.map(|name| folder.path().join(name).join(format!("{name}.tiff")));
    visit(Visit { errors_allowed: true, ..Visit::default() }, async |page| {
        page.open_ready(SETTINGS).await?;
        wait_kept(page).await?;
        ensure!(page.evaluate(KEEPS_DECODERS).await? == false, "They are kept before they are needed.");
        page.drop_paths(&scans).await?;
        page.wait_text(&["yours, 2 pictures"], PATIENTLY).await?;
        let kept = async || Ok((page.evaluate(KEEPS_DECODERS).await? == true).then_some(()));
        page.wait("the decoders to be kept", PATIENTLY, kept).await?;
        page.server().close();
        page.open_ready(SETTINGS).await?;
        page.drop_paths(&scans).await?;
        page.wait_text(&["yours, 2 pictures"], PATIENTLY).await.map(drop)
    })
    .await
}

/// Returns the address of the page's script.
const NAMES: &str = "document.querySelector('link[rel=modulepreload]')?.href";

/// Returns the version of the page, with which it requests its engine.
const VERSION: &str = "document.documentElement.dataset.version";

async fn version(page: &Page) -> Result<String> {
    Ok(page.evaluate(VERSION).await?.as_str().unwrap_or_default().to_owned())
}

/// Makes the page look for a newer version, waits for the offer, and accepts it.
async fn take_newer(page: &Page, meanwhile: impl AsyncFnOnce() -> Result<()>) -> Result<()> {
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))").await?;
    page.wait("the offer", SOON, async || Ok(is_newer_offered(page).await?.then_some(()))).await?;
    meanwhile().await?;
    let (old, asked) = (version(page).await?, page.server().requests().len());
    page.press("Reload").await?;
    let new = page
        .wait("the newer version", PATIENTLY, async || {
            Ok(Some(version(page).await?).filter(|new| !new.is_empty() && *new != old))
        })
        .await?;
    // It trains with the engine of its own version.
    page.wait_enabled(Role::Button, "Step", PATIENTLY).await?;
    page.press("Train").await?;
    page.wait_finished(PATIENTLY).await?;
    let asked = page.server().requests().split_off(asked);
    let engine = format!("/engine_cpu_bg.wasm.gzip?v={new}");
    ensure!(asked.iter().any(|path| path.ends_with(&engine)), "{engine} is not among {asked:#?}");
    wait_kept(page).await?;
    page.server().close();
    page.open_ready(SETTINGS).await?;
    ensure!(version(page).await? == new, "An older version came back.");
    Ok(())
}

#[tokio::test]
async fn new_version_is_offered_and_loaded_on_request() -> Result<()> {
    visit(Visit { errors_allowed: true, ..Visit::default() }, async |page| {
        page.open_ready(SETTINGS).await?;
        wait_kept(page).await?;
        page.evaluate("lookForNewer()").await?;
        ensure!(!is_newer_offered(page).await?, "A newer version is offered where there is none.");

        let other = site::deploy_other_version(&page.server().root().join(FOLDER))?;
        take_newer(page, async || {
            // The old page continues to work.
            page.press("Train").await?;
            page.wait_finished(PATIENTLY).await?;
            let names = page.evaluate(NAMES).await?;
            ensure!(!names.to_string().contains(&other), "The page was replaced without being asked.");
            Ok(())
        })
        .await?;
        ensure!(page.evaluate(NAMES).await?.to_string().contains(&other), "An older page came back.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn different_engine_counts_as_a_new_version() -> Result<()> {
    visit(Visit { errors_allowed: true, ..Visit::default() }, async |page| {
        page.open_ready(SETTINGS).await?;
        wait_kept(page).await?;
        site::deploy_other_engine(&page.server().root().join(FOLDER))?;
        take_newer(page, async || Ok(())).await
    })
    .await
}

#[tokio::test]
async fn stored_engine_is_used_offline() -> Result<()> {
    visit(Visit { errors_allowed: true, ..Visit::default() }, async |page| {
        page.open_ready(SETTINGS).await?;
        wait_kept(page).await?;
        page.server().close();
        // The other engine would be preferred, but was never fetched.
        page.open_ready(&SETTINGS.replace("backend=cpu", "backend=webgpu")).await?;
        page.press("Train").await?;
        let status = page.wait_finished(PATIENTLY).await?;
        ensure!(status.backend() == Some("CPU"), "The status is: {status}");
        page.wait_text(&["Training stays on the CPU"], SOON).await.map(drop)
    })
    .await
}

#[tokio::test]
async fn pictures_shared_by_other_apps_join_the_set() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready(SETTINGS).await?;
        wait_kept(page).await?;
        // The service worker answers for documents opened from now on.
        page.open_ready(SETTINGS).await?;
        let share = "(async () => {
            const form = new FormData();
            for (const name of ['preview.jpg', 'icon-512.png'])
                form.append('files', new File([await (await fetch(name)).blob()], name, { type: 'image/png' }));
            return (await fetch('share', { method: 'POST', body: form })).url;
        })()";
        let answer = page.evaluate(share).await?;
        ensure!(answer.as_str().is_some_and(|url| url.ends_with("?shared")), "The answer is {answer}.");
        page.driver().goto(format!("{}/{FOLDER}/?shared#{SETTINGS}", page.server().origin())).await?;
        page.wait_text(&["yours, 2 pictures"], PATIENTLY).await?;
        ensure!(page.evaluate("location.search").await? == "", "They would be looked for again.");
        let left = "caches.keys().then(names => names.some(name => name.includes('shared')))";
        ensure!(page.evaluate(left).await? == false, "They stay in the cache.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn page_can_be_installed() -> Result<()> {
    let visitor = Visit { chromium_only: Some("no other driver reads the manifest"), ..Visit::default() };
    visit(visitor, async |page| {
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
