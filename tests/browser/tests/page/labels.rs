//! What a few labels are worth: given, typed, accepted.

use anyhow::{Result, ensure};
use browser_tests::page::{PATIENTLY, SOON};
use browser_tests::{Visit, visit};
use thirtyfour::By;

/// Markup that a label must not become.
const ODD: &str = "<b>odd</b>";

#[tokio::test]
async fn labels_classify_the_rest_and_are_typed_and_accepted() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.choose("Labels").await?;
        let given = ["100 pictures with labels, 900 held out.", "least confident first"];
        page.wait_text(&given, PATIENTLY).await?;
        let scores = page.evaluate("document.querySelectorAll('.scores td').length").await?;
        ensure!(
            scores == 7,
            "There are {scores} scores: not two for each of three embeddings and one of fine-tuning."
        );

        let field = By::Css("input[aria-label='Label of the picked picture']");
        page.driver().find(field).await?.send_keys(ODD).await?;
        page.press("Set label").await?;
        let typed = ["101 pictures with labels (1 typed), 899 held out.", "You gave it this label.", ODD];
        page.wait_text(&typed, SOON).await?;
        let bold = page.evaluate("document.querySelectorAll('.labels b, .gallery b').length").await?;
        ensure!(bold == 0, "The label became markup.");

        page.wait_text(&["least confident first"], SOON).await?;
        page.evaluate("document.querySelector('[aria-label^=\"Accept \"]').click()").await?;
        page.wait_text(&["(2 typed), 89"], SOON).await?;
        Ok(())
    })
    .await
}
