//! The map of the set.

use anyhow::{Context, Result, ensure};
use browser_tests::page::{PATIENTLY, SOON};
use browser_tests::{Page, Visit, pictures, visit};
use tempfile::TempDir;
use thirtyfour::By;

/// Right arrow key.
const RIGHT: &str = "\u{e014}";

#[tokio::test]
async fn map_is_drawn_at_once_and_leads_to_neighbours() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.choose("Explore").await?;
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
        let neighbours = "document.querySelectorAll('.ladder .near').length >= 10";
        let found = async || Ok((page.evaluate(neighbours).await? == true).then_some(()));
        page.wait("its neighbours", SOON, found).await
    })
    .await
}

/// Turns the wheel over the map outwards, inwards and outwards; returns whether the page may scroll by each.
const TURN_WHEEL: &str = "[100, -100, 100].map(deltaY => \
    document.querySelector('canvas.map').dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true, deltaY })))";

/// Draws an outline along the edges of the map, with Shift.
const DRAW_OUTLINE: &str = "(() => {
    const map = document.querySelector('canvas.map');
    map.scrollIntoView({ block: 'center' });
    const { left, top, right, bottom } = map.getBoundingClientRect();
    const send = (type, clientX, clientY) => map.dispatchEvent(new PointerEvent(type, {
        bubbles: true, pointerId: 1, shiftKey: true, clientX, clientY,
    }));
    send('pointerdown', left + 2, top + 2);
    send('pointermove', right - 2, top + 2);
    send('pointermove', right - 2, bottom - 2);
    send('pointermove', left + 2, bottom - 2);
    send('pointerup', left + 2, bottom - 2);
})()";

#[tokio::test]
async fn map_takes_the_wheel_and_selects_what_an_outline_encloses() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.choose("Explore").await?;
        let drawn = async || Ok(painted(page, ACCENT).await?.filter(|count| *count > 0));
        page.wait("a map", PATIENTLY, drawn).await?;
        // Only the whole map lets the page scroll, and that outwards.
        ensure!(page.evaluate(TURN_WHEEL).await? == serde_json::json!([true, false, false]));
        page.press("Fit").await?;
        page.evaluate(DRAW_OUTLINE).await?;
        page.wait_text(&["1,000 selected"], SOON).await.map(drop)
    })
    .await
}

/// Returns the number of the map's pixels in a colour, given as red, green and blue, with a tolerance
/// of about 8. `None` while there is no map: a selected tab appears in the next frame.
async fn painted(page: &Page, colour: &str) -> Result<Option<u64>> {
    let script = format!(
        "(() => {{ const map = document.querySelector('canvas.map'); \
        if (!map) return null; \
        const {{ data }} = map.getContext('2d').getImageData(0, 0, map.width, map.height); \
        const wanted = {colour}; let count = 0; \
        for (let i = 0; i < data.length; i += 4) {{ \
            if (wanted.every((value, c) => Math.abs(value - data[i + c]) < 8)) count += 1; \
        }} return count; }})()"
    );
    let count = page.evaluate(&script).await?;
    if count.is_null() { Ok(None) } else { count.as_u64().context("a count").map(Some) }
}

/// Colour of the frames around selected pictures.
const ACCENT: &str =
    "getComputedStyle(document.querySelector('canvas.map')).color.match(/[0-9]+/g).slice(0, 3).map(Number)";

/// Colour of the first kind.
const FIRST_KIND: &str = "[0x4e, 0x79, 0xa7]";

/// Returns the names in the legend.
const KINDS: &str =
    "[...document.querySelectorAll('.swatches li')].map(item => item.innerText.trim()).join()";

async fn wait_kinds(page: &Page, wanted: &str) -> Result<()> {
    let listed = async || Ok((page.evaluate(KINDS).await? == wanted).then_some(()));
    page.wait(&format!("the kinds {wanted}"), PATIENTLY, listed).await
}

#[tokio::test]
async fn map_shows_groups_or_typed_labels_and_the_selection() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_photographs(folder.path(), 12, 64)?;
    let files: Vec<_> = (0..12).map(|number| folder.path().join(format!("{number:04}.jpg"))).collect();
    visit(Visit::default(), async |page| {
        page.open("images=own&batch=4&side=16&width=4&backend=cpu").await?;
        page.drop_paths(&files).await?;
        page.wait_text(&["12 pictures"], PATIENTLY).await?;
        page.choose("Explore").await?;
        let grouped = async || {
            let kinds = page.evaluate(KINDS).await?;
            Ok(kinds.as_str().is_some_and(|kinds| kinds.starts_with("Group 1,Group 2")).then_some(()))
        };
        page.wait("groups", PATIENTLY, grouped).await?;
        let coloured = async || Ok(painted(page, FIRST_KIND).await?.filter(|count| *count > 0));
        let count = page.wait("the first group's colour", SOON, coloured).await?;
        // Pressing the second group dims the first, except below the focused picture; pressing it again ends
        // that.
        let press_second = "document.querySelectorAll('.swatches button')[1].click()";
        let dimmed = async || Ok(painted(page, FIRST_KIND).await?.filter(|now| *now < count / 2));
        page.evaluate(press_second).await?;
        page.wait("a dimmed group", SOON, dimmed).await?;
        page.evaluate(press_second).await?;
        page.wait("the first group's colour again", SOON, coloured).await?;
        page.choose_option("map-colours", 2).await?;
        let plain = async || Ok(painted(page, FIRST_KIND).await?.filter(|count| *count == 0));
        page.wait("no colours", SOON, plain).await?;
        wait_kinds(page, "").await?;

        let one = painted(page, ACCENT).await?.context("a map")?;
        page.evaluate("document.querySelectorAll('.gallery-cell')[0].click()").await?;
        page.evaluate("document.querySelectorAll('.gallery-cell')[9].dispatchEvent(new MouseEvent('click', {bubbles: true, shiftKey: true}))").await?;
        page.wait_text(&["10 selected"], SOON).await?;
        // A pressed picture shows its neighbours.
        page.choose("Explore").await?;
        let framed = async || Ok(painted(page, ACCENT).await?.filter(|count| *count > 2 * one.max(1)));
        page.wait("frames around ten pictures", SOON, framed).await?;
        page.photograph_all("map-selected").await?;

        page.choose("Label").await?;
        page.set_label("waves").await?;
        page.choose("Explore").await?;
        page.choose_option("map-colours", 0).await?;
        wait_kinds(page, "waves").await?;
        page.wait("the label's colour", SOON, coloured).await?;
        let chosen = "document.querySelectorAll('input[name=map-colours]')[0].checked";
        ensure!(page.evaluate(chosen).await? == true, "Another choice is shown.");
        Ok(())
    })
    .await
}
