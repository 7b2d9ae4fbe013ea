//! Nothing leaves the browser. (That no other server is asked is checked at the end of every visit.)

use anyhow::{Result, ensure};
use browser_tests::page::PATIENTLY;
use browser_tests::{Visit, visit};

#[tokio::test]
async fn the_engine_is_fetched_once_and_training_asks_for_nothing() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=30&batch=16&side=16&width=4&backend=cpu").await?;
        let kept = "document.documentElement.dataset.kept";
        page.wait("the page to be kept for times without a network", PATIENTLY, async || {
            Ok(page.evaluate(kept).await?.as_str().map(|_| ()))
        })
        .await?;
        let before = page.server().requests();
        let engines = before.iter().filter(|path| path.contains("engine_bg.wasm")).count();
        ensure!(engines == 1, "The engine was fetched {engines} times: {before:#?}");
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        let after = page.server().requests();
        ensure!(after == before, "Asked for while training: {:#?}", &after[before.len()..]);
        Ok(())
    })
    .await
}
