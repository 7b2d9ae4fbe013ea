//! The common selection, and the tab Sort.

use anyhow::{Context, Result, ensure};
use browser_tests::page::{PATIENTLY, Page, SOON};
use browser_tests::{Visit, visit};
use thirtyfour::{By, Key};

/// Right arrow key.
const RIGHT: &str = "\u{e014}";

/// Home key.
const HOME: &str = "\u{e011}";

/// Clicks the picture at this place in the gallery with modifier keys.
async fn click(page: &Page, place: usize, keys: &str) -> Result<()> {
    let event = format!("new MouseEvent('click', {{bubbles: true, {keys}}})");
    let script = format!("document.querySelectorAll('.gallery-cell')[{place}].dispatchEvent({event})");
    page.evaluate(&script).await.map(drop)
}

async fn count(page: &Page, selector: &str) -> Result<u64> {
    let script = format!("document.querySelectorAll({selector:?}).length");
    page.evaluate(&script).await?.as_u64().context("a count")
}

/// Returns the number of selected pictures in the bar at the bottom, if there are several.
fn selected(text: &str) -> Option<usize> {
    text.lines().find_map(|line| line.strip_suffix(" selected")?.replace(',', "").parse().ok())
}

/// Presses the right end of the silhouette curve.
const PRESS_RIGHT_END: &str = "(() => {
    const plot = document.querySelector('.silhouette .plot');
    const { right, top } = plot.getBoundingClientRect();
    const place = { clientX: right - 12, clientY: top + 40 };
    plot.dispatchEvent(new MouseEvent('click', { bubbles: true, ...place }));
})()";

/// A short run of a small network.
const SHORT: &str = "images=shapes&steps=40&batch=16&side=16&width=4&backend=cpu&run=1&tab=groups";

#[tokio::test]
async fn suggested_threshold_finds_few_near_duplicates() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open(SHORT).await?;
        page.wait_finished(PATIENTLY).await?;
        page.choose_option("finding", 2).await?;
        // By the encoder, or by raw pixels if it cannot distinguish copies.
        page.wait_text(&["of duplicates"], PATIENTLY).await?;
        page.press("Select all but the kept").await?;
        let selected = page.wait("a selection", SOON, async || Ok(selected(&page.text().await?))).await?;
        ensure!(selected < 20, "{selected} of 1,000 pictures are called superfluous.");

        // By the outputs of a barely trained network, most pictures are similar.
        page.open(&format!("{SHORT}&features=outputs")).await?;
        page.wait_finished(PATIENTLY).await?;
        page.choose_option("finding", 2).await?;
        let slider = page.driver().find(By::Css("input[aria-label='Similarity of near-duplicates']")).await?;
        page.choose_option("stage", 1).await?;
        slider.send_keys(HOME).await?;
        page.wait_text(&["count as duplicates of each other"], PATIENTLY).await?;
        page.photograph_all("near-duplicates-crowd").await
    })
    .await
}

#[tokio::test]
async fn selection_is_shown_everywhere() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.choose("Label").await?;
        click(page, 2, "").await?;
        click(page, 6, "shiftKey: true").await?;
        click(page, 4, "ctrlKey: true").await?;
        page.wait_text(&["4 selected", "Find similar", "Remove"], SOON).await?;

        let gallery = page.driver().find(By::Css("[role=listbox]")).await?;
        gallery.send_keys(Key::Shift + RIGHT).await?;
        page.wait_text(&["2 selected"], SOON).await?;
        gallery.send_keys(Key::Control + RIGHT).await?;
        gallery.send_keys("x").await?;
        page.wait_text(&["3 selected pictures", "The label you set applies to all of them"], SOON).await?;

        page.set_label("zebra").await?;
        page.wait_text(&["(3 typed)"], PATIENTLY).await?;
        page.photograph_all("selection-labels").await?;

        page.show_matrix_by_picture().await?;
        let marked = async || Ok((count(page, ".edge-row").await? > 0).then_some(()));
        page.wait("marks at the matrix's edge", PATIENTLY, marked).await?;
        page.photograph_all("selection-matrix").await?;

        page.press("Remove").await?;
        page.wait_text(&["997 pictures"], SOON).await?;
        page.wait("no marks", SOON, async || Ok((count(page, ".edge-row").await? == 0).then_some(()))).await
    })
    .await
}

#[tokio::test]
async fn groups_near_duplicates_and_outliers_are_found_and_selected() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.choose("Sort").await?;
        page.wait_text(&["suggested", "Silhouette 0.", "Group 2"], PATIENTLY).await?;
        page.photograph_all("groups").await?;

        let slider = page.driver().find(By::Css("input[aria-label='Number of groups']")).await?;
        slider.send_keys(RIGHT).await?;
        page.wait_text(&["Suggest a number"], SOON).await?;
        let strips = count(page, ".strip").await?;
        let shown = slider.prop("value").await?.context("a value")?;
        ensure!(strips.to_string() == shown, "{strips} strips for {shown} groups.");
        page.driver().find(By::Css(".strip-head")).await?.click().await?;
        let said = page.evaluate("document.querySelector('.strip-count').textContent").await?;
        let size = said.as_str().and_then(|said| said.split(' ').next()).context("a size")?.to_owned();
        page.wait_text(&[&format!("{size} selected")], SOON).await?;
        page.press("Clear selection").await?;

        page.evaluate(PRESS_RIGHT_END).await?;
        page.wait_text(&["20 groups"], SOON).await?;
        page.press("Suggest a number").await?;
        page.wait_text(&["10 groups, as many as labels"], SOON).await?;

        page.choose_option("finding", 2).await?;
        page.choose_option("stage", 2).await?;
        page.wait_text(&["of duplicates", "Set 1"], PATIENTLY).await?;
        page.photograph_all("near-duplicates").await?;
        page.press("Select all but the kept").await?;
        page.press("Remove").await?;
        page.wait_text(&["No two pictures are this similar"], PATIENTLY).await?;

        page.choose_option("finding", 3).await?;
        page.wait_text(&["mean similarity with the 10 nearest"], PATIENTLY).await?;
        page.photograph_all("odd-ones").await
    })
    .await
}
