//! The preview of augmentations, and the invariance that the encoder learns.

use anyhow::{Result, ensure};
use browser_tests::page::{PATIENTLY, SOON};
use browser_tests::{Page, Visit, visit};
use serde_json::Value;

/// Types a number of views like a user.
const SIX_VIEWS: &str = "(() => {
    const label = [...document.querySelectorAll('label')].find(label => label.innerText.startsWith('Views of each'));
    const field = label.querySelector('input');
    field.value = '6';
    field.dispatchEvent(new Event('change', { bubbles: true }));
})()";

/// Counts the views of the preview that show more than one colour.
const DRAWN_VIEWS: &str =
    "[...document.querySelectorAll('.preview-row canvas:not(:first-child)')].filter(canvas => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value, i) => i % 4 < 3 && value !== data[i % 4]);
}).length";

/// Returns one number per view of the preview for its pixels.
const VIEWS: &str = "[...document.querySelectorAll('.preview-row canvas:not(:first-child)')].map(canvas => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((sum, value, i) => (sum * 31 + value + i) % 1000000007, 7);
}).join()";

/// Moves the first slider of an enabled operation like a user.
const MOVE_A_SLIDER: &str = "(() => {
    const slider = document.querySelector('.operations input[type=range]');
    slider.value = '1';
    slider.dispatchEvent(new Event('input', { bubbles: true }));
})()";

/// Counts the operations with both dots within their line and matching numbers.
const MEASURED: &str = "[...document.querySelectorAll('.invariance-lines tbody tr')].filter(row => {
    const { left, right } = row.querySelector('td').getBoundingClientRect();
    const within = dot => { const box = dot.getBoundingClientRect(); return box.left >= left && box.right <= right; };
    const dots = [...row.querySelectorAll('.dot')];
    return dots.length === 2 && dots.every(within) && !row.querySelector('.value').innerText.includes('–');
}).length";

async fn wait_count(page: &Page, what: &str, script: &str, wanted: u64) -> Result<()> {
    page.wait(what, PATIENTLY, async || Ok((page.evaluate(script).await? == wanted).then_some(()))).await
}

/// Waits until the preview's pixels differ from `before`, and returns them.
async fn wait_other_views(page: &Page, after: &str, before: &Value) -> Result<Value> {
    page.wait(&format!("other views after {after}"), SOON, async || {
        Ok(Some(page.evaluate(VIEWS).await?).filter(|views| views != before))
    })
    .await
}

#[tokio::test]
async fn preview_follows_presets_sliders_and_switches() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.unfold("What shouldn’t matter").await?;
        wait_count(page, "four views of four pictures", DRAWN_VIEWS, 16).await?;
        let opened = page.evaluate(VIEWS).await?;
        page.press("None").await?;
        let plain = wait_other_views(page, "None", &opened).await?;
        let views: Vec<_> = plain.as_str().unwrap_or_default().split(',').collect();
        ensure!(views.chunks(4).all(|row| row.iter().all(|view| *view == row[0])), "None changes: {views:?}");

        page.evaluate("document.querySelector('.operations [role=switch]').click()").await?;
        let cropped = wait_other_views(page, "a switch", &plain).await?;
        page.evaluate(MOVE_A_SLIDER).await?;
        wait_other_views(page, "a slider", &cropped).await.map(drop)
    })
    .await
}

#[tokio::test]
async fn preview_shows_training_views_and_invariance_is_measured() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=20&batch=16&side=16&width=4&backend=cpu").await?;
        page.unfold("What shouldn’t matter").await?;
        wait_count(page, "four views of four pictures", DRAWN_VIEWS, 16).await?;
        page.press("SimCLR paper").await?;
        page.wait_text(&["crop 8–100%", "blur"], SOON).await?;
        page.evaluate(SIX_VIEWS).await?;
        wait_count(page, "six views of four pictures", DRAWN_VIEWS, 24).await?;
        page.photograph_all("augment").await?;
        let hash = page.evaluate("location.hash").await?;
        ensure!(hash.as_str().is_some_and(|hash| hash.contains("&blur=0.14@0.5&noise=off:")), "{hash}");

        page.choose("Under the hood").await?;
        page.wait_text(&["64 pictures changed in one way at a time"], PATIENTLY).await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        wait_count(page, "two dots for each operation", MEASURED, 13).await?;
        page.wait_text(&["After 20 steps, the network"], PATIENTLY).await?;
        page.photograph_all("invariance").await
    })
    .await
}
