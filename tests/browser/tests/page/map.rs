//! The map of the set.

use anyhow::Result;
use browser_tests::page::{PATIENTLY, SOON};
use browser_tests::{Visit, visit};
use thirtyfour::By;

/// The key that goes to the right.
const RIGHT: &str = "\u{e014}";

/// The key that goes on.
const ENTER: &str = "\u{e007}";

#[tokio::test]
async fn the_map_is_drawn_at_once_and_leads_to_neighbours() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.choose("Map").await?;
        let drawn = async || {
            let pixels = "(() => { const map = document.querySelector('canvas.map'); \
                if (!map) return 0; \
                const { width, height } = map; \
                const { data } = map.getContext('2d').getImageData(0, 0, width, height); \
                return data.filter((value, i) => i % 4 === 3 && value > 0).length / (width * height); })()";
            let covered = page.evaluate(pixels).await?.as_f64().unwrap_or_default();
            Ok((covered > 0.1).then_some(()))
        };
        page.wait("pictures on the map", PATIENTLY, drawn).await?;
        page.photograph_all("map").await?;

        let map = page.driver().find(By::Css("canvas.map")).await?;
        map.send_keys(RIGHT).await?;
        let picked = async || Ok(map.attr("aria-label").await?.filter(|label| label.contains("Picked: ")));
        page.wait("a picked picture", SOON, picked).await?;
        map.send_keys(ENTER).await?;
        let neighbours = async || {
            let front = "document.querySelector('[role=tab][aria-selected=true]').textContent";
            Ok((page.evaluate(front).await? == "Neighbours").then_some(()))
        };
        page.wait("its neighbours", SOON, neighbours).await
    })
    .await
}
