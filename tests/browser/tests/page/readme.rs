//! Screenshots for README.md, made on request.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use browser_tests::page::{PATIENTLY, SOON, Scheme};
use browser_tests::{Page, Visit, visit};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops;
use thirtyfour::By;
use xtask::paths;

/// Maximum duration of the run.
const RUN: Duration = Duration::from_secs(1200);

/// Width of a panel's picture, in pixels.
const WIDTH: u32 = 840;

/// The tabs, the names of their pictures, and the text of each when it is complete.
const PANELS: [(&str, &str, &str); 5] = [
    ("Watch", "watch", "Finding twins"),
    ("Explore", "explore", "Pulled into shape in"),
    ("Sort", "sort", "suggested"),
    ("Label", "label", "least confident first"),
    ("Under the hood", "hood", "Batch of step"),
];

/// Whether every canvas of the panel shows more than one colour. Small copies are inspected, since a
/// canvas whose own pixels are read is drawn without the graphics device from then on.
const PAINTED: &str = "[...document.querySelectorAll('.panel canvas')].filter(canvas => canvas.checkVisibility()).every(canvas => {
    const copy = new OffscreenCanvas(32, 32).getContext('2d');
    copy.drawImage(canvas, 0, 0, 32, 32);
    const words = new Uint32Array(copy.getImageData(0, 0, 32, 32).data.buffer);
    return words.some(word => word !== words[0]);
})";

#[tokio::test]
#[ignore = "writes the pictures in docs/, after minutes of training"]
async fn readme_pictures_are_made() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&seed=1&steps=1700&backend=cpu").await?;
        page.show_as(1440, Scheme::Light).await?;
        page.press("Train").await?;
        page.wait_status("some hundred steps", RUN, |status| status.step() >= Some(600)).await?;
        save(&page.driver().screenshot_as_png().await?, "likeness", 1200)?;
        page.wait_finished(RUN).await?;
        println!("{}", page.status().await?);
        for (tab, name, words) in PANELS {
            page.choose(tab).await?;
            page.wait_text(&[words], PATIENTLY).await?;
            photograph_panel(page, name).await?;
        }
        page.show_matrix().await?;
        photograph_panel(page, "matrix").await?;

        page.open_ready("images=fashion&seed=1&steps=1700&backend=cpu").await?;
        page.press("Train").await?;
        page.wait_finished(RUN).await?;
        println!("{}", page.status().await?);
        page.wait_text(&["Pulled into shape in"], PATIENTLY).await?;
        photograph_panel(page, "photographs").await
    })
    .await
}

/// Takes a screenshot of the current panel, from its top to the end of the window.
async fn photograph_panel(page: &Page, name: &str) -> Result<()> {
    page.evaluate("document.querySelector('.tabs').scrollIntoView({ block: 'start' })").await?;
    page.wait("painted canvases", SOON, async || {
        let waiting = page.evaluate("document.querySelector('.panel .waiting') !== null").await?;
        Ok((waiting == false && page.evaluate(PAINTED).await? == true).then_some(()))
    })
    .await?;
    // Canvases are painted a frame or two later, and pictures move to their positions on the map.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let panel = page.driver().find(By::Css(".panel")).await?;
    save(&panel.screenshot_as_png().await?, &format!("panel-{name}"), WIDTH)
}

/// Saves a reduced screenshot in docs/.
fn save(screenshot: &[u8], name: &str, width: u32) -> Result<()> {
    let picture = image::load_from_memory(screenshot)?.to_rgb8();
    let tallest = picture.width() * 3 / 4;
    let picture =
        imageops::crop_imm(&picture, 0, 0, picture.width(), picture.height().min(tallest)).to_image();
    let height = (picture.height() * width).div_ceil(picture.width());
    let small = imageops::resize(&picture, width, height, imageops::FilterType::Lanczos3);
    let file = paths::root().join(Path::new("docs").join(name).with_extension("png"));
    let writer =
        std::fs::File::create(&file).with_context(|| format!("{} cannot be written.", file.display()))?;
    let encoder = PngEncoder::new_with_quality(writer, CompressionType::Best, FilterType::Adaptive);
    Ok(small.write_with_encoder(encoder)?)
}
