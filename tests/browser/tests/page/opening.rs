//! What a visitor sees while the code is on its way, or if it never comes.

use anyhow::Result;
use browser_tests::page::{PATIENTLY, SOON};
use browser_tests::{Visit, site, visit};

#[tokio::test]
async fn the_purpose_and_the_drop_zone_are_there_before_any_code() -> Result<()> {
    let visitor = Visit { site: site::copy_without_code, errors_allowed: true, ..Visit::default() };
    visit(visitor, async |page| {
        page.go("").await?;
        page.wait_text(&["Likeness", "alike", "drop"], SOON).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_engine_that_does_not_come_is_explained() -> Result<()> {
    let visitor = Visit { site: site::copy_without_engine, errors_allowed: true, ..Visit::default() };
    visit(visitor, async |page| {
        page.open("backend=cpu").await?;
        page.wait_text(&["the engine could not be loaded"], PATIENTLY).await?;
        Ok(())
    })
    .await
}
