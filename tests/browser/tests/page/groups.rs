//! The common selection, and the tab Sort.

use anyhow::{Context, Result, ensure};
use browser_tests::exports::{self, Embeddings};
use browser_tests::page::{PATIENTLY, Page, SOON};
use browser_tests::{Visit, visit};
use serde_json::json;
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
        let selection = exports::unpack(page.download("Save files").await?)?;
        ensure!(selection.len().to_string() == size, "{} files of {size} pictures.", selection.len());
        page.press("Clear selection").await?;
        page.choose_option("finding", 5).await?;
        page.choose_in("Label of the pictures", "ring").await?;
        page.press("Select 100 pictures").await?;
        page.wait_text(&["100 selected"], SOON).await?;
        page.photograph_all("choose").await?;
        page.press("Show only these").await?;
        page.wait_text(&["100 of 1,000 pictures shown"], SOON).await?;
        page.photograph_all("shown-alone").await?;
        let shown = "(cells => [cells.length > 0 && cells.every(cell => cell.title.includes('ring')), cells[0]?.ariaSetSize])
            ([...document.querySelectorAll('.gallery-cell')])";
        let shown = page.evaluate(shown).await?;
        ensure!(shown == json!([true, "100"]), "{shown}");
        page.press("Show all").await?;
        page.press("Clear selection").await?;
        page.choose_option("finding", 0).await?;

        page.evaluate(PRESS_RIGHT_END).await?;
        page.wait_text(&["20 groups"], SOON).await?;
        page.press("Suggest a number").await?;
        page.wait_text(&["10 groups, as many as labels"], SOON).await?;
        let folders = exports::unpack(page.download("Save as folders (ZIP)").await?)?;
        ensure!(folders.len() == 1000, "{} files of 1,000 pictures.", folders.len());
        let mut groups: Vec<_> = folders.keys().filter_map(|path| path.split('/').next()).collect();
        groups.dedup();
        let expected: Vec<_> = (1..=10).map(|group| format!("group {group:02}")).collect();
        ensure!(groups == expected, "{groups:?}");
        for (path, contents) in &folders {
            let image = image::load_from_memory(contents).with_context(|| path.clone())?;
            ensure!((image.width(), image.height()) == (96, 96), "{path}");
        }
        page.wait_text(&["1,000 of 1,000 pictures are small copies of 96 pixels"], SOON).await?;
        let sheet = String::from_utf8(page.download("Save contact sheet").await?)?;
        ensure!(sheet.matches("<img ").count() == 1000, "The contact sheet lacks pictures.");

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

/// Accessible names of the results, in order.
const FOUND: &str = "[...document.querySelectorAll('.sort-part:last-of-type .near')].map(near => near.getAttribute('aria-label'))";

/// Presses a key in the first result.
const REJECT_FIRST: &str = "(() => {
    const near = document.querySelector('.sort-part:last-of-type .near');
    near.focus();
    near.dispatchEvent(new KeyboardEvent('keydown', { key: '-', bubbles: true }));
})()";

/// Whether the first result is in focus.
const IS_FIRST_IN_FOCUS: &str =
    "document.activeElement === document.querySelector('.sort-part:last-of-type .near')";

/// Number of results that are compared.
const COMPARED: usize = 12;

/// Returns the names of the other pictures by the mean of wanted examples minus half that of unwanted ones, the
/// most similar first.
fn by_examples(embeddings: &Embeddings, wanted: &[usize], unwanted: &[usize]) -> Vec<String> {
    let unit = |row: usize| {
        let row: Vec<f64> = embeddings.rows[row].iter().copied().map(f64::from).collect();
        let length = row.iter().map(|value| value * value).sum::<f64>().sqrt();
        row.into_iter().map(|value| value / length).collect::<Vec<_>>()
    };
    let mut query = vec![0.0; embeddings.rows[0].len()];
    for (rows, weight) in [(wanted, 1.0), (unwanted, -0.5)] {
        for row in rows {
            let share = weight / rows.len() as f64;
            query.iter_mut().zip(unit(*row)).for_each(|(sum, value)| *sum += share * value);
        }
    }
    let score = |row: usize| unit(row).iter().zip(&query).map(|(a, b)| a * b).sum::<f64>();
    let others = (0..embeddings.rows.len()).filter(|row| !wanted.contains(row) && !unwanted.contains(row));
    let mut others: Vec<_> = others.map(|row| (score(row), embeddings.names[row].clone())).collect();
    others.sort_by(|a, b| b.0.total_cmp(&a.0));
    others.into_iter().take(COMPARED).map(|(_, name)| name).collect()
}

#[tokio::test]
async fn pictures_are_found_by_examples() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open(SHORT).await?;
        page.wait_finished(PATIENTLY).await?;
        let embeddings = Embeddings::parse(&page.download("Embeddings (CSV)").await?)?;
        click(page, 3, "").await?;
        click(page, 30, "ctrlKey: true").await?;
        page.press("Find similar").await?;
        let expect = async |unwanted: &[usize]| {
            let expected = by_examples(&embeddings, &[3, 30], unwanted);
            page.wait("the pictures that the examples ask for", SOON, async || {
                let found = page.evaluate(FOUND).await?;
                let found = found.as_array().into_iter().flatten().filter_map(|name| name.as_str());
                let found: Vec<_> = found.map(str::to_owned).collect();
                Ok(found.starts_with(&expected).then(|| expected[0].clone()))
            })
            .await
        };
        let first = expect(&[]).await?;
        page.photograph_all("examples").await?;
        page.evaluate(REJECT_FIRST).await?;
        let row = embeddings.names.iter().position(|name| *name == first).context("a picture of the set")?;
        expect(&[row]).await?;
        page.wait("the focus in the next result", SOON, async || {
            Ok((page.evaluate(IS_FIRST_IN_FOCUS).await? == true).then_some(()))
        })
        .await?;
        page.wait_text(&["Not wanted"], SOON).await?;
        page.evaluate("[...document.querySelectorAll(\"button[aria-label^='Forget']\")].at(-1).click()")
            .await?;
        expect(&[]).await?;

        // In the gallery, the keys mark the focused picture.
        click(page, 5, "").await?;
        let gallery = page.locate(".gallery-viewport").await?;
        gallery.send_keys("-").await?;
        expect(&[5]).await.map(drop)
    })
    .await
}
