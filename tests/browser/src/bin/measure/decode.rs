//! Speed of reading large photographs, compared with the minimum work of a browser.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use browser_tests::Page;
use image::{Rgb, RgbImage};
use tempfile::TempDir;

use crate::{RUN, files, intake, tasks};

/// Number of photographs dropped.
const COUNT: usize = 200;

/// Number of distinct photographs.
const DRAWN: u32 = 6;

/// Size in pixels: twelve megapixels.
const SIZE: (u32, u32) = (4000, 3000);

/// Largest change of a grey value by noise, which gives files of a few megabytes as in photographs.
const NOISE: i32 = 20;

/// Share of the bare loop's rate that the page should reach.
const GOAL: f64 = 0.8;

/// A page that only accepts files.
const BARE: &str = "<!doctype html><html lang=en><title>Bare</title><link rel=icon href=data:,>\
    <input type=file multiple>";

/// Decodes the files that were picked, and stores the seconds that it took in a global.
const LOOP: &str = "window.seconds = null;
    (async () => {
        const files = document.querySelector('input').files;
        const start = performance.now();
        // Closed at once: 200 such pictures are 10 GB.
        for (const file of files) (await createImageBitmap(file)).close();
        window.seconds = (performance.now() - start) / 1000;
    })();
    document.querySelector('input').files.length";

/// Prints the rates of the page and of a bare loop over the same files in the same browser.
pub async fn measure(page: &Page) -> Result<()> {
    let folder = TempDir::new()?;
    let paths = write_photographs(folder.path())?;
    let bytes = paths.iter().map(|path| Ok(path.metadata()?.len())).sum::<Result<u64>>()?;
    println!(
        "  {DRAWN} JPEGs of {} × {} pixels under {COUNT} names, {:.1} MB each",
        SIZE.0,
        SIZE.1,
        bytes as f64 / 1e6 / COUNT as f64
    );
    // Before and after, to reveal a machine that is busy meanwhile.
    let before = bare_rate(page, &paths).await?;
    intake::open(page).await?;
    tasks::watch(page).await?;
    let rate = COUNT as f64 / intake::drop_folder(page, folder.path(), COUNT).await?;
    let longest = tasks::longest(page).await?;
    let after = bare_rate(page, &paths).await?;
    println!("  a bare loop of createImageBitmap: {before:.2} pictures/s before, {after:.2} after");
    let share = rate / (0.5 * (before + after));
    println!("  the page: {rate:.2} pictures/s, {share:.2} of that (goal: {GOAL} or more)");
    println!("  longest task of the page meanwhile: {longest}");
    Ok(())
}

/// Returns the number of files per second that a bare loop decodes.
async fn bare_rate(page: &Page, paths: &[PathBuf]) -> Result<f64> {
    fs::write(page.server().root().join("bare.html"), BARE)?;
    page.driver().goto(format!("{}/bare.html", page.server().origin())).await?;
    page.pick(paths).await?;
    let given = page.evaluate(LOOP).await?;
    ensure!(given == COUNT, "The bare page was given {given} files.");
    let ended = async || Ok(page.evaluate("window.seconds").await?.as_f64());
    let seconds = page.wait("the bare loop to end", RUN, ended).await?;
    Ok(COUNT as f64 / seconds)
}

/// Writes the photographs into `folder`.
fn write_photographs(folder: &Path) -> Result<Vec<PathBuf>> {
    for number in 0..DRAWN {
        photograph(number, SIZE).save(folder.join(format!("{number:04}.jpg")))?;
    }
    files::multiply(folder, COUNT)?;
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

/// Draws a sky, hills and film grain: smooth and rough like a photograph.
fn photograph(number: u32, (width, height): (u32, u32)) -> RgbImage {
    let hills: Vec<_> = (0..width).map(|x| hill(number, x as f32 / width as f32)).collect();
    let mut random = number.wrapping_mul(2_654_435_761).wrapping_add(1);
    RgbImage::from_fn(width, height, |x, y| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = (random >> 16) as i32 % (2 * NOISE + 1) - NOISE;
        let down = y as f32 / height as f32;
        let dusk = (255.0 * down) as i32;
        let colour = if down < hills[x as usize] {
            [90 + dusk / 2, 130 + dusk / 3, 220 - dusk / 3]
        } else {
            [50 + 20 * (number as i32 % 4), 150 - dusk / 3, 40 + dusk / 5]
        };
        Rgb(colour.map(|value| (value + grain).clamp(0, 255) as u8))
    })
}

/// Returns where the hills begin, as a share of the height.
fn hill(number: u32, across: f32) -> f32 {
    let wave = |times: f32| (times * across * std::f32::consts::TAU + number as f32).sin();
    0.5 + 0.12 * wave(1.0) + 0.05 * wave(3.7) + 0.01 * wave(23.0)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::ImageFormat;

    use super::*;

    #[test]
    fn photographs_are_as_rough_as_real_ones() {
        let mut file = Cursor::new(Vec::new());
        photograph(1, (400, 300)).write_to(&mut file, ImageFormat::Jpeg).unwrap();
        // As many bytes per pixel as twelve megapixels in two to four megabytes.
        let share = file.into_inner().len() as f64 / f64::from(400 * 300);
        assert!((2.0 / 12.0..4.0 / 12.0).contains(&share), "{share} bytes a pixel");
    }
}
