//! Every loss by its radio button, and the inside of one row.

use anyhow::Result;
use browser_tests::page::{PATIENTLY, SOON};
use browser_tests::{Visit, visit};

/// Goes to the second row of the batch matrix and presses it, from the keyboard.
const PRESS_SECOND_ROW: &str = "for (const key of ['ArrowDown', 'Enter']) document
    .querySelector('.batch .matrix').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))";

/// A choice of loss, and what its formula holds.
const LOSSES: [(&str, &str); 3] =
    [("InfoNCE", "÷\u{a0}Σ exp(s/τ)"), ("NCE", "Σ log σ("), ("Triplets", "d²(anchor, negative)")];

#[tokio::test]
async fn a_row_shows_how_each_loss_comes_about() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=50&batch=16&side=16&width=4&backend=cpu").await?;
        page.press("Step").await?;
        page.wait_status("a step", PATIENTLY, |status| status.step() == Some(1)).await?;
        page.choose("Loss").await?;
        page.evaluate(PRESS_SECOND_ROW).await?;
        page.wait_text(&["Inside row 2 of step 1"], SOON).await?;
        page.unfold("Loss and training").await?;
        for (place, (name, formula)) in LOSSES.into_iter().enumerate() {
            page.evaluate(&format!("document.querySelectorAll('input[name=loss]')[{place}].click()")).await?;
            page.press("Step").await?;
            let row = format!("Inside row 2 of step {}", place + 2);
            page.wait_text(&[&row, formula], PATIENTLY).await?;
            page.photograph_all(&format!("row-{}", name.to_lowercase())).await?;
        }
        Ok(())
    })
    .await
}
