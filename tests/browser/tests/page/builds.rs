//! A page and an engine that were not built together.

use anyhow::Result;
use browser_tests::page::PATIENTLY;
use browser_tests::{Visit, site, visit};

#[tokio::test]
async fn an_engine_of_another_build_is_refused() -> Result<()> {
    let visitor = Visit { site: site::copy_with_other_engine, errors_allowed: true, ..Visit::default() };
    visit(visitor, async |page| {
        page.open("images=shapes&backend=cpu&run=1").await?;
        page.wait_text(&["another build", &site::other_build()], PATIENTLY).await?;
        Ok(())
    })
    .await
}
