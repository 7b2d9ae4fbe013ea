//! Failures of workers and downloads that the page depends on.

use anyhow::{Result, ensure};
use browser_tests::exports::Run;
use browser_tests::page::{PATIENTLY, SOON};
use browser_tests::visit::FOLDER;
use browser_tests::{Page, Visit, pictures, site, visit};
use tempfile::TempDir;
use xtask::paths;

/// Ends the first worker that receives a file, shortly afterwards.
const KILL_DECODER: &str = "{
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message, ...more) {
        if (!message?.file || window.killed) return post.call(this, message, ...more);
        window.killed = true;
        setTimeout(() => this.terminate(), 500);
    };
}";

/// Holds back the sheet of clothes until `sheet.bring` or `sheet.fail` is called.
const HOLD_SHEET: &str = "{
    const decode = HTMLImageElement.prototype.decode;
    HTMLImageElement.prototype.decode = function () {
        if (!this.src.includes('fashion')) return decode.call(this);
        return new Promise((done, fail) => {
            window.sheet = {
                bring: () => decode.call(this).then(done, fail),
                fail: () => fail(new Error('no network')),
            };
        });
    };
}";

/// Shows Shapes, then requests the clothes, whose sheet is held back.
async fn wait_for_clothes(page: &Page) -> Result<()> {
    page.begin_with(HOLD_SHEET).await?;
    page.open_ready("images=shapes&backend=cpu&side=16&width=4&steps=3").await?;
    page.press("Fashion").await?;
    let asked = async || Ok((page.evaluate("!!window.sheet").await? == true).then_some(()));
    page.wait("the sheet to be wanted", SOON, asked).await
}

#[tokio::test]
async fn end_of_a_decoder_loses_no_picture() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_album(folder.path())?;
    visit(Visit::default(), async |page| {
        page.begin_with(KILL_DECODER).await?;
        page.open("images=own&backend=cpu&side=16&width=4").await?;
        page.drop_paths(&pictures::FOLDERS.map(|name| folder.path().join(name))).await?;
        page.wait_text(&[&format!("{} pictures", pictures::GOOD_FILES)], PATIENTLY).await?;
        ensure!(page.evaluate("window.killed").await? == true, "No decoder died.");
        let waits = "document.querySelector('.intake') === null";
        page.wait(
            "the end of reading",
            SOON,
            async || Ok((page.evaluate(waits).await? == true).then_some(())),
        )
        .await
    })
    .await
}

#[tokio::test]
async fn missing_engine_is_reported_when_needed() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_album(folder.path())?;
    let model = folder.path().join("model.safetensors");
    std::fs::write(&model, b"no model at all")?;
    let visitor = Visit { site: site::copy_without_engine, errors_allowed: true, ..Visit::default() };
    visit(visitor, async |page| {
        page.open("images=own&backend=cpu").await?;
        page.wait_text(&["Reload the page to try again"], SOON).await?;
        page.drop_paths(&[folder.path().join("discs")]).await?;
        // Decoding of other formats needs no engine.
        page.wait_text(&["7 pictures", "1 file could not be read"], SOON).await?;
        page.drop_paths(&[model]).await?;
        page.wait_text(&["There is no engine to do that"], SOON).await.map(drop)
    })
    .await
}

#[tokio::test]
async fn tab_whose_code_is_missing_says_so_and_tries_again() -> Result<()> {
    let visitor = Visit { site: site::copy_without_lazy_module, errors_allowed: true, ..Visit::default() };
    visit(visitor, async |page| {
        page.open_ready("images=shapes&steps=5&batch=8&side=16&width=4&backend=cpu").await?;
        page.choose("Under the hood").await?;
        page.wait_text(&["This part of the page couldn’t be loaded"], SOON).await?;
        // Everything else goes on working.
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        page.choose("Explore").await?;
        page.press("Export").await?;
        page.wait_text(&["This part of the page couldn’t be loaded"], SOON).await?;
        page.choose("Under the hood").await?;
        let module = site::lazy_module()?;
        std::fs::copy(paths::dist().join(&module), page.server().root().join(FOLDER).join(&module))?;
        page.press("Try again").await?;
        page.locate(".hood").await.map(drop)
    })
    .await
}

#[tokio::test]
async fn browser_formats_are_read_without_the_own_decoders() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_album(folder.path())?;
    let visitor = Visit { site: site::copy_without_decoder, errors_allowed: true, ..Visit::default() };
    visit(visitor, async |page| {
        page.open("images=own&backend=cpu").await?;
        page.drop_paths(&[folder.path().join("discs")]).await?;
        let said = ["discs.tiff", "this page’s own decoders could not be loaded", "6 pictures"];
        page.wait_text(&said, SOON).await.map(drop)
    })
    .await
}

#[tokio::test]
async fn late_failure_of_a_built_in_set_does_not_affect_own_pictures() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_photographs(folder.path(), 3, 16)?;
    visit(Visit::default(), async |page| {
        wait_for_clothes(page).await?;
        page.drop_paths(&[folder.path().to_owned()]).await?;
        page.wait_text(&["yours, 3 pictures"], SOON).await?;
        page.evaluate("window.sheet.fail()").await?;
        page.evaluate("new Promise(done => setTimeout(done, 500))").await?;
        let text = page.text().await?;
        ensure!(!text.contains("could not be loaded"), "It complains:\n{text}");
        ensure!(text.contains("3 pictures"), "The pictures are gone:\n{text}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn late_built_in_set_does_not_affect_own_pictures() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_photographs(folder.path(), 4, 16)?;
    visit(Visit::default(), async |page| {
        wait_for_clothes(page).await?;
        page.drop_paths(&[folder.path().to_owned()]).await?;
        page.evaluate("window.sheet.bring()").await?;
        page.wait_text(&["yours, 4 pictures"], SOON).await?;
        // No pictures are awaited any more.
        page.press("Train").await?;
        page.wait_status("all steps", PATIENTLY, |status| status.step() == Some(3)).await?;
        let text = page.text().await?;
        ensure!(text.contains("4 pictures"), "Others came:\n{text}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn set_changed_during_a_run_starts_afresh() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open("images=shapes&steps=100000&batch=8&side=16&width=4&backend=cpu&run=1").await?;
        for (sets, name) in (1..).zip(["Fashion", "Shapes", "Fashion"]) {
            page.wait_status("some steps", PATIENTLY, |status| status.step() >= Some(20)).await?;
            page.press(name).await?;
            page.wait_text(&["step 0 / 100000", "1,000 pictures"], SOON).await?;
            page.press("Train").await?;
            page.wait_status("some steps", PATIENTLY, |status| status.step() >= Some(2)).await?;
            let run = Run::parse(&page.download("Run (JSON)").await?)?;
            ensure!(run.curve("step")?[0] == 1.0, "The run begins with steps of the one before.");
            page.choose("Under the hood").await?;
            let listed = "document.querySelectorAll('.run-list > li').length";
            let listed = page.evaluate(listed).await?;
            ensure!(listed == sets + 1, "{listed} runs after {sets} other sets.");
        }
        Ok(())
    })
    .await
}
