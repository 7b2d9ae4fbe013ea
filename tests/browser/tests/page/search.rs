//! Search with a picture that is not added to the set.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, ensure};
use browser_tests::page::{PATIENTLY, SOON, Scheme};
use browser_tests::pictures;
use browser_tests::{Page, Visit, visit};
use tempfile::TempDir;

/// Counts the shown neighbours.
const SHOWN: &str = "document.querySelectorAll('[role=tabpanel] [aria-label*=\", similarity \"]').length";

/// Returns the number of pictures that the page states.
const PICTURES: &str = "document.body.innerText.match(/([\\d,]+) pictures/)[1]";

/// The area that accepts pictures to search with.
const AREA: &str = "#search-area";

/// A part of the panel outside the area.
const ROW: &str = ".neighbour-row h3";

/// A part of the page above the panel.
const GALLERY: &str = ".gallery";

/// Returns the message during a drag.
const CALL: &str = "document.querySelector('.drop-overlay.shown p')?.innerText";

/// Pastes a picture made by the browser, once neither pointer nor focus is in the area.
const PASTED: &str = "(async () => {
    document.activeElement?.blur();
    const canvas = new OffscreenCanvas(8, 8);
    canvas.getContext('2d').fillRect(0, 0, 4, 8);
    return new File([await canvas.convertToBlob()], 'pasted.png', { type: 'image/png' });
})()";

/// Moves the slider with this name.
fn slide(name: &str, value: f64) -> String {
    format!(
        "void (slider => {{
            slider.value = {value};
            slider.dispatchEvent(new Event('input', {{ bubbles: true }}));
        }})(document.querySelector('input[type=range][aria-label=\"{name}\"]'))"
    )
}

#[tokio::test]
async fn picture_is_changed_by_hand_and_its_nearest_follow() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open("images=shapes&steps=6&batch=8&side=16&width=4&backend=cpu&run=1").await?;
        page.wait_finished(PATIENTLY).await?;
        page.choose("Explore").await?;
        page.unfold("Change it, and see whether its nearest stay").await?;
        page.wait_text(&["Brightness"], SOON).await?;
        // A change that hardly shows leaves the original where it was.
        page.evaluate(&slide("Turn the picture", 5.0)).await?;
        page.wait_text(&["disc 1, changed", "The original is its nearest now"], PATIENTLY).await?;
        page.evaluate(&slide("Turn the picture", 0.0)).await?;
        let restored = async || Ok((!page.text().await?.contains("disc 1, changed")).then_some(()));
        page.wait("the picture itself", SOON, restored).await?;
        page.evaluate(&slide("Shift the picture’s colours", 120.0)).await?;
        page.wait_text(&["disc 1, changed", "120°"], PATIENTLY).await?;
        page.press("Undo the changes").await?;
        page.wait("the picture itself", SOON, restored).await?;
        ensure!(page.evaluate(PICTURES).await? == "1,000", "It was added to the set.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn query_is_not_added_to_the_set() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_photographs(folder.path(), 2, 64)?;
    let broken = folder.path().join("broken.png");
    std::fs::write(&broken, "Buy milk.\n")?;
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.choose("Explore").await?;
        let picker = page.locate("input[aria-label='Picture to search with']").await?;
        picker.send_keys(folder.path().join("0001.jpg").to_string_lossy()).await?;
        page.wait_text(&["0001.jpg is not part of the set."], SOON).await?;
        rows_are_filled(page).await?;
        photograph(page, "search", "#search-area").await?;
        page.evaluate("document.querySelector('.why-button').click()").await?;
        page.wait_text(&["Why are 0001.jpg and", "Covering", "lowers it"], PATIENTLY).await?;
        photograph(page, "why-alike", ".why").await?;

        drop_on(page, AREA, &[folder.path().join("0000.jpg")]).await?;
        page.wait_text(&["0000.jpg is not part of the set."], SOON).await?;
        rows_are_filled(page).await?;

        picker.send_keys(broken.to_string_lossy()).await?;
        page.wait_text(&["broken.png cannot be searched with."], SOON).await?;
        page.press("End the search").await?;
        page.wait_text(&["Search with a picture", "It does not join the set."], SOON).await?;
        let pictures = page.evaluate(PICTURES).await?;
        ensure!(pictures == "1,000", "There are {pictures} pictures.");
        Ok(())
    })
    .await
}

/// Waits for the rows of the untrained encoder and of the baselines.
async fn rows_are_filled(page: &Page) -> Result<()> {
    page.wait("three rows of ten", PATIENTLY, async || Ok((page.evaluate(SHOWN).await? == 30).then_some(())))
        .await
}

#[tokio::test]
async fn whole_panel_accepts_a_query() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_photographs(folder.path(), 2, 64)?;
    let [first, second] = [0, 1].map(|number| folder.path().join(format!("000{number}.jpg")));
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.choose("Explore").await?;
        rows_are_filled(page).await?;
        drop_on(page, ROW, std::slice::from_ref(&first)).await?;
        page.wait_text(&["0000.jpg is not part of the set."], SOON).await?;
        page.paste(PASTED).await?;
        page.wait_text(&["pasted.png is not part of the set."], SOON).await?;
        let pictures = page.evaluate(PICTURES).await?;
        ensure!(pictures == "1,000", "There are {pictures} pictures.");

        drag_over(page, ROW, std::slice::from_ref(&second)).await?;
        wait_call(page, "Let go to search with this picture").await?;
        drag_over(page, ROW, &[first.clone(), second.clone()]).await?;
        wait_call(page, "Let go to use these pictures instead of Shapes").await?;
        drag_over(page, GALLERY, std::slice::from_ref(&second)).await?;
        wait_call(page, "Let go to use these pictures instead of Shapes").await?;
        drop_on(page, GALLERY, &[first, second.clone()]).await?;
        page.wait_text(&["yours, 2 pictures"], SOON).await?;
        drag_over(page, GALLERY, &[second]).await?;
        wait_call(page, "Let go to add these pictures").await
    })
    .await
}

async fn wait_call(page: &Page, call: &str) -> Result<()> {
    let what = format!("the page to say “{call}”");
    page.wait(&what, SOON, async || Ok((page.evaluate(CALL).await? == call).then_some(()))).await
}

/// Position in a part of the page, as shares of its width and height.
const MIDDLE: [f64; 2] = [0.5, 0.5];

async fn drop_on(page: &Page, part: &str, files: &[PathBuf]) -> Result<()> {
    page.drop_at(files, page.bring_to_sight(part, MIDDLE).await?).await
}

async fn drag_over(page: &Page, part: &str, files: &[PathBuf]) -> Result<()> {
    page.browser().drag(files, page.bring_to_sight(part, MIDDLE).await?, false).await
}

/// Takes screenshots of a part of the page, wide and narrow, light and dark.
async fn photograph(page: &Page, name: &str, part: &str) -> Result<()> {
    for (width, scheme) in
        [(1440, Scheme::Light), (360, Scheme::Light), (1440, Scheme::Dark), (360, Scheme::Dark)]
    {
        page.show_as(width, scheme).await?;
        page.evaluate(&format!("document.querySelector('{part}').scrollIntoView({{ block: 'center' }})"))
            .await?;
        tokio::time::sleep(Duration::from_millis(400)).await;
        let file = format!("{name}-{width}-{scheme:?}.png").to_lowercase();
        page.photograph(&file).await?;
    }
    page.show_as(1440, Scheme::Light).await
}

/// Puts a canvas of one colour in the place of the camera. An empty page has no devices.
const CAMERA: &str = "if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 240 });
    const context = canvas.getContext('2d');
    setInterval(() => {
        context.fillStyle = window.seen;
        context.fillRect(0, 0, 320, 240);
    }, 50);
    return window.stream = canvas.captureStream();
};";

/// Colour in the middle of the picture searched with.
const COLOUR: &str = "(() => {
    const context = document.querySelector('.query-shown canvas')?.getContext('2d');
    return context && [...context.getImageData(48, 48, 1, 1).data].slice(0, 3);
})()";

/// Whether the camera is off.
const OFF: &str = "window.stream.getTracks().every(track => track.readyState === 'ended')";

/// Holds something of a colour up, and waits until it is searched with.
async fn hold_up(page: &Page, name: &str, colour: [i64; 3]) -> Result<()> {
    page.evaluate(&format!("window.seen = '{name}'")).await?;
    page.wait(&format!("{name} in the middle"), PATIENTLY, async || {
        let seen = page.evaluate(COLOUR).await?;
        let seen = seen.as_array().into_iter().flatten().filter_map(serde_json::Value::as_i64);
        // A video's colours are not exact.
        let seen: Vec<_> = seen.collect();
        let is_near =
            seen.len() == 3 && seen.iter().zip(colour).all(|(seen, colour)| (seen - colour).abs() < 40);
        Ok(is_near.then_some(()))
    })
    .await
}

#[tokio::test]
async fn what_a_camera_sees_is_searched_with() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.begin_with(CAMERA).await?;
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.choose("Explore").await?;
        rows_are_filled(page).await?;
        page.evaluate("window.seen = 'red'").await?;
        page.press("Use the camera").await?;
        page.wait_text(&["Point the camera at something"], SOON).await?;
        hold_up(page, "red", [255, 0, 0]).await?;
        rows_are_filled(page).await?;
        hold_up(page, "blue", [0, 0, 255]).await?;
        photograph(page, "camera", "#search-area").await?;
        ensure!(page.evaluate(OFF).await? == false, "The camera is off.");
        page.press("Stop the camera").await?;
        page.wait("the end of the camera", SOON, async || Ok((page.evaluate(OFF).await? == true).then_some(())))
            .await?;
        page.wait_text(&["The camera’s picture is not part of the set.", "Use the camera"], SOON).await?;
        rows_are_filled(page).await?;

        page.press("Use the camera").await?;
        hold_up(page, "lime", [0, 255, 0]).await?;
        page.choose("Sort").await?;
        page.wait("the end of the camera", SOON, async || Ok((page.evaluate(OFF).await? == true).then_some(())))
            .await?;

        page.choose("Explore").await?;
        for (error, sentence) in [("NotAllowedError", "does not give this page the camera"), ("NotFoundError", "There is no camera.")] {
            let refuse = format!(
                "navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('', '{error}'); }}"
            );
            page.evaluate(&refuse).await?;
            page.press("Use the camera").await?;
            page.wait_text(&[sentence], SOON).await?;
        }
        Ok(())
    })
    .await
}
