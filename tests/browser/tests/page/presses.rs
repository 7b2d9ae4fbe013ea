//! Presses and redrawing.

use anyhow::{Result, ensure};
use browser_tests::page::PATIENTLY;
use browser_tests::{Visit, visit};

/// Draws no more frames, like a page that is too busy.
const WITHHOLD_FRAMES: &str = "window.requestAnimationFrame = () => 0";

const PRESS_PICTURE: &str = "document.querySelector('.gallery-cell').click()";
const PRESS_ANOTHER: &str = "document.querySelectorAll('.gallery-cell')[4].click()";
const PRESS_WHY: &str = "document.querySelector('.why-button').click()";

/// Starts a press on the page, and later ends it. Returns the number of changes to the page's status
/// before the end of the press and in an equal time after it. All of this takes less time than
/// drawing waits for; otherwise, nothing is returned.
const HOLD: &str = "(async () => {
    const status = document.querySelector('.status');
    const rest = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
    // What was drawn before the press is none of its business.
    const changes = [[], []];
    let released = 0;
    const observer = new MutationObserver(records => changes[released].push(...records));
    const begun = performance.now();
    window.dispatchEvent(new PointerEvent('pointerdown'));
    observer.observe(status, { subtree: true, childList: true, characterData: true });
    await rest(500);
    changes[0].push(...observer.takeRecords());
    const held = performance.now() - begun;
    released = 1;
    window.dispatchEvent(new PointerEvent('pointerup'));
    await rest(1000);
    return held < 900 ? changes.map(some => some.length) : null;
})()";

#[tokio::test]
async fn second_press_within_a_frame_reaches_the_updated_page() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open("images=shapes&steps=4&batch=16&side=16&width=4&backend=cpu&run=1").await?;
        page.wait_finished(PATIENTLY).await?;
        page.choose("Explore").await?;
        page.evaluate(PRESS_PICTURE).await?;
        page.locate(".why-button").await?;
        page.evaluate(WITHHOLD_FRAMES).await?;
        page.evaluate(PRESS_ANOTHER).await?;
        page.evaluate(PRESS_WHY).await?;
        page.locate(".why").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn nothing_is_redrawn_during_a_press() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open("images=shapes&steps=5000&batch=16&side=16&width=4&backend=cpu&run=1").await?;
        page.wait_status("three steps", PATIENTLY, |status| status.step() >= Some(3)).await?;
        let changes = page.wait("a press of half a second", PATIENTLY, async || {
            Ok(serde_json::from_value::<Option<[usize; 2]>>(page.evaluate(HOLD).await?)?)
        });
        let [held, released] = changes.await?;
        ensure!(held == 0 && released > 0, "{held} changes during the press, {released} after it.");
        Ok(())
    })
    .await
}
