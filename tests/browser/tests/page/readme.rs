//! Screenshots for README.md and the preview of links, made on request.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use browser_tests::page::{PATIENTLY, SOON, Scheme};
use browser_tests::{Page, Visit, visit};
use image::codecs::jpeg::JpegEncoder;
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

/// Number of pictures across the link's preview, and its size in pixels.
const ACROSS: u32 = 24;
const PREVIEW: [u32; 2] = [1200, 630];

/// Quality of the preview's JPEG, 1 … 100.
const QUALITY: u8 = 85;

/// Resolves to the preview as a PNG's contents: a part of the poster with the page's name on it.
const LETTERING: &str = "async (poster) => {
    const bytes = Uint8Array.from(atob(poster), letter => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    const context = canvas.getContext('2d');
    context.drawImage(bitmap, 0, 0);
    context.fillStyle = '#fff';
    context.beginPath();
    context.roundRect(200, 185, 800, 260, 24);
    context.fill();
    context.lineWidth = 8;
    context.strokeStyle = '#c2410c';
    for (const x of [421, 461]) {
        context.beginPath();
        context.arc(x, 256, 30, 0, 7);
        context.stroke();
    }
    context.fillStyle = '#1c1a17';
    context.textBaseline = 'middle';
    context.font = '700 64px Inter';
    context.fillText('Likeness', 512, 258);
    context.textAlign = 'center';
    context.font = '600 30px Inter';
    context.fillText('Watch a network learn which pictures are alike', 600, 345);
    context.font = '400 24px Inter';
    context.fillText('Your own, in the browser. No labels, nothing uploaded.', 600, 395);
    return canvas.toDataURL('image/png').split(',')[1];
}";

#[tokio::test]
#[ignore = "writes the preview of links in static/, after minutes of training"]
async fn readme_preview_of_links_is_made() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&seed=1&steps=1700&backend=cpu").await?;
        page.press("Train").await?;
        page.wait_finished(RUN).await?;
        let poster = image::load_from_memory(&page.download("Poster (PNG)").await?)?.to_rgb8();
        let columns = likeness::plot::grid::columns(1000) as u32;
        let pitch = poster.width() / columns;
        let [width, height] = [ACROSS * pitch, ACROSS * pitch * PREVIEW[1] / PREVIEW[0]];
        let left = (columns - ACROSS) / 2 * pitch;
        let top = 1000_u32.div_ceil(columns) * pitch / 2 - height / 2;
        let part = imageops::crop_imm(&poster, left, top, width, height).to_image();
        let part = imageops::resize(&part, PREVIEW[0], PREVIEW[1], imageops::FilterType::Lanczos3);
        let mut bytes = Vec::new();
        part.write_with_encoder(PngEncoder::new(&mut bytes))?;
        let lettered = page.evaluate(&format!("({LETTERING})('{}')", BASE64.encode(bytes))).await?;
        let lettered = BASE64.decode(lettered.as_str().context("no picture")?)?;
        let picture = image::load_from_memory(&lettered)?.to_rgb8();
        let file = fs::File::create(paths::root().join("static/preview.jpg"))?;
        Ok(picture.write_with_encoder(JpegEncoder::new_with_quality(file, QUALITY))?)
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
    let writer = fs::File::create(&file).with_context(|| format!("{} cannot be written.", file.display()))?;
    let encoder = PngEncoder::new_with_quality(writer, CompressionType::Best, FilterType::Adaptive);
    Ok(small.write_with_encoder(encoder)?)
}
