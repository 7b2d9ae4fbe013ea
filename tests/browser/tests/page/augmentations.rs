//! The augmentations with their preview, and the invariance that the encoder learns.

use anyhow::{Result, ensure};
use browser_tests::page::{PATIENTLY, SOON, Scheme};
use browser_tests::{Page, Visit, visit};
use serde_json::Value;
use thirtyfour::Key;

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

/// Counts the operations with both dots within their line and matching numbers.
const MEASURED: &str = "[...document.querySelectorAll('.invariance-lines tbody tr')].filter(row => {
    const { left, right } = row.querySelector('td').getBoundingClientRect();
    const within = dot => { const box = dot.getBoundingClientRect(); return box.left >= left && box.right <= right; };
    const dots = [...row.querySelectorAll('.dot')];
    return dots.length === 2 && dots.every(within) && !row.querySelector('.value').innerText.includes('–');
}).length";

/// Counts the chips with a similarity before training and now.
const CHIPS: &str =
    "[...document.querySelectorAll('.operation')].filter(chip => / → [−\\d]/.test(chip.innerText)).length";

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
async fn preview_follows_presets_switches_and_sliders() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.unfold("What shouldn’t matter").await?;
        wait_count(page, "three views of four pictures", DRAWN_VIEWS, 12).await?;
        let opened = page.evaluate(VIEWS).await?;
        page.press("None").await?;
        let plain = wait_other_views(page, "None", &opened).await?;
        let views: Vec<_> = plain.as_str().unwrap_or_default().split(',').collect();
        ensure!(views.chunks(3).all(|row| row.iter().all(|view| *view == row[0])), "None changes: {views:?}");

        // By keyboard: the arrow keys choose an augmentation, Tab leads to its switch and its sliders.
        page.evaluate("document.querySelector('.operations input').focus()").await?;
        press(page, &[Key::Right, Key::Right, Key::Right]).await?;
        page.wait_text(&["Rotation is off"], SOON).await?;
        ensure!(page.evaluate(VIEWS).await? == plain, "Another augmentation in hand changes views.");
        press(page, &[Key::Tab, Key::Space]).await?;
        let turned = wait_other_views(page, "its switch", &plain).await?;
        press(page, &[Key::Tab, Key::End]).await?;
        let turned = wait_other_views(page, "its slider", &turned).await?;
        let strength = "document.activeElement.ariaLabel + ' ' + document.activeElement.value";
        ensure!(page.evaluate(strength).await? == "Rotation: strength 1", "The slider is another.");
        page.press("Other views").await?;
        wait_other_views(page, "the button", &turned).await.map(drop)
    })
    .await
}

/// Sends keys as a keyboard does.
async fn press(page: &Page, keys: &[Key]) -> Result<()> {
    for key in keys {
        page.driver().action_chain().send_keys(key.clone()).perform().await?;
    }
    Ok(())
}

/// Counts the previews on the stage and in the rail.
const PREVIEWS: &str =
    "['.stage', '.rail'].map(part => document.querySelectorAll(`${part} .preview`).length).join()";

#[tokio::test]
async fn preview_is_on_the_stage_of_a_wide_page_until_it_is_done_with() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.unfold("What shouldn’t matter").await?;
        for (width, previews, drawn) in [(1440, "1,0", 12), (360, "0,1", 4), (1440, "1,0", 12)] {
            page.show_as(width, Scheme::Light).await?;
            wait_count(page, &format!("{drawn} views at {width} pixels"), DRAWN_VIEWS, drawn).await?;
            ensure!(page.evaluate(PREVIEWS).await? == previews, "At {width} pixels, not {previews}.");
        }
        page.press("Done").await?;
        wait_count(page, "no views", DRAWN_VIEWS, 0).await?;
        let folded = "document.activeElement.matches('.step:not([open]) > summary')";
        ensure!(page.evaluate(folded).await? == true, "Its section is not folded, or has no focus.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn preview_shows_training_views_and_invariance_is_measured() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=20&batch=16&side=16&width=4&backend=cpu").await?;
        page.unfold("What shouldn’t matter").await?;
        wait_count(page, "three views of four pictures", DRAWN_VIEWS, 12).await?;
        let opened = page.evaluate(VIEWS).await?;
        page.press("SimCLR paper").await?;
        page.wait_text(&["crop 8–100%", "blur"], SOON).await?;
        wait_other_views(page, "the preset", &opened).await?;
        page.photograph_all("augment").await?;
        let hash = page.evaluate("location.hash").await?;
        ensure!(hash.as_str().is_some_and(|hash| hash.contains("&blur=0.14@0.5&noise=off:")), "{hash}");

        page.choose("Under the hood").await?;
        page.wait_text(&["64 pictures changed in one way at a time"], PATIENTLY).await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        wait_count(page, "two dots for each operation", MEASURED, 13).await?;
        wait_count(page, "two numbers on each chip", CHIPS, 13).await?;
        page.wait_text(&["After 20 steps, the network"], PATIENTLY).await?;
        page.photograph_all("invariance").await
    })
    .await
}
