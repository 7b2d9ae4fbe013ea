//! The page's main ways in Firefox. `cargo xtask firefox` installs what is missing, builds the
//! page and runs these tests; all others drive Chromium.

use std::fs;

use anyhow::{Context, Result, ensure};
use browser_tests::browser::{ERROR, Gpu, Kind};
use browser_tests::exports::{Embeddings, Run};
use browser_tests::page::{PATIENTLY, SOON, VERY_PATIENTLY};
use browser_tests::pictures::{self, BROKEN_FILES, GOOD_FILES, TURNED};
use browser_tests::storage::{self, wait_records};
use browser_tests::visit::FOLDER;
use browser_tests::{Page, Visit, visit};
use tempfile::TempDir;

/// Pictures of one's own, in a network small enough to learn from them in seconds.
const OWN: &str = "images=own&steps=6&batch=4&side=16&width=4&backend=cpu";

/// The next visit, which begins with other pictures.
const ANEW: &str = "images=shapes&side=16&width=4&backend=cpu";

/// A page that says when something goes wrong: by itself, in its console, in a worker's.
const FAULTY: &str = "<!doctype html><link rel='icon' href='data:,'><script>
    const code = `console.error('said by a worker')`;
    new Worker(URL.createObjectURL(new Blob([code])));
    setTimeout(() => { throw new Error('thrown by the page') });
    console.error('said by the page');
</script>";

fn firefox() -> Visit {
    Visit { browser: Kind::Firefox, gpu: Gpu::Absent, ..Visit::default() }
}

/// Picks the album and waits until every file is read, or named with what is wrong with it.
/// What is cut off stays out: Firefox shows what is left of it, where Chromium shows nothing.
async fn pick_album(page: &Page) -> Result<()> {
    let [cut_off, foreign] = BROKEN_FILES;
    let album = TempDir::new()?;
    pictures::write_album(album.path())?;
    page.open(OWN).await?;
    let mut files = pictures::album_files(album.path())?;
    files.retain(|file| !file.ends_with(cut_off));
    page.pick(&files).await?;
    page.wait_text(&[foreign, "not a picture format"], PATIENTLY).await?;
    page.wait_text(&[&format!("{GOOD_FILES} pictures")], PATIENTLY).await.map(drop)
}

#[tokio::test]
#[ignore = "Firefox"]
async fn shapes_train_on_the_cpu_to_the_same_losses_twice() -> Result<()> {
    const LINK: &str = "images=shapes&seed=7&steps=12&batch=16&side=16&width=4&backend=cpu&run=1";
    visit(firefox(), async |page| {
        let mut runs = Vec::new();
        for _ in 0..2 {
            page.open(LINK).await?;
            let status = page.wait_finished(PATIENTLY).await?;
            ensure!(status.backend() == Some("CPU"), "The status is: {status}");
            ensure!(status.knn().is_some(), "The status shows no kNN: {status}");
            runs.push(Run::parse(&page.download("Run (JSON)").await?)?.losses()?);
        }
        ensure!(runs[0].len() == 12, "There are {} losses.", runs[0].len());
        ensure!(runs[0].iter().all(|loss| loss.is_finite()), "The losses are {:?}.", runs[0]);
        let bits = |losses: &[f64]| losses.iter().map(|loss| loss.to_bits()).collect::<Vec<_>>();
        ensure!(bits(&runs[0]) == bits(&runs[1]), "The losses differ: {runs:?}");
        println!("The last of 12 losses is {}.", runs[0][11]);
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "Firefox"]
async fn picked_pictures_are_read_turned_upright_learned_and_exported() -> Result<()> {
    visit(firefox(), async |page| {
        pick_album(page).await?;
        pictures::check_upright(&page.picture(TURNED).await?.screenshot_as_png().await?)?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        let embeddings = Embeddings::parse(&page.download("Embeddings (CSV)").await?)?;
        ensure!(embeddings.rows.len() == GOOD_FILES, "There are {} rows.", embeddings.rows.len());
        for ending in ["png", "jpg", "webp", "gif", "bmp", "tiff"] {
            let name = format!("discs.{ending}");
            ensure!(embeddings.names.contains(&name), "{name} is missing: {:?}", embeddings.names);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "Firefox"]
async fn a_visit_is_kept_continued_and_forgotten() -> Result<()> {
    visit(firefox(), async |page| {
        pick_album(page).await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        let before = Embeddings::parse(&page.download("Embeddings (CSV)").await?)?;
        // The pictures and what else there is.
        wait_records(page, GOOD_FILES as u64 + 1).await?;
        page.open_ready(ANEW).await?;
        let offer = format!("still in this browser: {GOOD_FILES} pictures of your own, step 6 of 6");
        page.wait_text(&[&offer], SOON).await?;
        page.press("Continue").await?;
        page.wait_text(&["embeddings after step 6"], PATIENTLY).await?;
        let after = Embeddings::parse(&page.download("Embeddings (CSV)").await?)?;
        ensure!(after == before, "The embeddings differ.");

        page.press("Forget everything").await?;
        page.press("Yes, forget everything").await?;
        page.wait_text(&["Everything was removed"], SOON).await?;
        storage::wait_nothing(page).await?;
        page.open_ready(ANEW).await?;
        page.wait_text(&["Your work is kept in this browser"], SOON).await?;
        ensure!(!page.text().await?.contains("still in this browser"), "It was not forgotten.");
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "Firefox"]
async fn webgpu_trains_or_the_page_says_why_the_cpu_does() -> Result<()> {
    let visitor = Visit { gpu: Gpu::Software, ..firefox() };
    visit(visitor, async |page| {
        page.open("images=shapes&seed=3&steps=4&batch=8&side=16&width=4&backend=webgpu&run=1").await?;
        let status = page.wait_finished(VERY_PATIENTLY).await?;
        let run = Run::parse(&page.download("Run (JSON)").await?)?;
        let losses = run.losses()?;
        ensure!(losses.len() == 4 && losses.iter().all(|loss| loss.is_finite()), "{losses:?}");
        let backend = status.backend().with_context(|| format!("The status is: {status}"))?;
        // The backend's chip opens the reason.
        page.press(backend).await?;
        let text = page.wait_text(&["WebGPU"], SOON).await?;
        println!("Firefox trained on {backend}: {losses:?}\n{}", run.0["environment"]);
        if backend == "CPU" {
            let sentence = text.lines().find(|line| line.contains("WebGPU") || line.contains("adapter"));
            println!("{}", sentence.context("The page does not say why.")?);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "Firefox"]
async fn an_adapter_in_software_is_not_chosen_by_itself() -> Result<()> {
    let visitor = Visit { gpu: Gpu::Software, ..firefox() };
    visit(visitor, async |page| {
        page.open("images=shapes&steps=2&batch=8&side=16&width=4&backend=auto&run=1").await?;
        let status = page.wait_finished(PATIENTLY).await?;
        ensure!(status.backend() == Some("CPU"), "The status is: {status}");
        page.press("CPU").await?;
        page.wait_text(&["WebGPU"], SOON).await.map(drop)
    })
    .await
}

#[tokio::test]
#[ignore = "Firefox"]
async fn errors_and_what_is_asked_of_other_servers_are_noticed() -> Result<()> {
    let visitor = Visit { errors_allowed: true, asks_others: true, ..firefox() };
    visit(visitor, async |page| {
        fs::write(page.server().root().join(FOLDER).join("faulty.html"), FAULTY)?;
        page.driver().goto(format!("{}/{FOLDER}/faulty.html", page.server().origin())).await?;
        let mut lines = Vec::new();
        page.wait("three errors", SOON, async || {
            lines.extend(page.console().await?.into_iter().filter(|line| line.starts_with(ERROR)));
            let said = |words: &str| lines.iter().any(|line| line.contains(words));
            let all = ["said by a worker", "thrown by the page", "said by the page"].into_iter().all(said);
            Ok(all.then_some(()))
        })
        .await?;
        page.driver().goto("http://elsewhere.test/").await?;
        Ok(())
    })
    .await
}
