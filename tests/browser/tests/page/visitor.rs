//! A visitor's way: open, train, watch, switch, select, act, label, share.

use anyhow::{Result, ensure};
use browser_tests::page::{PATIENTLY, SOON};
use browser_tests::{Page, Visit, visit};

const FRONT: &str = "document.querySelector('[role=tab][aria-selected=true]').textContent";

/// Selects the third and the seventh picture.
const SELECT_TWO: &str = "[2, 6].forEach(place => document.querySelectorAll('.gallery-cell')[place]
    .dispatchEvent(new MouseEvent('click', { bubbles: true, ctrlKey: place > 2 })))";

/// Number of lines from a picture's nearest before training to its nearest now.
const LINES: &str = "document.querySelector('.ladder-lines path').getAttribute('d').split('M').length - 1";

async fn wait_front(page: &Page, tab: &str) -> Result<()> {
    page.wait(&format!("the tab {tab} in front"), PATIENTLY, async || {
        Ok((page.evaluate(FRONT).await? == tab).then_some(()))
    })
    .await
}

#[tokio::test]
async fn visitor_opens_trains_watches_switches_selects_labels_and_shares() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=300&batch=16&side=16&width=4&backend=cpu").await?;
        wait_front(page, "Explore").await?;
        page.wait_text(&["Before training, ", "placed by pixels alone"], PATIENTLY).await?;

        page.press("Train").await?;
        wait_front(page, "Watch").await?;
        page.wait_text(&["Finding twins", "of 31. Guessing would be 16th"], PATIENTLY).await?;
        page.wait_finished(PATIENTLY).await?;
        wait_front(page, "Explore").await?;
        page.wait_text(&["nearest pictures now match", "Now, after 300 steps"], PATIENTLY).await?;

        for (place, words) in [
            (0, "by the network before training"),
            (2, "by pixels alone"),
            (1, "by the network after 300 steps"),
        ] {
            page.choose_option("stage", place).await?;
            page.wait_text(&[words], PATIENTLY).await?;
        }
        ensure!(page.evaluate(LINES).await?.as_u64() <= Some(10), "There are more lines than pictures.");

        page.evaluate(SELECT_TWO).await?;
        page.wait_text(&["2 selected"], SOON).await?;
        page.press("Find similar").await?;
        wait_front(page, "Sort").await?;
        page.wait_text(&["Wanted", "The most similar first"], SOON).await?;
        page.evaluate("document.querySelector('.action-bar .button').click()").await?;
        wait_front(page, "Label").await?;
        page.set_label("mine").await?;
        page.wait_text(&["(2 typed)"], PATIENTLY).await?;
        page.press("Clear selection").await?;
        page.photograph_all("visitor").await?;

        page.press("Share").await?;
        let hash = page.evaluate("location.hash").await?;
        ensure!(hash.as_str().is_some_and(|hash| hash.contains("&tab=label")), "The address is {hash}.");
        Ok(())
    })
    .await
}
