//! Each loss, chosen by its radio button, and the details of one row.

use anyhow::{Result, ensure};
use browser_tests::page::{PATIENTLY, SOON};
use browser_tests::{Visit, visit};

/// Moves to the second row of the batch matrix and selects it by keyboard.
pub const PRESS_SECOND_ROW: &str = "for (const key of ['ArrowDown', 'Enter']) document
    .querySelector('.batch .matrix').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))";

/// Radio buttons of the losses, and a part of their formulas.
const LOSSES: [(&str, &str); 4] = [
    ("DCL", "the sum over the 30 negatives"),
    ("InfoNCE", "the sum over all 31 other views"),
    ("NCE", "Σ log σ("),
    ("Triplets", "d²(anchor, negative)"),
];

#[tokio::test]
async fn row_details_show_the_formula_of_each_loss() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=50&batch=16&side=16&width=4&backend=cpu").await?;
        page.press("Step").await?;
        page.wait_status("a step", PATIENTLY, |status| status.step() == Some(1)).await?;
        page.choose("Under the hood").await?;
        page.evaluate(PRESS_SECOND_ROW).await?;
        page.wait_text(&["Inside row 2 of step 1"], SOON).await?;
        page.unfold_advanced().await?;
        for (place, (name, formula)) in LOSSES.into_iter().enumerate() {
            page.choose_option("loss", place).await?;
            page.press("Step").await?;
            let row = format!("Inside row 2 of step {}", place + 2);
            page.wait_text(&[&row, formula], PATIENTLY).await?;
            page.photograph_all(&format!("row-{}", name.to_lowercase())).await?;
        }
        Ok(())
    })
    .await
}

/// Returns the value of the temperature field.
const TEMPERATURE: &str = "[...document.querySelectorAll('label')]
    .find(label => label.innerText.startsWith('Temperature')).querySelector('input').value";

#[tokio::test]
async fn dot_product_changes_the_temperature() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=50&batch=16&side=16&width=4&backend=cpu").await?;
        page.unfold_advanced().await?;
        let wait_temperature = async |wanted: &str| {
            let there = async || Ok((page.evaluate(TEMPERATURE).await? == wanted).then_some(()));
            page.wait(&format!("a temperature of {wanted}"), SOON, there).await
        };
        wait_temperature("0.1").await?;
        page.choose_option("similarity", 1).await?;
        wait_temperature("1").await?;
        page.wait_text(&["the temperature starts at 1"], SOON).await?;
        page.choose_option("similarity", 0).await?;
        wait_temperature("0.1").await
    })
    .await
}

#[tokio::test]
async fn rank_and_knn_curves_have_one_value_per_evaluation() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=12&batch=8&side=16&width=4&backend=cpu").await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        page.choose("Under the hood").await?;
        for figure in ["rank", "knn"] {
            let dots = format!("document.querySelectorAll('[data-figure={figure}] circle').length");
            // The value of the untrained encoder, and that after the last step.
            let there = async || Ok((page.evaluate(&dots).await?.as_u64() >= Some(2)).then_some(()));
            page.wait(&format!("two values of {figure}"), PATIENTLY, there).await?;
        }
        let rank = "Number(document.querySelector('[data-figure=rank] .curve-now').innerText)";
        let rank = page.evaluate(rank).await?.as_f64().unwrap_or_default();
        ensure!((1.0..=256.0).contains(&rank), "The rank is {rank}.");
        page.photograph_all("curves").await
    })
    .await
}
