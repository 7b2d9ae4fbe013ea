//! The page before its code has loaded, or without it.

use anyhow::Result;
use browser_tests::page::{PATIENTLY, SOON};
use browser_tests::{Visit, site, visit};

#[tokio::test]
async fn purpose_and_drop_zone_are_shown_before_any_code() -> Result<()> {
    let visitor = Visit { site: site::copy_without_code, errors_allowed: true, ..Visit::default() };
    visit(visitor, async |page| {
        page.go("").await?;
        page.wait_text(&["Likeness", "alike", "drop"], SOON).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn missing_engine_is_explained() -> Result<()> {
    let visitor = Visit { site: site::copy_without_engine, errors_allowed: true, ..Visit::default() };
    visit(visitor, async |page| {
        page.open("backend=cpu").await?;
        page.wait_text(&["the engine could not be loaded"], PATIENTLY).await?;
        Ok(())
    })
    .await
}
