//! The built-in sets.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use browser_tests::exports::Embeddings;
use browser_tests::page::PATIENTLY;
use browser_tests::{Page, Visit, visit};

#[tokio::test]
async fn page_opens_with_shapes_and_fashion_is_one_press_away() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("side=16&width=4&backend=cpu").await?;
        let shapes = labels(page).await?;
        page.press("Fashion").await?;
        let fashion = page
            .wait("the clothes to be there", PATIENTLY, async || {
                Ok(Some(labels(page).await?).filter(|labels| *labels != shapes))
            })
            .await?;
        for labels in [shapes, fashion] {
            ensure!(labels.len() == 10 && labels.values().all(|&count| count == 100), "{labels:?}");
        }
        Ok(())
    })
    .await
}

/// Returns the number of pictures with each label in the exported embeddings.
async fn labels(page: &Page) -> Result<BTreeMap<String, usize>> {
    let embeddings = Embeddings::parse(&page.download("Embeddings (CSV)").await?)?;
    let mut counts = BTreeMap::new();
    for label in embeddings.labels {
        *counts.entry(label).or_default() += 1;
    }
    Ok(counts)
}
