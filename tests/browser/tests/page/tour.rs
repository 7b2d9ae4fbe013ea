//! The tour, which acts by itself.

use anyhow::{Result, ensure};
use browser_tests::page::{PATIENTLY, Role, SOON};
use browser_tests::{Page, Visit, visit};

/// A run that goes on during the tour.
const SETTINGS: &str = "images=shapes&steps=400&batch=8&side=16&width=4&backend=cpu";

const CARD: &str = "document.querySelector('.tour-card')?.innerText ?? ''";

const ESCAPE: &str = "\u{e00c}";

/// Returns whether the ring surrounds a target.
const RING: &str = "(() => {
    const ring = document.querySelector('.tour-ring')?.getBoundingClientRect();
    return ring?.width > 20 && ring.height > 20;
})()";

/// Waits until the card contains this text, and the ring surrounds its target.
async fn wait_card(page: &Page, words: &str) -> Result<()> {
    page.wait(&format!("the tour to say “{words}”"), PATIENTLY, async || {
        let card = page.evaluate(CARD).await?;
        Ok(card.as_str().filter(|card| card.contains(words)).map(|_| ()))
    })
    .await?;
    page.wait(&format!("a ring while the tour says “{words}”"), SOON, async || {
        Ok((page.evaluate(RING).await? == true).then_some(()))
    })
    .await
}

async fn is_over(page: &Page) -> Result<bool> {
    Ok(page.evaluate(CARD).await? == "")
}

#[tokio::test]
async fn tour_does_what_its_stops_ask() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready(SETTINGS).await?;
        page.press("Tour").await?;
        wait_card(page, "which of eight was it").await?;
        page.photograph("tour.png").await?;
        page.press("Next").await?;
        page.wait_text(&["Round 1 of 5"], SOON).await?;
        // The key that closes the game leaves the tour.
        page.driver().action_chain().send_keys(ESCAPE).perform().await?;
        wait_card(page, "Press Train").await?;
        page.press("Next").await?;
        page.wait_status("some steps", PATIENTLY, |status| status.step() > Some(0)).await?;
        wait_card(page, "Its twin is on the diagonal").await?;
        page.press("Next").await?;
        wait_card(page, "before training and now").await?;
        page.wait_text(&["Now, after"], PATIENTLY).await?;
        page.press("Next").await?;
        wait_card(page, "pictures of your own").await?;
        let now = "document.querySelectorAll('input[name=stage]')[1].checked";
        ensure!(page.evaluate(now).await? == true, "The stage is not switched.");
        page.press("Finish").await?;
        page.wait("the end of the tour", SOON, async || Ok(is_over(page).await?.then_some(()))).await?;
        // Of a run that has begun, it asks no training.
        page.press("Tour").await?;
        wait_card(page, "which of eight was it").await?;
        page.press("Next").await?;
        page.press("Close the game").await?;
        wait_card(page, "Its twin is on the diagonal").await
    })
    .await
}

#[tokio::test]
async fn escape_ends_the_tour_and_restores_the_focus() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open(SETTINGS).await?;
        page.press("Tour").await?;
        wait_card(page, "1. Guess").await?;
        let focused = "document.activeElement.className + document.activeElement.id";
        ensure!(page.evaluate(focused).await? == "tour-card", "The card has no focus.");
        page.driver().action_chain().send_keys(ESCAPE).perform().await?;
        page.wait("the end of the tour", SOON, async || Ok(is_over(page).await?.then_some(()))).await?;
        ensure!(page.evaluate("document.activeElement.id").await? == "tour", "The button has no focus.");
        ensure!(page.find(Role::Button, "Next").await?.is_none());
        Ok(())
    })
    .await
}
