//! Screenshots of the page's main states, for review: `target/screenshots/`.

use anyhow::Result;
use browser_tests::page::{PATIENTLY, SOON, TABS, VERY_PATIENTLY};
use browser_tests::{Visit, visit};

#[tokio::test]
async fn screenshots_of_the_main_states_are_taken() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=200&backend=cpu").await?;
        page.photograph_all("1-opened").await?;

        page.press("Train").await?;
        page.wait_status("some steps", VERY_PATIENTLY, |status| status.step() >= Some(20)).await?;
        page.photograph_all("2-training").await?;

        page.wait_finished(VERY_PATIENTLY).await?;
        page.wait_status("the kNN score", SOON, |status| status.knn().is_some()).await?;
        for (number, tab) in (3..).zip(TABS) {
            page.choose(tab).await?;
            if tab == "Label" {
                page.wait_text(&["least confident first"], PATIENTLY).await?;
            }
            page.photograph_all(&format!("{number}-{}", tab.to_lowercase().replace(' ', "-"))).await?;
        }
        Ok(())
    })
    .await
}
