//! Requests of the page. (That it contacts no other server is checked at the end of every visit.)

use std::time::Duration;

use anyhow::{Result, ensure};
use browser_tests::page::{PATIENTLY, SOON, TABS, VERY_PATIENTLY};
use browser_tests::storage::wait_records;
use browser_tests::visit::FOLDER;
use browser_tests::{Page, Visit, pictures, site, visit};
use tempfile::TempDir;

const RUN: &str = "images=shapes&steps=30&batch=16&side=16&width=4";

const EXPORTS: [&str; 7] = [
    "Embeddings (CSV)",
    "Embeddings (NPY)",
    "Projector (TSV + sprite)",
    "Model (safetensors)",
    "Network (ONNX)",
    "Run (JSON)",
    "Experiment",
];

#[tokio::test]
async fn engine_is_fetched_once_and_training_makes_no_requests() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready(&format!("{RUN}&backend=cpu")).await?;
        wait_kept(page, "engine_cpu").await?;
        let before = page.server().requests();
        ensure!(engines(&before) == ["engine_cpu"], "Asked for: {before:#?}");
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        let after = page.server().requests();
        ensure!(after == before, "Asked for while training: {:#?}", &after[before.len()..]);
        Ok(())
    })
    .await
}

/// Lets an hour pass at once.
const SHORT_HOUR: &str = "{
    const wait = window.setInterval;
    window.setInterval = (act, time, ...rest) => wait(act, time === 3_600_000 ? 200 : time, ...rest);
}";

/// Returns whether the request checks for a newer version of the page, which has the address of the
/// page itself.
fn looks_for_newer(path: &str) -> bool {
    path.ends_with(&format!("/{FOLDER}/"))
}

#[tokio::test]
async fn new_version_is_checked_for_hourly_except_during_training() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.begin_with(SHORT_HOUR).await?;
        page.open_ready("images=shapes&steps=100000&batch=8&side=16&width=4&backend=cpu").await?;
        wait_kept(page, "engine_cpu").await?;
        let looks = || page.server().requests().iter().filter(|path| looks_for_newer(path)).count();
        let wait_another = async |so_far: usize| {
            page.wait("a look for a newer version", SOON, async || Ok((looks() > so_far).then_some(()))).await
        };
        wait_another(looks()).await?;
        page.press("Train").await?;
        page.wait_status("some steps", PATIENTLY, |status| status.step() >= Some(3)).await?;
        let before = page.server().requests();
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))").await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let after = page.server().requests();
        ensure!(after == before, "Asked for while training: {:#?}", &after[before.len()..]);
        page.press("Pause").await?;
        wait_another(looks()).await
    })
    .await
}

#[tokio::test]
async fn full_session_requests_only_decoders_and_sets_no_cookie() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_album(folder.path())?;
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=6&batch=4&side=16&width=4&backend=cpu").await?;
        wait_kept(page, "engine_cpu").await?;
        page.wait_text(&["Your work is kept in this browser"], SOON).await?;
        let before = page.server().requests();
        page.drop_paths(&pictures::FOLDERS.map(|name| folder.path().join(name))).await?;
        page.wait_text(&[&format!("yours, {} pictures", pictures::GOOD_FILES)], PATIENTLY).await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        for tab in TABS {
            page.choose(tab).await?;
        }
        page.choose("Label").await?;
        page.set_label("mine").await?;
        page.press("Fine-tune").await?;
        page.wait_text(&["Fine-tuned after 6 steps of training"], PATIENTLY).await?;
        for export in EXPORTS {
            page.download(export).await?;
        }
        // Autosave takes a few seconds.
        wait_records(page, pictures::GOOD_FILES as u64 + 1).await?;
        let after = page.server().requests();
        // The album contains formats that browsers do not read.
        let asked: Vec<_> =
            after[before.len()..].iter().filter_map(|path| path.split(['/', '?']).nth(2)).collect();
        let mut sorted = asked.clone();
        sorted.sort_unstable();
        ensure!(sorted == ["decoder.js", "decoder_bg.wasm.gzip"], "Asked for in a session: {asked:#?}");
        ensure!(page.browser().cookies().await? == 0, "A cookie was set.");
        page.evaluate("document.cookie = 'one=1'").await?;
        ensure!(page.browser().cookies().await? == 1, "A cookie that is set does not show.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn webgpu_engine_is_fetched_on_request() -> Result<()> {
    visit(Visit { needs_webgpu: true, ..Visit::default() }, async |page| {
        // Without a hardware adapter, the small engine is used.
        page.open_ready(&format!("{RUN}&backend=auto")).await?;
        wait_kept(page, "engine_cpu").await?;
        page.unfold_advanced().await?;
        page.choose_option("backend", 1).await?;
        page.wait_status("WebGPU", VERY_PATIENTLY, |status| status.backend() == Some("WebGPU")).await?;
        wait_kept(page, "engine_webgpu").await?;
        let asked = page.server().requests();
        ensure!(engines(&asked) == ["engine_cpu", "engine_webgpu"], "Asked for: {asked:#?}");
        // If the link requests it, it is the only one fetched.
        let before = page.server().requests().len();
        page.open_ready(&format!("{RUN}&backend=webgpu")).await?;
        let asked = page.server().requests().split_off(before);
        ensure!(!engines(&asked).contains(&"engine_cpu"), "Asked for: {asked:#?}");
        Ok(())
    })
    .await
}

/// Returns the engines whose code was requested, in order.
fn engines(requests: &[String]) -> Vec<&'static str> {
    let code =
        |path: &String| site::ENGINES.into_iter().find(|engine| path.contains(&format!("{engine}_bg.wasm")));
    requests.iter().filter_map(code).collect()
}

/// Waits until the page, with this engine, is stored for offline use.
async fn wait_kept(page: &Page, engine: &str) -> Result<()> {
    let kept = "document.documentElement.dataset.kept";
    page.wait("the page to be kept for times without a network", PATIENTLY, async || {
        Ok((page.evaluate(kept).await?.as_str() == Some(engine)).then_some(()))
    })
    .await
}
