//! Recovery of engine, page and visit.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use browser_tests::experiment_files::{with_experiment, with_snapshot};
use browser_tests::exports::{Embeddings, Run};
use browser_tests::page::{PATIENTLY, SOON, VERY_PATIENTLY};

use browser_tests::storage::{self, wait_records};
use browser_tests::{Page, Status, Visit, pictures, site, visit};
use serde_json::Value;
use tempfile::TempDir;

/// A run short enough to be quick, and long enough to be interrupted.
const LINK: &str = "images=shapes&seed=3&steps=90&batch=32&side=32&width=8&backend=cpu";

/// Maximum number of steps that a breakdown may cost.
const MOST_LOST: u32 = 20;

fn fragile() -> Visit {
    // Errors in the engine appear in the console, as they should.
    Visit { site: site::copy_with_fragile_engine, errors_allowed: true, ..Visit::default() }
}

/// Harms the engine.
async fn harm(page: &Page, how: &str) -> Result<()> {
    page.evaluate(&format!("new BroadcastChannel('harm').postMessage('{how}')")).await.map(drop)
}

async fn wait_step(page: &Page, at_least: u32) -> Result<u32> {
    let what = format!("step {at_least}");
    let status = page.wait_status(&what, VERY_PATIENTLY, |status| status.step() >= Some(at_least)).await?;
    status.step().context("the status names the step")
}

/// Harms the engine during a run, and returns the page's message.
async fn break_down(page: &Page, how: &str) -> Result<String> {
    harm(page, how).await?;
    said_of_breakdown(page).await
}

async fn said_of_breakdown(page: &Page) -> Result<String> {
    let text = page.wait_text(&["The engine stopped", "A new one takes over at step"], PATIENTLY).await?;
    let line = text.lines().find(|line| line.contains("A new one takes over")).context("a sentence")?;
    Ok(line.to_owned())
}

/// Fails if the replacement engine continues too far behind a step that was reached.
fn check_lost(before: u32, said: &str) -> Result<()> {
    let after = said.split("at step ").nth(1).context("a step")?;
    let after: u32 = after.chars().take_while(char::is_ascii_digit).collect::<String>().parse()?;
    ensure!(after + MOST_LOST >= before, "After step {before}: {said}");
    Ok(())
}

async fn losses(page: &Page) -> Result<Vec<f64>> {
    Run::parse(&page.download("Run (JSON)").await?)?.losses()
}

#[tokio::test]
async fn ended_engine_is_replaced_with_no_loss_but_time() -> Result<()> {
    visit(fragile(), async |page| {
        page.open(&format!("{LINK}&run=1")).await?;
        page.wait_finished(PATIENTLY).await?;
        let whole = losses(page).await?;
        page.open(&format!("{LINK}&run=1")).await?;
        for (how, step) in [("close", 25), ("exhaust", 50)] {
            let before = wait_step(page, step).await?;
            check_lost(before, &break_down(page, how).await?)?;
            page.press("Dismiss").await?;
        }
        page.wait_finished(PATIENTLY).await?;
        let resumed = losses(page).await?;
        ensure!(resumed == whole, "The losses differ:\n{whole:?}\n{resumed:?}");
        Ok(())
    })
    .await
}

/// Slows the page's clock, since the minute within which breakdowns count should not include engine
/// starts.
const SLOW_CLOCK: &str = "{
    const { now } = Performance.prototype;
    Performance.prototype.now = function () { return now.call(this) / 10; };
}";

#[tokio::test]
async fn lost_device_is_replaced_by_another_and_then_by_the_cpu() -> Result<()> {
    visit(Visit { needs_webgpu: true, ..fragile() }, async |page| {
        page.begin_with(SLOW_CLOCK).await?;
        let link = "images=shapes&seed=3&steps=60&batch=4&side=16&width=4&backend=webgpu&run=1";
        page.open(link).await?;
        wait_step(page, 3).await?;
        break_down(page, "destroy").await?;
        page.press("Dismiss").await?;
        let next = page.status().await?.step().unwrap_or_default() + 2;
        wait_step(page, next).await?;
        let status = page.status().await?;
        ensure!(status.backend() == Some("WebGPU"), "The status is: {status}");
        break_down(page, "invalidate").await?;
        page.wait_text(&["twice within a minute"], PATIENTLY).await?;
        let status = page.wait_finished(VERY_PATIENTLY).await?;
        ensure!(status.backend() == Some("CPU"), "The status is: {status}");
        let run = losses(page).await?;
        ensure!(run.len() == 60 && run.iter().all(|loss| loss.is_finite()), "{run:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn device_without_memory_is_replaced() -> Result<()> {
    visit(Visit { needs_webgpu: true, ..fragile() }, async |page| {
        page.open("images=shapes&seed=3&steps=40&batch=4&side=16&width=4&backend=webgpu&run=1").await?;
        wait_step(page, 22).await?;
        // How many steps that costs depends on the device's speed: a snapshot may not take long.
        break_down(page, "starve").await?;
        // If the breakdown came after the last step, the next engine has yet to report its device.
        let ended = |status: &Status| status.is_finished() && status.backend() == Some("WebGPU");
        page.wait_status("the run to end on WebGPU", VERY_PATIENTLY, ended).await?;
        let run = losses(page).await?;
        ensure!(run.len() == 40 && run.iter().all(|loss| loss.is_finite()), "{run:?}");
        Ok(())
    })
    .await
}

/// Gives the page access to the engines' workers, which are the only modules.
const KEEP_ENGINES: &str = "{
    window.engines = [];
    window.Worker = class extends Worker {
        constructor(script, options) {
            super(script, options);
            if (options?.type === 'module') window.engines.push(this);
        }
    };
}";

#[tokio::test]
async fn engine_terminated_during_a_step_is_replaced() -> Result<()> {
    visit(Visit { errors_allowed: true, ..Visit::default() }, async |page| {
        page.begin_with(KEEP_ENGINES).await?;
        page.open(&format!("{LINK}&run=1")).await?;
        let before = wait_step(page, 25).await?;
        // The worker takes steps continuously, so it is within one.
        page.evaluate("window.engines.at(-1).terminate()").await?;
        check_lost(before, &said_of_breakdown(page).await?)?;
        page.wait_finished(PATIENTLY).await?;
        let run = losses(page).await?;
        ensure!(run.len() == 90 && run.iter().all(|loss| loss.is_finite()), "{run:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn saved_model_opens_again() -> Result<()> {
    let folder = TempDir::new()?;
    visit(Visit::default(), async |page| {
        page.open(&format!("{LINK}&run=1")).await?;
        page.wait_finished(PATIENTLY).await?;
        let before = Embeddings::parse(&page.download("Embeddings (CSV)").await?)?;
        let file = folder.path().join("model.safetensors");
        std::fs::write(&file, page.download("Model (safetensors)").await?)?;
        page.press("Reset").await?;
        page.wait_status("step 0", PATIENTLY, |status| status.step() == Some(0)).await?;
        page.drop_paths(&[file]).await?;
        page.wait_text(&["The model was opened"], PATIENTLY).await?;
        page.wait_status("step 90", PATIENTLY, |status| status.step() == Some(90)).await?;
        page.wait_text(&["after 90 steps"], PATIENTLY).await?;
        let after = Embeddings::parse(&page.download("Embeddings (CSV)").await?)?;
        ensure!(after == before, "The embeddings differ.");

        let broken = folder.path().join("broken.safetensors");
        std::fs::write(&broken, b"no model at all")?;
        page.drop_paths(&[broken]).await?;
        page.wait_text(&["cannot be used", "Nothing was changed"], SOON).await?;
        ensure!(page.status().await?.step() == Some(90), "The run is gone.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn model_dropped_with_pictures_survives_the_replaced_set() -> Result<()> {
    let folder = TempDir::new()?;
    visit(Visit::default(), async |page| {
        page.open("images=shapes&steps=5&batch=4&side=16&width=4&backend=cpu&run=1").await?;
        page.wait_finished(PATIENTLY).await?;
        let (model, album) = (folder.path().join("model.safetensors"), folder.path().join("album"));
        std::fs::write(&model, page.download("Model (safetensors)").await?)?;
        pictures::write_photographs(&album, 6, 64)?;
        page.open_ready("images=shapes&backend=cpu").await?;
        page.drop_paths(&[model, album]).await?;
        page.wait_text(&["yours, 6 pictures", "The model was opened"], PATIENTLY).await?;
        page.wait_text(&["after 5 steps"], PATIENTLY).await?;
        Ok(())
    })
    .await
}

/// Returns the model with weights so large that its outputs are infinite.
fn monstrous(model: &[u8]) -> Result<Vec<u8>> {
    let length = u64::from_le_bytes(model[..8].try_into()?) as usize;
    let header: Value = serde_json::from_slice(&model[8..8 + length])?;
    let offsets = &header["head.output.weight"]["data_offsets"];
    let at = |end: usize| offsets[end].as_u64().map(|offset| 8 + length + offset as usize);
    let (begin, end) = at(0).zip(at(1)).context("offsets")?;
    let mut model = model.to_vec();
    model[begin..end].chunks_exact_mut(4).for_each(|value| value.copy_from_slice(&3e38f32.to_le_bytes()));
    Ok(model)
}

#[tokio::test]
async fn invalid_numbers_stop_the_run_at_the_last_good_step() -> Result<()> {
    let folder = TempDir::new()?;
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=9&batch=8&side=16&width=4&learning_rate=0.1&backend=cpu")
            .await?;
        page.press("Step").await?;
        page.wait_status("a step", PATIENTLY, |status| status.step() == Some(1)).await?;
        let file = folder.path().join("monstrous.safetensors");
        std::fs::write(&file, monstrous(&page.download("Model (safetensors)").await?)?)?;
        page.drop_paths(&[file]).await?;
        page.wait_text(&["The model was opened", "after 1 step"], PATIENTLY).await?;
        page.press("Train").await?;
        let said =
            ["stopped being a number", "went back to step 1", "The learning rate, 0.1, is probably too high"];
        page.wait_text(&said, PATIENTLY).await?;
        let status = page.wait_status("rest", PATIENTLY, |status| status.0.contains("paused")).await?;
        ensure!(status.step() == Some(1), "The status is: {status}");
        Ok(())
    })
    .await
}

/// Trains on six photographs, and returns the embeddings.
async fn train_on_own(page: &Page, folder: PathBuf) -> Result<Embeddings> {
    page.open("images=own&steps=20&batch=4&side=16&width=4&backend=cpu").await?;
    page.drop_paths(&[folder]).await?;
    page.picture("0005.jpg").await?;
    page.press("Train").await?;
    page.wait_finished(PATIENTLY).await?;
    Embeddings::parse(&page.download("Embeddings (CSV)").await?)
}

#[tokio::test]
async fn saved_experiment_restores_pictures_curves_and_weights() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_photographs(&folder.path().join("album"), 6, 64)?;
    visit(Visit::default(), async |page| {
        let before = train_on_own(page, folder.path().join("album")).await?;
        let curve = losses(page).await?;
        let file = folder.path().join("run.likeness");
        std::fs::write(&file, page.download("Experiment").await?)?;
        page.open("images=shapes&backend=cpu&side=16&width=4").await?;
        page.drop_paths(std::slice::from_ref(&file)).await?;
        page.wait_text(&["“run.likeness” was opened", "after 20 steps"], PATIENTLY).await?;
        let after = Embeddings::parse(&page.download("Embeddings (CSV)").await?)?;
        ensure!(after == before, "The embeddings differ.");
        ensure!(losses(page).await? == curve, "The curves differ.");

        let mut bytes = std::fs::read(&file)?;
        bytes.truncate(bytes.len() / 2);
        std::fs::write(&file, bytes)?;
        page.drop_paths(&[file]).await?;
        page.wait_text(&["cannot be opened", "Nothing was changed"], SOON).await?;
        ensure!(losses(page).await? == curve, "The curves are gone.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn unusable_experiment_changes_nothing() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_photographs(&folder.path().join("album"), 6, 64)?;
    visit(Visit::default(), async |page| {
        train_on_own(page, folder.path().join("album")).await?;
        let file = page.download("Experiment").await?;
        page.open_ready("images=shapes&steps=4&batch=4&side=16&width=4&backend=cpu").await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        let curve = losses(page).await?;
        let garbage = with_snapshot(&file, |snapshot| snapshot.file = b"no snapshot".to_vec())?;
        let foreign = with_experiment(&file, |experiment| {
            experiment.settings.width = 8;
            Ok(())
        })?;
        for (name, file, said) in [
            ("garbage", garbage, "cannot be used: "),
            ("foreign", foreign, "belongs to a network of another shape"),
        ] {
            let path = folder.path().join(format!("{name}.likeness"));
            std::fs::write(&path, file)?;
            page.drop_paths(&[path]).await?;
            page.wait_text(&[said, "Nothing was changed", "1,000 pictures"], SOON).await?;
            ensure!(losses(page).await? == curve, "The curves are gone after {name}.");
            page.press("Dismiss").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn visit_is_kept_continued_and_forgotten() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_photographs(&folder.path().join("album"), 6, 64)?;
    visit(Visit::default(), async |page| {
        let before = train_on_own(page, folder.path().join("album")).await?;
        let curve = losses(page).await?;
        // Six pictures and the rest of the experiment.
        wait_records(page, 7).await?;
        page.open_ready("images=shapes&backend=cpu&side=16&width=4").await?;
        page.wait_text(&["still in this browser: 6 pictures of your own, step 20 of 20"], SOON).await?;
        page.photograph_all("return").await?;
        page.press("Continue").await?;
        page.wait_text(&["after 20 steps"], PATIENTLY).await?;
        let after = Embeddings::parse(&page.download("Embeddings (CSV)").await?)?;
        ensure!(after == before, "The embeddings differ.");
        ensure!(losses(page).await? == curve, "The curves differ.");

        page.evaluate("localStorage.setItem('theme', 'dark')").await?;
        page.press("Forget everything").await?;
        page.press("Yes, forget everything").await?;
        page.wait_text(&["Everything was removed"], SOON).await?;
        storage::wait_nothing(page).await?;
        page.open_ready("images=shapes&backend=cpu&side=16&width=4").await?;
        page.wait_text(&["Your work is kept in this browser"], SOON).await?;
        ensure!(!page.text().await?.contains("still in this browser"), "It was not forgotten.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn missing_storage_is_reported_and_the_page_works() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_photographs(&folder.path().join("album"), 6, 64)?;
    let denied = Visit { site: site::copy_without_storage, ..Visit::default() };
    visit(denied, async |page| {
        train_on_own(page, folder.path().join("album")).await?;
        page.wait_text(&["does not let the page store anything"], SOON).await.map(drop)
    })
    .await?;
    let full = Visit { site: site::copy_with_full_storage, ..Visit::default() };
    visit(full, async |page| {
        train_on_own(page, folder.path().join("album")).await?;
        page.wait_text(&["storage is full"], SOON).await.map(drop)
    })
    .await
}

#[tokio::test]
async fn two_tabs_keep_separate_work() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open(&format!("{LINK}&run=1")).await?;
        page.wait_finished(PATIENTLY).await?;
        wait_records(page, 1).await?;
        let first = page.driver().window().await?;
        let second = page.driver().new_tab().await?;
        page.driver().switch_to_window(second).await?;
        page.open_ready("images=fashion&steps=4&batch=4&side=16&width=4&backend=cpu").await?;
        // Work that is open in the other tab is not offered.
        page.wait_text(&["Your work is kept in this browser"], SOON).await?;
        ensure!(!page.text().await?.contains("still in this browser"), "It is offered all the same.");
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        wait_records(page, 2).await?;
        page.driver().close_window().await?;
        page.driver().switch_to_window(first).await?;
        page.open("images=shapes&backend=cpu&side=16&width=4").await?;
        page.wait_text(&["still in this browser: Fashion, step 4 of 4"], SOON).await?;
        page.press("Forget").await?;
        page.press("Yes, forget it").await?;
        wait_records(page, 1).await?;
        page.open("images=shapes&backend=cpu&side=16&width=4").await?;
        page.wait_text(&["still in this browser: Shapes, step 90 of 90"], SOON).await.map(drop)
    })
    .await
}

#[tokio::test]
async fn immediate_return_offers_the_latest_work() -> Result<()> {
    let folder = TempDir::new()?;
    let link = "images=own&batch=4&side=16&width=4&backend=cpu";
    visit(Visit::default(), async |page| {
        for (count, records) in [(4, 5), (6, 12)] {
            let album = folder.path().join(count.to_string());
            pictures::write_photographs(&album, count, 64)?;
            page.open(link).await?;
            page.drop_paths(&[album]).await?;
            page.wait_text(&[&format!("{count} pictures")], SOON).await?;
            wait_records(page, records).await?;
        }
        // The page being left still holds its lock when this one asks.
        page.go(link).await?;
        let offered = page.wait_text(&["still in this browser: "], SOON).await?;
        ensure!(offered.contains("6 pictures of your own"), "Older work is offered: {offered}");
        Ok(())
    })
    .await
}
