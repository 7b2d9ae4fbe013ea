//! The user's own pictures, dropped as files and folders.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use browser_tests::exports::{Embeddings, Run};
use browser_tests::page::{PATIENTLY, Role, SOON};
use browser_tests::pictures::{self, BROKEN_FILES, FOLDERS, GOOD_FILES, TURNED};
use browser_tests::{Page, Visit, visit};
use image::{Rgb, RgbImage};
use regex::Regex;
use tempfile::TempDir;
use thirtyfour::Key;

/// Number of neighbours shown first, those by the trained encoder.
const SHOWN: usize = 10;

/// Returns the labels of the shown neighbours, in order.
const NEIGHBOURS: &str =
    "[...document.querySelectorAll('.ladder > section:last-child [aria-label*=\", similarity \"]')]
    .map(element => element.ariaLabel)";

/// Pastes a file named `pasted.avif`: two by two pixels, in a format that `image` does not read.
const PASTED: &str = "(() => {
    const code = 'AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADybWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAGxp'
        + 'YmF2aWYAAAAADnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABGgAAAB0AAAAoaWluZgAAAAAAAQAAABppbmZlAgAAAAAB'
        + 'AABhdjAxQ29sb3IAAAAAamlwcnAAAABLaXBjbwAAABRpc3BlAAAAAAAAAAIAAAACAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgQ0MAAAA'
        + 'ABNjb2xybmNseAACAAIAAYAAAAAXaXBtYQAAAAAAAAABAAEEAQKDBAAAACVtZGF0EgAKCBgANogQEAwgMg8f8D///8WfhwB8+ErK42A=';
    const bytes = Uint8Array.from(atob(code), letter => letter.charCodeAt(0));
    return new File([bytes], 'pasted.avif', { type: 'image/avif' });
})()";

/// Returns whether the similarity matrix is painted.
const PAINTED: &str = "(() => {
    const canvas = document.querySelector('.similarity .cells');
    return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(byte => byte > 0);
})()";

const SETTINGS: &str = "images=own&steps=6&batch=4&side=16&width=4&backend=cpu";

#[tokio::test]
async fn dropped_folders_are_trained_on_compared_and_exported() -> Result<()> {
    let album = TempDir::new()?;
    visit(Visit::default(), async |page| {
        drop_album(page, album.path()).await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        let embeddings = Embeddings::parse(&page.download("Embeddings (CSV)").await?)?;
        check_labels(&embeddings)?;
        compare_with_neighbours_shown(page, &embeddings).await
    })
    .await
}

/// Colours at the top and in the middle of the first picture in the gallery.
const TOP_AND_MIDDLE: &str = "(() => {
    const context = document.querySelector('.gallery-sheet').getContext('2d');
    const pixel = (x, y) => [...context.getImageData(x, y, 1, 1).data.slice(0, 3)];
    return [pixel(50, 10), pixel(50, 50)];
})()";

#[tokio::test]
async fn long_pictures_are_seen_as_wholes_unless_the_user_wants_their_centres() -> Result<()> {
    let folder = TempDir::new()?;
    for number in 0..6 {
        let panorama =
            RgbImage::from_fn(300, 100, |x, _| Rgb([if x < 100 { 250 } else { 30 * number }, 40, 200]));
        panorama.save(folder.path().join(format!("{number}.png")))?;
    }
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=6&batch=4&side=16&width=4&backend=cpu").await?;
        page.drop_paths(&[folder.path().to_owned()]).await?;
        page.wait_text(&["The network sees whole pictures, 6 of 6 with grey bars."], PATIENTLY).await?;
        let painted = async |expected: [[u8; 3]; 2]| {
            let seen = async || {
                Ok((page.evaluate(TOP_AND_MIDDLE).await? == serde_json::json!(expected)).then_some(()))
            };
            page.wait("the pictures in the gallery", SOON, seen).await
        };
        painted([[128; 3], [0, 40, 200]]).await?;
        page.choose_option("framing", 0).await?;
        page.wait_text(
            &["The network sees the central square of each picture. 6 of 6 lose", "yours, 6 pictures"],
            PATIENTLY,
        )
        .await?;
        painted([[0, 40, 200]; 2]).await?;
        let run = Run::parse(&page.download("Run (JSON)").await?)?;
        ensure!(run.0["settings"]["framing"] == "Centre", "The settings are {}.", run.0["settings"]);
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await.map(drop)
    })
    .await
}

#[tokio::test]
async fn photograph_is_rotated_upright() -> Result<()> {
    let album = TempDir::new()?;
    visit(Visit::default(), async |page| {
        drop_album(page, album.path()).await?;
        page.wait("the photograph upright", SOON, async || {
            let shown = page.picture(TURNED).await?.screenshot_as_png().await?;
            Ok(pictures::is_upright(&shown)?.then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
async fn pictures_are_pasted_and_chosen() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_photographs(folder.path(), 2, 64)?;
    visit(Visit::default(), async |page| {
        page.open(SETTINGS).await?;
        page.paste(PASTED).await?;
        page.picture("pasted.avif").await?;
        page.pick(&[folder.path().join("0001.jpg")]).await?;
        page.picture("0001.jpg").await?;
        page.wait_text(&["2 pictures"], SOON).await?;
        page.wait_text(&["4 pictures or more are needed: 2 so far."], SOON).await?;
        let more = page.find(Role::Button, "Show more").await?;
        ensure!(more.is_none(), "There is nothing more to show.");
        Ok(())
    })
    .await
}

/// Records a video of 120 × 120 pixels, red on the left and blue on the right; resolves to its bytes.
const VIDEO: &str = "(async () => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 120;
    const context = canvas.getContext('2d', { alpha: false });
    const paint = () => {
        for (const [colour, left] of [['rgb(200 0 0)', 0], ['rgb(0 0 200)', 60]]) {
            context.fillStyle = colour;
            context.fillRect(left, 0, 60, 120);
        }
    };
    paint();
    const recorder = new MediaRecorder(canvas.captureStream(30));
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const ended = new Promise(resolve => { recorder.onstop = resolve; });
    recorder.start();
    for (const end = performance.now() + 600; performance.now() < end;) {
        paint();
        await new Promise(requestAnimationFrame);
    }
    recorder.stop();
    await ended;
    return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
})()";

#[tokio::test]
async fn first_frame_of_a_video_is_taken() -> Result<()> {
    let folder = TempDir::new()?;
    visit(Visit::default(), async |page| {
        page.open(SETTINGS).await?;
        let video: Vec<u8> = serde_json::from_value(page.evaluate(VIDEO).await?)?;
        let [whole, broken] = ["film.webm", "cut.webm"].map(|name| folder.path().join(name));
        std::fs::write(&broken, &video[..40])?;
        std::fs::write(&whole, video)?;
        page.drop_paths(&[broken, whole]).await?;
        let shown = page.picture("film.webm").await?.screenshot_as_png().await?;
        let told = ["The first frame of the video was taken", "cut.webm", "It is a video"];
        page.wait_text(&told, SOON).await?;
        let shown = image::load_from_memory(&shown)?.to_rgb8();
        for (quarter, expected) in [(1, [200, 0, 0]), (3, [0, 0, 200])] {
            let found = shown.get_pixel(shown.width() * quarter / 4, shown.height() / 2).0;
            // Videos are compressed with loss, in a range of their own.
            let is_near = found.iter().zip(expected).all(|(found, expected)| found.abs_diff(expected) < 40);
            ensure!(is_near, "{found:?} instead of {expected:?}");
        }
        Ok(())
    })
    .await
}

/// Drops, or pastes, a picture of another page, given by an expression for its address.
async fn hand_over(page: &Page, event: &str, address: &str) -> Result<()> {
    let script = format!(
        "(() => {{
            const data = new DataTransfer();
            data.setData('text/html', `<a href=\"https://a.example/\"><img src=\"${{{address}}}\"></a>`);
            data.setData('text/uri-list', 'https://a.example/');
            const event = '{event}' === 'drop'
                ? new DragEvent('drop', {{ dataTransfer: data, bubbles: true, cancelable: true }})
                : new ClipboardEvent('paste', {{ bubbles: true, cancelable: true }});
            if ('{event}' === 'paste') Object.defineProperty(event, 'clipboardData', {{ value: data }});
            document.body.dispatchEvent(event);
        }})()"
    );
    page.evaluate(&script).await.map(drop)
}

#[tokio::test]
async fn pictures_of_other_pages_are_taken_or_offered() -> Result<()> {
    // Each of another size, since the same bytes would be left out.
    const DRAWN: &str = "(() => {
        const canvas = document.createElement('canvas');
        canvas.width = window.side = (window.side ?? 20) + 1;
        canvas.getContext('2d').fillRect(0, 0, 9, 9);
        return canvas.toDataURL();
    })()";
    visit(Visit::default(), async |page| {
        page.open(SETTINGS).await?;
        for (event, count) in [("paste", "1 picture"), ("drop", "2 pictures")] {
            hand_over(page, event, DRAWN).await?;
            page.wait_text(&[&format!("yours, {count}")], SOON).await?;
        }
        for (event, host) in [("drop", "b.example"), ("paste", "c.example")] {
            hand_over(page, event, &format!("'https://{host}/cat.jpg'")).await?;
            page.wait_text(&[&format!("Fetch the picture from {host}?"), "Fetch it"], SOON).await?;
        }
        // What another page keeps for itself cannot be had.
        hand_over(page, "drop", "'blob:https://d.example/1'").await?;
        page.wait_text(&["Save it as a file, then drop that here."], SOON).await.map(drop)
    })
    .await
}

/// Side and text of the picture shown at full size, or null.
const VIEWED: &str = "(() => {
    const viewer = document.querySelector('dialog[open]');
    const image = viewer?.querySelector('img');
    return image?.complete && image.naturalWidth > 0 ? [image.naturalWidth, viewer.innerText] : null;
})()";

/// Waits until a picture of this name is shown at this side.
async fn wait_viewed(page: &Page, name: &str, side: u64) -> Result<()> {
    page.wait(&format!("{name} at full size"), SOON, async || {
        let shown = page.evaluate(VIEWED).await?;
        let text = shown[1].as_str().unwrap_or_default();
        Ok((shown[0].as_u64() == Some(side) && text.contains(name)).then_some(()))
    })
    .await
}

#[tokio::test]
async fn pictures_are_shown_at_full_size() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_photographs(folder.path(), 2, 640)?;
    visit(Visit::default(), async |page| {
        page.open(SETTINGS).await?;
        page.pick(&["0000.jpg", "0001.jpg"].map(|name| folder.path().join(name))).await?;
        page.wait_text(&["2 pictures"], SOON).await?;
        page.picture("0000.jpg").await?.click().await?;
        page.locate("[role=listbox]").await?.send_keys(" ").await?;
        wait_viewed(page, "0000.jpg", 640).await?;
        let dialog = page.locate("dialog[open]").await?;
        dialog.send_keys(Key::Right).await?;
        wait_viewed(page, "0001.jpg", 640).await?;
        dialog.send_keys("x").await?;
        page.wait_text(&["2 selected"], SOON).await?;
        page.photograph("full-size.png").await?;
        dialog.send_keys(Key::Escape).await?;
        let closed = async || {
            Ok((page.evaluate("document.querySelector('dialog[open]')").await?.is_null()).then_some(()))
        };
        page.wait("the end of the view at full size", SOON, closed).await?;
        let kept = page.evaluate("document.activeElement.getAttribute('role')").await?;
        ensure!(kept == "listbox", "The focus is on {kept}.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn removing_the_pictures_clears_the_matrix() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.show_matrix().await?;
        wait_matrix(page, true).await?;
        page.press("Remove all pictures").await?;
        wait_matrix(page, false).await?;
        page.wait_text(&["No pictures yet."], SOON).await?;
        Ok(())
    })
    .await
}

/// Waits until the similarity matrix is painted, or until it is not.
async fn wait_matrix(page: &Page, painted: bool) -> Result<()> {
    page.wait(&format!("the matrix painted: {painted}"), PATIENTLY, async || {
        Ok((page.evaluate(PAINTED).await? == painted).then_some(()))
    })
    .await
}

#[tokio::test]
async fn too_few_pictures_are_reported() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_photographs(folder.path(), 3, 64)?;
    visit(Visit::default(), async |page| {
        page.open(SETTINGS).await?;
        page.drop_paths(&[folder.path().to_owned()]).await?;
        page.picture("0002.jpg").await?;
        page.wait_text(&["at least 4 pictures"], SOON).await?;
        Ok(())
    })
    .await
}

/// Drops both folders and waits until every file is read, or listed with its problem.
async fn drop_album(page: &Page, parent: &Path) -> Result<()> {
    pictures::write_album(parent)?;
    let folders: Vec<PathBuf> = FOLDERS.map(|folder| parent.join(folder)).into();
    page.open(SETTINGS).await?;
    page.drop_paths(&folders).await?;
    page.wait_text(&BROKEN_FILES, PATIENTLY).await?;
    page.wait_text(&[&format!("{GOOD_FILES} pictures")], PATIENTLY).await?;
    Ok(())
}

fn check_labels(embeddings: &Embeddings) -> Result<()> {
    ensure!(embeddings.rows.len() == GOOD_FILES, "There are {} rows.", embeddings.rows.len());
    for (name, label) in embeddings.names.iter().zip(&embeddings.labels) {
        let folder = if name.contains(FOLDERS[1]) { FOLDERS[1] } else { FOLDERS[0] };
        ensure!(label == folder, "{name} is labelled “{label}”.");
    }
    Ok(())
}

/// Checks that the neighbours shown for a picture, and their similarities, follow from the exported
/// embeddings.
async fn compare_with_neighbours_shown(page: &Page, embeddings: &Embeddings) -> Result<()> {
    page.picture(TURNED).await?.click().await?;
    page.choose("Explore").await?;
    let row = embeddings.names.iter().position(|name| name.contains(TURNED));
    let nearest = embeddings.nearest(row.context("The picture is not among the embeddings.")?);
    let shown = page
        .wait("ten neighbours", SOON, async || {
            Ok(Some(neighbours(page).await?).filter(|shown| shown.len() >= SHOWN))
        })
        .await?;
    for (place, (neighbour, &(_, expected))) in shown.iter().take(SHOWN).zip(&nearest).enumerate() {
        let row = embeddings.names.iter().position(|name| neighbour.name.starts_with(name));
        let row = row.with_context(|| format!("There is no picture {}.", neighbour.name))?;
        let of_this_picture = nearest.iter().find(|(other, _)| *other == row).map(|(_, exact)| *exact);
        ensure!(
            neighbour.shows(expected) && of_this_picture.is_some_and(|exact| neighbour.shows(exact)),
            "Neighbour {} is {neighbour:?}; there, {expected} was expected, and for it, {of_this_picture:?}.",
            place + 1
        );
    }
    Ok(())
}

/// A neighbour as the page shows it.
#[derive(Debug)]
struct Neighbour {
    name: String,
    similarity: f64,
    /// One unit of the last digit: near 1, similarities are not rounded up to it.
    precision: f64,
}

impl Neighbour {
    fn read(label: &str) -> Result<Self> {
        let pattern = Regex::new(r"^(.+), similarity ([-−]?)(\d+)\.(\d+)")?;
        let found = pattern.captures(label).with_context(|| format!("“{label}” shows no similarity."))?;
        let size: f64 = format!("{}.{}", &found[3], &found[4]).parse()?;
        Ok(Self {
            name: found[1].to_owned(),
            similarity: if found[2].is_empty() { size } else { -size },
            precision: 0.1_f64.powi(found[4].len().try_into()?),
        })
    }

    /// Returns whether the shown similarity stands for this exact one.
    fn shows(&self, exact: f64) -> bool {
        (self.similarity - exact).abs() <= self.precision + 1e-5
    }
}

/// Returns the shown neighbours, parsed from their labels:
/// `a.png (discs), similarity 0.93, same label`.
async fn neighbours(page: &Page) -> Result<Vec<Neighbour>> {
    let labels = page.evaluate(NEIGHBOURS).await?;
    let labels: Vec<_> = labels.as_array().into_iter().flatten().filter_map(|label| label.as_str()).collect();
    labels.into_iter().map(Neighbour::read).collect()
}
