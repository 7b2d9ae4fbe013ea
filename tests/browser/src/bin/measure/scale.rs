//! Ten thousand pictures compared with a thousand: times, frames, and memory per picture.

use std::time::{Duration, Instant};

use anyhow::Result;
use browser_tests::{Page, visit};
use likeness::page::words::counted;
use serde_json::json;
use tempfile::TempDir;

use crate::footprint::{Footprint, PARTS, megabytes};
use crate::frame_times::FrameTimes;
use crate::{RUN, files, intake, with_memory_told};

/// Numbers of pictures dropped, each time on a fresh page.
const COUNTS: [usize; 2] = [1_000, 10_000];

/// Time during which frames are recorded.
const RECORDED: Duration = Duration::from_secs(8);

/// Time limit for the map to show all its pictures; each frame adds some.
const FILLING: Duration = Duration::from_secs(8);

/// Whether the network is built, after which its weights are counted: the engine builds it once it has
/// compared the pixels, before it evaluates the network.
const ARE_PIXELS_COMPARED: &str =
    "[...document.querySelectorAll('.step-words')].some(words => words.textContent.includes(' weights'))";

/// Whether anything is painted on the canvas of a selector. A small copy is inspected, since a canvas whose
/// own pixels are read is drawn without the graphics device from then on.
const IS_PAINTED: &str = "(selector => {
    const canvas = document.querySelector(selector);
    if (!canvas?.width || !canvas.height) return false;
    const [width, height] = [64, 64];
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0, width, height);
    return copy.getImageData(0, 0, width, height).data.some(byte => byte > 0);
})";

/// Number of cells per side of the similarity matrix.
const MATRIX_SIDE: &str = "document.querySelector('.similarity .cells').width";

/// Scrolls the gallery up and down at the speed of a brisk flick.
const SCROLL: &str = "(() => {
    const viewport = document.querySelector('.gallery-viewport');
    const range = viewport.scrollHeight - viewport.clientHeight;
    return time => {
        const way = 2.4 * time % (2 * range);
        viewport.scrollTop = way < range ? way : 2 * range - way;
    };
})()";

/// Grabs the map and swings it by so little that all pictures stay visible.
const PAN: &str = "(() => {
    const map = document.querySelector('canvas.map');
    map.scrollIntoView({ block: 'center' });
    const { x, y, width, height } = map.getBoundingClientRect();
    const send = (type, way) => map.dispatchEvent(new PointerEvent(type, {
        bubbles: true, pointerId: 1, clientX: x + width / 2 + way, clientY: y + height / 2,
    }));
    send('pointerdown', 0);
    window.letGo = () => send('pointerup', 0);
    return time => send('pointermove', 30 * Math.sin(time / 200));
})()";

/// Memory at one number of pictures.
struct Held {
    count: usize,
    before: Footprint,
    evaluated: Footprint,
    shown: Footprint,
}

/// Prints times, frames and memory at both numbers, and the memory of each further picture.
pub async fn measure() -> Result<()> {
    let mut held = Vec::new();
    for count in COUNTS {
        visit(with_memory_told(), async |page| {
            held.push(measure_with(page, count).await?);
            Ok(())
        })
        .await?;
    }
    println!("  memory once they are evaluated:");
    print_growth(&held, |held| &held.evaluated);
    println!("  memory once gallery, matrix and map were shown besides:");
    print_growth(&held, |held| &held.shown);
    Ok(())
}

async fn measure_with(page: &Page, count: usize) -> Result<Held> {
    let folder = TempDir::new()?;
    files::write_figures(&folder.path().join("figures"), count)?;
    intake::open(page).await?;
    // A tab that requests nothing from the engine.
    page.choose("Watch").await?;
    let before = Footprint::of(page).await?;
    let seconds = intake::drop_folder(page, &folder.path().join("figures"), count).await?;
    println!("  {}", counted(count, "picture"));
    println!("    read in {seconds:.1} s, {:.0} a second", count as f64 / seconds);
    evaluate(page).await?;
    let evaluated = Footprint::of(page).await?;
    show_matrix(page).await?;
    scroll_gallery(page).await?;
    show_map(page).await?;
    Ok(Held { count, before, evaluated, shown: Footprint::of(page).await? })
}

/// Waits for the first evaluation.
async fn evaluate(page: &Page) -> Result<()> {
    let pixels = seconds_until(page, "the pixels to be compared", ARE_PIXELS_COMPARED).await?;
    let start = Instant::now();
    page.wait_status("the first evaluation", RUN, |status| status.knn().is_some()).await?;
    let first = start.elapsed().as_secs_f64();
    println!(
        "    first evaluation (embeddings, exact kNN) in {first:.1} s, raw pixels before it in {pixels:.1} s"
    );
    Ok(())
}

async fn show_matrix(page: &Page) -> Result<()> {
    page.show_matrix().await?;
    let seconds = seconds_until_painted(page, ".similarity .cells").await?;
    let side = page.evaluate(MATRIX_SIDE).await?;
    println!("    similarity matrix painted {seconds:.1} s after its tab was chosen, {side} × {side} cells");
    Ok(())
}

async fn scroll_gallery(page: &Page) -> Result<()> {
    page.press("Show more").await?;
    println!("    gallery, scrolled: {}", FrameTimes::record_while(page, RECORDED, SCROLL).await?);
    page.press("Show fewer").await
}

async fn show_map(page: &Page) -> Result<()> {
    page.choose_option("lens", 0).await?;
    let seconds = seconds_until_painted(page, "canvas.map").await?;
    println!("    map painted {seconds:.1} s after its tab was chosen");
    tokio::time::sleep(FILLING).await;
    println!("    map, moved: {}", FrameTimes::record_while(page, RECORDED, PAN).await?);
    page.evaluate("window.letGo()").await.map(drop)
}

async fn seconds_until_painted(page: &Page, canvas: &str) -> Result<f64> {
    let painted = format!("{IS_PAINTED}({})", json!(canvas));
    seconds_until(page, &format!("something on {canvas}"), &painted).await
}

/// Waits until a JavaScript expression is true; returns the seconds it took.
async fn seconds_until(page: &Page, what: &str, expression: &str) -> Result<f64> {
    let start = Instant::now();
    let met = async || Ok((page.evaluate(expression).await? == true).then(|| start.elapsed()));
    Ok(page.wait(what, RUN, met).await?.as_secs_f64())
}

/// Prints how each part of the memory grows from the smaller number of pictures to the larger.
fn print_growth(held: &[Held], moment: fn(&Held) -> &Footprint) {
    for (place, name) in PARTS.into_iter().enumerate() {
        let told = held.iter().map(|held| {
            let (before, now) = (held.before.0[place], moment(held).0[place]);
            let each = before.zip(now).map(|(before, now)| (now - before) / held.count as f64);
            format!("{} with {} ({} each)", megabytes(now), counted(held.count, "picture"), kilobytes(each))
        });
        let told = told.collect::<Vec<_>>().join(", ");
        let points = held.iter().map(|held| Some((held.count as f64, moment(held).0[place]?)));
        let slope = points.collect::<Option<Vec<_>>>().and_then(|points| slope(&points));
        println!("    {name}: {told}; {} for each one more", kilobytes(slope));
    }
}

/// Returns the slope from the first point to the last.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let (first, last) = (points.first()?, points.last()?);
    Some((last.1 - first.1) / (last.0 - first.0)).filter(|slope| slope.is_finite())
}

fn kilobytes(bytes: Option<f64>) -> String {
    bytes.map_or_else(|| "unknown".to_owned(), |bytes| format!("{:.1} kB", bytes / 1e3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_needs_two_points() {
        assert_eq!(slope(&[(1.0, 5.0), (3.0, 9.0)]), Some(2.0));
        assert_eq!(slope(&[(1.0, 5.0)]), None);
        assert_eq!(slope(&[]), None);
    }
}
