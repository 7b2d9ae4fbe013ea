//! Concurrent actions of the page and its storage.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use browser_tests::exports::Embeddings;
use browser_tests::page::{PATIENTLY, Role, SOON};
use browser_tests::storage::{self, wait_records};
use browser_tests::{Page, Visit, pictures, site, visit};
use serde_json::json;
use tempfile::TempDir;

/// A page for the user's own pictures.
const OWN: &str = "images=own&steps=20&batch=4&side=16&width=4&backend=cpu";

/// A page that has not kept anything yet.
const SHAPES: &str = "images=shapes&steps=4&batch=4&side=16&width=4&backend=cpu";

/// Time for pending actions to end.
const AFTERWARDS: Duration = Duration::from_secs(8);

/// More pictures than one write contains.
const MANY: u32 = 300;

fn slow() -> Visit {
    Visit { site: site::copy_with_slow_storage, ..Visit::default() }
}

/// Trains on six photographs, which are kept, and returns the embeddings.
async fn keep_six(page: &Page, folder: PathBuf) -> Result<Embeddings> {
    pictures::write_photographs(&folder, 6, 64)?;
    page.open(OWN).await?;
    page.drop_paths(&[folder]).await?;
    page.picture("0005.jpg").await?;
    page.press("Train").await?;
    page.wait_finished(PATIENTLY).await?;
    wait_records(page, 7).await?;
    Embeddings::parse(&page.download("Embeddings (CSV)").await?)
}

async fn forget(page: &Page, what: &str, again: &str) -> Result<()> {
    page.press(what).await?;
    page.press(again).await
}

#[tokio::test]
async fn unreadable_work_is_kept_and_offered_again() -> Result<()> {
    let folder = TempDir::new()?;
    visit(Visit::default(), async |page| {
        keep_six(page, folder.path().join("album")).await?;
        page.open_ready("images=shapes&backend=cpu&side=16&width=4").await?;
        let spoil = "const [record] = await answer(store('experiments').getAll());
            record.body[0] = 99;
            await answer(store('experiments', 'readwrite').put(record));";
        storage::ask(page, spoil).await?;
        page.open_ready(SHAPES).await?;
        page.press("Continue").await?;
        page.wait_text(&["Nothing was changed", "still in this browser: 6 pictures"], SOON).await?;
        // The work of this visit is kept separately.
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        wait_records(page, 8).await?;
        tokio::time::sleep(AFTERWARDS).await;
        ensure!(storage::pictures(page).await? == [0, 6], "{:?}", storage::pictures(page).await?);
        let body = "return (await answer(store('experiments').getAll())).filter(({ body }) => body[0] === 99).length;";
        ensure!(storage::ask(page, body).await? == 1, "It was written over.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn page_in_another_folder_does_not_affect_kept_work() -> Result<()> {
    let folder = TempDir::new()?;
    visit(Visit::default(), async |page| {
        keep_six(page, folder.path().join("album")).await?;
        let here = page.driver().current_url().await?;
        let other = page.server().root().join("another");
        site::copy_built(&other)?;
        page.driver().goto(format!("{}/another/#{SHAPES}", page.server().origin())).await?;
        page.wait_enabled(Role::Button, "Train", PATIENTLY).await?.click().await?;
        page.wait_finished(PATIENTLY).await?;
        wait_records(page, 1).await?;
        ensure!(!page.text().await?.contains("6 pictures"), "It offers another page's experiment.");
        forget(page, "Forget everything", "Yes, forget everything").await?;
        page.wait_text(&["Everything was removed"], SOON).await?;
        page.driver().goto(here.as_str()).await?;
        page.wait_text(&["6 pictures"], PATIENTLY).await?;
        ensure!(storage::pictures(page).await? == [6], "{:?}", storage::pictures(page).await?);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn continuing_during_a_write_does_not_mix_sets() -> Result<()> {
    let folder = TempDir::new()?;
    visit(slow(), async |page| {
        let before = keep_six(page, folder.path().join("album")).await?;
        let many = folder.path().join("many");
        pictures::write_photographs(&many, MANY, 16)?;
        page.open(OWN).await?;
        page.wait_text(&["still in this browser: 6 pictures of your own"], SOON).await?;
        page.drop_paths(&[many]).await?;
        let begun = async || Ok((storage::records(page).await? > 8).then_some(()));
        page.wait("the first pictures in the storage", SOON, begun).await?;
        page.press("Continue").await?;
        page.wait_text(&["after 20 steps"], PATIENTLY).await?;
        let after = Embeddings::parse(&page.download("Embeddings (CSV)").await?)?;
        ensure!(after == before, "The embeddings differ.");
        tokio::time::sleep(AFTERWARDS).await;
        let kept = storage::pictures(page).await?;
        ensure!(kept == [6, u64::from(MANY)], "The experiments have {kept:?} pictures.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn forgetting_during_a_write_leaves_nothing() -> Result<()> {
    let folder = TempDir::new()?;
    visit(slow(), async |page| {
        pictures::write_photographs(folder.path(), MANY, 16)?;
        page.open(OWN).await?;
        page.drop_paths(&[folder.path().to_owned()]).await?;
        let begun = async || Ok((storage::records(page).await? > 1).then_some(()));
        page.wait("the first pictures in the storage", PATIENTLY, begun).await?;
        forget(page, "Forget everything", "Yes, forget everything").await?;
        page.wait_text(&["Everything was removed"], SOON).await?;
        tokio::time::sleep(AFTERWARDS).await;
        let left = storage::records(page).await?;
        ensure!(left == 0, "{left} records came back.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn full_storage_is_retried() -> Result<()> {
    let folder = TempDir::new()?;
    let visitor = Visit { site: site::copy_with_storage_full_at_first, ..Visit::default() };
    visit(visitor, async |page| {
        pictures::write_photographs(folder.path(), 6, 64)?;
        page.open(OWN).await?;
        page.drop_paths(&[folder.path().to_owned()]).await?;
        page.wait_text(&["storage is full"], SOON).await?;
        page.wait_text(&["Your work is kept in this browser"], PATIENTLY).await?;
        wait_records(page, 7).await
    })
    .await
}

/// Limits the storage of the page.
async fn allow(page: &Page, bytes: Option<u32>) -> Result<()> {
    let mut quota = json!({"origin": page.server().origin()});
    if let Some(bytes) = bytes {
        quota["quotaSize"] = json!(bytes);
    }
    page.driver().cdp().send_raw("Storage.overrideQuotaForOrigin", quota).await?;
    Ok(())
}

#[tokio::test]
async fn exceeded_quota_is_reported_and_training_continues() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_photographs(folder.path(), 6, 64)?;
    let visitor = Visit { chromium_only: Some("no other driver sets a quota"), ..Visit::default() };
    visit(visitor, async |page| {
        page.open(OWN).await?;
        page.wait_text(&["Your work is kept in this browser"], SOON).await?;
        allow(page, Some(1_000)).await?;
        page.drop_paths(&[folder.path().to_owned()]).await?;
        page.picture("0005.jpg").await?;
        page.press("Train").await?;
        page.wait_text(&["storage is full: your latest changes are not kept"], PATIENTLY).await?;
        page.wait_finished(PATIENTLY).await?;
        Embeddings::parse(&page.download("Embeddings (CSV)").await?)?;
        allow(page, None).await?;
        page.wait_text(&["Your work is kept in this browser"], PATIENTLY).await?;
        wait_records(page, 7).await
    })
    .await
}

#[tokio::test]
async fn forgetting_in_one_tab_stops_writes_in_another() -> Result<()> {
    let folder = TempDir::new()?;
    visit(slow(), async |page| {
        pictures::write_photographs(folder.path(), MANY, 16)?;
        page.open(SHAPES).await?;
        page.wait_text(&["Your work is kept in this browser"], SOON).await?;
        let forgetful = page.driver().window().await?;
        let other = page.driver().new_tab().await?;
        page.driver().switch_to_window(other.clone()).await?;
        page.open(OWN).await?;
        page.drop_paths(&[folder.path().to_owned()]).await?;
        let begun = async || Ok((storage::records(page).await? > 1).then_some(()));
        page.wait("the first pictures in the storage", PATIENTLY, begun).await?;

        page.driver().switch_to_window(forgetful).await?;
        forget(page, "Forget everything", "Yes, forget everything").await?;
        page.wait_text(&["Everything was removed"], SOON).await?;
        // At its next write, the other tab reports that it keeps nothing more, and continues with what it
        // has. Its pictures may all have been written before.
        page.driver().switch_to_window(other).await?;
        page.press("Train").await?;
        page.wait_text(&["nothing from this visit will be kept", &format!("{MANY} pictures")], PATIENTLY)
            .await?;
        page.wait_finished(PATIENTLY).await?;
        tokio::time::sleep(AFTERWARDS).await;
        let left = storage::records(page).await?;
        ensure!(left == 0, "{left} records came back.");
        // The next visit begins with an empty storage, and can use it.
        page.open(OWN).await?;
        page.wait_text(&["Your work is kept in this browser"], SOON).await?;
        ensure!(!page.text().await?.contains("still in this browser"), "Something is offered.");
        let few = folder.path().join("few");
        pictures::write_photographs(&few, 6, 64)?;
        page.drop_paths(&[few]).await?;
        wait_records(page, 7).await
    })
    .await
}

#[tokio::test]
async fn missing_storage_worker_is_reported_and_ended_one_replaced() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_photographs(folder.path(), 6, 64)?;
    let missing = Visit { site: site::copy_without_storage_worker, errors_allowed: true, ..Visit::default() };
    visit(missing, async |page| {
        page.open(OWN).await?;
        page.wait_text(&["does not let the page store anything"], SOON).await.map(drop)
    })
    .await?;
    let mortal = Visit { site: site::copy_with_mortal_storage, ..Visit::default() };
    visit(mortal, async |page| {
        page.open(OWN).await?;
        page.drop_paths(&[folder.path().to_owned()]).await?;
        page.wait_text(&["could not store your latest changes"], SOON).await?;
        page.wait_text(&["Your work is kept in this browser"], PATIENTLY).await?;
        wait_records(page, 7).await
    })
    .await
}

/// Writes experiments of this many days ago to the storage.
const EXPERIMENTS: &str = "const experiments = store('experiments', 'readwrite');
    for (const days of [1, 2, 3, 4, 5, 40]) {
        const saved = Date.now() - days * 86_400_000;
        experiments.put({ key: `${days}`, saved, words: `work of day ${days}`, body: new Uint8Array(1) });
    }
    await answer(experiments.count());";

#[tokio::test]
async fn tabs_opened_together_offer_different_work_and_keep_recent_work() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open(SHAPES).await?;
        page.wait_text(&["Your work is kept in this browser"], SOON).await?;
        storage::ask(page, EXPERIMENTS).await?;
        page.open(SHAPES).await?;
        page.wait_text(&["work of day 1"], SOON).await?;
        for day in 2..4 {
            let tab = page.driver().new_tab().await?;
            page.driver().switch_to_window(tab).await?;
            page.open(SHAPES).await?;
            page.wait_text(&[&format!("work of day {day}")], SOON).await?;
        }
        let keys = storage::ask(page, "return await answer(store('experiments').getAllKeys());").await?;
        ensure!(keys == json!(["1", "2", "3", "4", "5"]), "{keys} are left.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn undo_restores_removed_pictures() -> Result<()> {
    let folder = TempDir::new()?;
    visit(Visit::default(), async |page| {
        let before = keep_six(page, folder.path().join("album")).await?;
        page.press("Remove all pictures").await?;
        page.wait_text(&["All pictures were removed", "Add at least 4 pictures"], SOON).await?;
        page.press("Undo").await?;
        page.wait_text(&["after 20 steps"], PATIENTLY).await?;
        let after = Embeddings::parse(&page.download("Embeddings (CSV)").await?)?;
        ensure!(after == before, "The embeddings differ.");

        page.evaluate("document.querySelectorAll('.gallery-cell')[2].click()").await?;
        page.press("Remove").await?;
        page.wait_text(&["“0002.jpg” was removed", "5 pictures"], SOON).await?;
        page.press("Undo").await?;
        page.wait_text(&["6 pictures"], SOON).await.map(drop)
    })
    .await
}
