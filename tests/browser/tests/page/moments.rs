//! Moments worth sharing: the end of a run, its replay, the poster, the game.

use std::io::Cursor;

use anyhow::{Context, Result, ensure};
use browser_tests::page::{PATIENTLY, SOON};
use browser_tests::{Page, Visit, visit};
use image::AnimationDecoder;
use image::codecs::gif::GifDecoder;
use thirtyfour::{By, Key};

/// A short run of a tiny network on the drawn figures.
const LINK: &str = "images=shapes&steps=60&batch=8&side=16&width=4&backend=cpu&run=1";

/// Waits until an expression is true in the page.
async fn wait_until(page: &Page, what: &str, expression: &str) -> Result<()> {
    let holds = async || Ok((page.evaluate(expression).await? == true).then_some(()));
    page.wait(what, PATIENTLY, holds).await
}

/// Opens a page whose run ends, with the results in view.
async fn open_with_results(page: &Page) -> Result<()> {
    page.open(LINK).await?;
    page.wait_finished(PATIENTLY).await?;
    page.wait_text(&["What training changed"], PATIENTLY).await.map(drop)
}

#[tokio::test]
async fn end_of_a_run_shows_what_changed_without_taking_the_focus() -> Result<()> {
    visit(Visit::default(), async |page| {
        open_with_results(page).await?;
        wait_until(page, "no focus", "document.activeElement === document.body").await?;
        wait_until(page, "pictures", "document.querySelectorAll('.reveal-pictures li').length === 3").await?;
        page.photograph_all("reveal").await?;
        page.driver().find(By::Css("body")).await?.send_keys(Key::Escape + "").await?;
        wait_until(page, "nothing but a button", "!document.querySelector('.reveal')").await?;
        page.press("What changed").await?;
        page.wait_text(&["What training changed"], SOON).await?;
        page.evaluate("document.querySelector('.reveal .primary').click()").await?;
        wait_until(
            page,
            "the map instead",
            "!document.querySelector('.reveal') && !!document.querySelector('canvas.map')",
        )
        .await
    })
    .await
}

/// Plays a video of these bytes, and resolves to the share of pixels that differ between its first frame
/// and its last.
fn difference(video: &[u8]) -> String {
    format!(
        "(async () => {{
            const video = document.createElement('video');
            video.muted = true;
            video.src = URL.createObjectURL(new Blob([new Uint8Array({video:?})]));
            const pixels = () => {{
                const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
                const context = canvas.getContext('2d');
                context.drawImage(video, 0, 0);
                return context.getImageData(0, 0, canvas.width, canvas.height).data;
            }};
            const once = type => new Promise((done, fail) => {{
                video.addEventListener(type, done, {{ once: true }});
                video.addEventListener('error', () => fail(new Error('It cannot be decoded.')), {{ once: true }});
            }});
            await once('loadeddata');
            if (video.videoWidth !== 1280 || video.videoHeight !== 720) throw new Error('It has another size.');
            const first = pixels();
            const ended = once('ended');
            await video.play();
            await ended;
            return pixels().filter((value, i) => Math.abs(value - first[i]) > 40).length / first.length;
        }})()"
    )
}

#[tokio::test]
async fn run_is_played_again_and_saved_as_a_video() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open(LINK).await?;
        page.wait_finished(PATIENTLY).await?;
        page.choose("Explore").await?;
        let slider = page.locate(".replay input").await?;
        slider.send_keys(Key::Home + "").await?;
        page.wait_text(&["before training", "Before training. Distances are only a sketch."], SOON).await?;
        let headings = "[...document.querySelectorAll('.ladder h3')].map(({ innerText }) => innerText.split('\\n')[0]).join()";
        let both = format!("{headings} === 'Before training,Before training'");
        wait_until(page, "the nearest before training, twice", &both).await?;
        slider.send_keys(Key::End + "").await?;
        page.wait_text(&["now, step 60", "Now, after 60 steps"], SOON).await?;
        let video = page.download("Save video").await?;
        // The page's policy has no place for videos.
        page.driver().goto("about:blank").await?;
        let differ = page.evaluate(&difference(&video)).await?;
        let differ = differ.as_f64().context("no share of pixels")?;
        ensure!(differ > 0.01, "Only {differ} of the pixels differ.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn replay_is_saved_as_an_animation_where_no_video_can_be_recorded() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.begin_with("delete window.MediaRecorder;").await?;
        page.open(LINK).await?;
        page.wait_finished(PATIENTLY).await?;
        page.choose("Explore").await?;
        let file = page.download("Save video").await?;
        let frames = GifDecoder::new(Cursor::new(file))?.into_frames().collect_frames()?;
        ensure!(frames.len() > 20, "There are {} frames.", frames.len());
        let [first, last] = [&frames[0], &frames[frames.len() - 1]].map(|frame| frame.buffer());
        ensure!(first.dimensions() == (640, 360), "It is {:?} pixels large.", first.dimensions());
        let differ = first.pixels().zip(last.pixels()).filter(|(a, b)| a.0[0].abs_diff(b.0[0]) > 40).count();
        ensure!(differ > 640 * 360 / 100, "Only {differ} pixels differ.");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn recorded_video_is_sent() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open(LINK).await?;
        page.wait_finished(PATIENTLY).await?;
        page.evaluate(
            "navigator.canShare = () => true;
            navigator.share = async ({ files: [file], url }) => {
                window.sent = { name: file.name, kind: file.type, bytes: file.size, url };
            };",
        )
        .await?;
        page.choose("Explore").await?;
        let saved = page.download("Save video").await?;
        page.press("Send video").await?;
        wait_until(page, "the video to be sent", "!!window.sent").await?;
        let sent = page.evaluate("window.sent").await?;
        ensure!(sent["bytes"] == saved.len(), "{sent} was sent, and {} bytes saved.", saved.len());
        ensure!(sent["kind"].as_str().is_some_and(|kind| kind.starts_with("video/")), "It is {sent}.");
        ensure!(sent["url"].as_str().is_some_and(|url| url.contains("#images=shapes")), "The link: {sent}.");
        Ok(())
    })
    .await
}

/// Operations that change pictures for training.
const OPERATIONS: [&str; 13] = [
    "crop",
    "flip",
    "vertical_flip",
    "rotation",
    "brightness",
    "contrast",
    "saturation",
    "hue",
    "invert",
    "grayscale",
    "blur",
    "noise",
    "cutout",
];

/// Place of the choice whose pixels differ least from the picture that is asked about.
const MOST_ALIKE: &str = "(() => {
    const pixels = canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    const asked = pixels(document.querySelector('.game-view canvas'));
    const differences = [...document.querySelectorAll('.game-choice canvas')].map(choice =>
        pixels(choice).reduce((sum, value, at) => sum + (value - asked[at]) ** 2, 0));
    return differences.indexOf(Math.min(...differences)) + 1;
})()";

/// Whether a round of the game takes a guess by key.
const CHOICES_ARE_READY: &str = "document.querySelectorAll('.game-choice[aria-disabled=false]').length === 8
    && document.querySelector('.game').contains(document.activeElement)";

#[tokio::test]
async fn picture_in_the_game_is_the_right_answer_changed_by_the_engine() -> Result<()> {
    visit(Visit::default(), async |page| {
        // Changes of no strength leave a picture that can be recognised by its pixels.
        let unchanged = OPERATIONS.map(|name| format!("&{name}=off:0@0")).concat();
        let link = LINK.replace("&side=16", "&side=48").replace("&run=1", &unchanged);
        page.open_ready(&link).await?;
        page.choose("Watch").await?;
        page.press("Play against the network").await?;
        for round in 1..=5 {
            page.wait_text(&[&format!("Round {round} of 5.")], SOON).await?;
            wait_until(page, "eight pictures to choose from", CHOICES_ARE_READY).await?;
            let alike = page.evaluate(MOST_ALIKE).await?;
            page.driver().active_element().await?.send_keys(alike.to_string()).await?;
            wait_until(page, "the guesses", "!!document.querySelector('.game .primary:enabled')").await?;
            let right = "[...document.querySelectorAll('.game-choice')].findIndex(({ className }) => className.includes('right')) + 1";
            let right = page.evaluate(right).await?;
            ensure!(right == alike, "{right} is called right, but {alike} is most alike.");
            if round < 5 {
                page.press("Next").await?;
            }
        }
        // Of unchanged pictures, an untrained network recognises each.
        let result = "I recognised 5 of 5 changed pictures. The network recognised 5 before training.";
        page.wait_text(&[result], SOON).await.map(drop)
    })
    .await
}

#[tokio::test]
async fn game_is_played_by_keys_and_scores_the_answers_of_the_engine() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open(LINK).await?;
        page.wait_finished(PATIENTLY).await?;
        page.choose("Watch").await?;
        page.press("Play against the network").await?;
        let right = "document.querySelectorAll('.game .right').length";
        for round in 1..=5 {
            page.wait_text(&[&format!("Round {round} of 5.")], SOON).await?;
            wait_until(page, "eight pictures to choose from", CHOICES_ARE_READY).await?;
            ensure!(page.evaluate(right).await? == 0, "The answer is given away.");
            page.driver().active_element().await?.send_keys("1").await?;
            wait_until(page, "the guesses", "!!document.querySelector('.game .primary:enabled')").await?;
            ensure!(page.evaluate(right).await? == 1, "There is not one right answer.");
            if round < 5 {
                page.press("Next").await?;
            }
        }
        page.wait_text(&["of 5 changed pictures. The network recognised"], SOON).await?;
        page.photograph_all("game").await?;
        page.press("Close the game").await?;
        wait_until(page, "a closed game", "!document.querySelector('.game[open]')").await
    })
    .await
}
