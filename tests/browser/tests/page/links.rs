//! Links with settings.

use std::collections::HashSet;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use browser_tests::exports::Run;
use browser_tests::page::{PATIENTLY, SOON};
use browser_tests::{Page, Visit, visit};
use serde_json::Value;

#[tokio::test]
async fn shared_link_trains_to_the_same_losses() -> Result<()> {
    const LINK: &str = "images=shapes&seed=7&steps=12&batch=16&side=16&width=4&backend=cpu&run=1";
    visit(Visit::default(), async |page| {
        let mut runs = Vec::new();
        let mut link = LINK.to_owned();
        for _ in 0..2 {
            page.open(&link).await?;
            let status = page.wait_finished(PATIENTLY).await?;
            ensure!(status.backend() == Some("CPU"), "The status is: {status}");
            runs.push(Run::parse(&page.download("Run (JSON)").await?)?.losses()?);
            link = share(page).await?;
        }
        ensure!(runs[0].len() == 12, "There are {} losses.", runs[0].len());
        ensure!(runs[0].iter().all(|loss| loss.is_finite()), "The losses are {:?}.", runs[0]);
        let bits = |losses: &[f64]| losses.iter().map(|loss| loss.to_bits()).collect::<Vec<_>>();
        ensure!(bits(&runs[0]) == bits(&runs[1]), "The losses differ: {runs:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn invalid_link_entries_are_named_and_the_others_apply() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open("images=shapes&colour=red&batch=many&steps=321&backend=cpu").await?;
        page.wait_text(&["colour", "batch=many"], SOON).await?;
        let status = page.wait_status("321 steps", PATIENTLY, |status| status.steps() == Some(321)).await?;
        ensure!(status.step() == Some(0), "The status is: {status}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn numbers_beyond_limits_are_rejected_or_clamped_with_a_message() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open("images=shapes&temperature=0&side=0&hue=10@1&steps=4&width=4&backend=cpu").await?;
        page.wait_text(&["temperature=0", "side=0", "hue=10@1"], SOON).await?;
        page.unfold_advanced().await?;
        for (name, typed, says) in [
            ("Temperature", "0", "Temperature must be between 0.01 and 10; it was set to 0.01."),
            ("Temperature", "1e9", "it was set to 10."),
            ("Pairs in a step", "-5", "Pairs in a step must be between 2 and 512; it was set to 2."),
            ("Steps", "2.5", "Steps must be between 1 and 100000; it was set to 2."),
        ] {
            page.evaluate(&format!("({TYPE})('{name}', '{typed}')")).await?;
            page.wait_text(&[says], SOON).await?;
        }
        page.press("Train").await?;
        let status = page.wait_finished(PATIENTLY).await?;
        ensure!(status.steps() == Some(2), "The status is: {status}");
        Ok(())
    })
    .await
}

/// Stores the link that Share copies, since a headless browser does not let pages read it back.
const CATCH_COPIES: &str =
    "navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }";

/// Presses Share, and returns the part of the link after its `#`.
async fn share(page: &Page) -> Result<String> {
    page.evaluate(CATCH_COPIES).await?;
    page.press("Share").await?;
    page.press("Copy link").await?;
    page.wait_text(&["Copied."], SOON).await?;
    let link = page.evaluate("window.copied").await?;
    let (_, hash) = link.as_str().and_then(|link| link.split_once('#')).context("no hash")?;
    Ok(hash.to_owned())
}

/// Returns the selected text of the focused field.
const SELECTED: &str = "(({ value, selectionStart, selectionEnd, readOnly }) =>
    readOnly ? value.slice(selectionStart, selectionEnd) : null)(document.activeElement)";

#[tokio::test]
async fn link_is_shown_if_it_cannot_be_copied() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open("images=shapes&seed=9&backend=cpu").await?;
        page.press("Share").await?;
        for clipboard in ["undefined", "{ writeText: () => Promise.reject(new Error('denied')) }"] {
            page.evaluate(&format!(
                "void Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard}, configurable: true }})"
            ))
            .await?;
            page.press("Copy link").await?;
            page.wait_text(&["did not allow copying"], SOON).await?;
            page.wait("the link to be selected", SOON, async || {
                let selected = page.evaluate(SELECTED).await?;
                Ok(selected.as_str().filter(|link| link.contains("seed=9")).map(|_| ()))
            })
            .await?;
        }
        Ok(())
    })
    .await
}

/// Catches what is handed to other apps, of which a browser under test has none.
const CATCH_SHARED: &str = "navigator.canShare = () => true;
    navigator.share = async ({ files: [file], text, url }) => {
        const { width, height } = await createImageBitmap(file);
        window.sent = { name: file.name, width, height, text, url };
    };";

/// Waits for what is handed to other apps.
async fn wait_sent(page: &Page, what: &str, within: Duration) -> Result<Value> {
    let sent = async || Ok(Some(page.evaluate("window.sent ?? null").await?).filter(|sent| !sent.is_null()));
    page.wait(what, within, sent).await
}

#[tokio::test]
async fn picture_of_what_changed_is_saved_and_sent() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open("images=shapes&steps=60&batch=16&side=16&width=4&backend=cpu&run=1").await?;
        page.wait_finished(PATIENTLY).await?;
        page.evaluate(CATCH_SHARED).await?;
        page.press("Share").await?;
        page.press("Send").await?;
        let sent = wait_sent(page, "the picture to be sent", SOON).await?;
        ensure!(sent["width"] == 1200 && sent["height"] == 630, "The picture is {sent}.");
        ensure!(
            sent["text"].as_str().is_some_and(|text| text.contains("nearest pictures")),
            "It says {sent}."
        );
        ensure!(
            sent["url"].as_str().is_some_and(|url| url.contains("#images=shapes")),
            "The link is {sent}."
        );
        page.evaluate("window.sent = null").await?;
        page.press("Send poster").await?;
        let sent = wait_sent(page, "the poster to be sent", PATIENTLY).await?;
        ensure!(sent["width"].as_u64() > Some(3900), "The poster is {sent}.");
        ensure!(sent["name"] == "likeness-poster-step-60.png", "The poster is {sent}.");
        let saved = image::load_from_memory(&page.download("Save picture").await?)?.to_rgb8();
        ensure!(saved.dimensions() == (1200, 630), "The file has {:?} pixels.", saved.dimensions());
        let colours: HashSet<_> = saved.pixels().collect();
        ensure!(colours.len() > 1000, "There are {} colours, too few for pictures.", colours.len());
        Ok(())
    })
    .await
}

const FRONT: &str = "document.querySelector('[role=tab][aria-selected=true]').textContent";

#[tokio::test]
async fn shared_link_opens_the_same_tab() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=6&batch=8&side=16&width=4&backend=cpu").await?;
        page.choose("Explore").await?;
        let link = share(page).await?;
        page.open(&format!("{link}&run=1")).await?;
        page.wait_finished(PATIENTLY).await?;
        ensure!(page.evaluate(FRONT).await? == "Explore", "Another tab is in front.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn guest_is_told_that_a_link_has_no_pictures() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open("images=own&side=16&width=4&backend=cpu").await?;
        let told = "This link was made with private pictures";
        page.wait_text(&[told, "Add at least 4 pictures to train."], SOON).await?;
        page.press("Shapes").await?;
        page.wait_text(&["Shapes, 1,000 pictures"], SOON).await?;
        ensure!(!page.text().await?.contains(told), "The sentence stays though there are pictures.");
        Ok(())
    })
    .await
}

/// Types into the field of this name, and leaves it.
const TYPE: &str = "(name, typed) => {
    const label = [...document.querySelectorAll('label')].find(label => label.textContent.trim() === name);
    const field = label.querySelector('input');
    field.value = typed;
    field.dispatchEvent(new Event('change', {bubbles: true}));
}";
