//! Touch: the order of the page on a phone, taps on matrices, and selection of several pictures
//! without keys.

use anyhow::{Context, Result, ensure};
use browser_tests::command::post;
use browser_tests::page::{PATIENTLY, Role, SOON, Scheme};
use browser_tests::{Page, Visit, visit};
use serde_json::json;

const SETTINGS: &str = "images=shapes&steps=5&batch=16&side=16&width=4&backend=cpu";

/// Returns the end of the gallery, and the starts of the steps and of the training bar.
const PLACES: &str = "[
    document.querySelector('.gallery').getBoundingClientRect().bottom,
    document.querySelector('.steps').getBoundingClientRect().top,
    document.querySelector('.train-bar').getBoundingClientRect().top,
]";

/// Counts the selected pictures in the gallery.
const SELECTED: &str = "document.querySelectorAll('.gallery-cell[aria-selected=true]').length";

#[tokio::test]
async fn phone_shows_the_pictures_before_the_steps() -> Result<()> {
    visit(Visit::default(), async |page| {
        open_on_a_phone(page, SETTINGS).await?;
        let places = page.evaluate(PLACES).await?;
        let [gallery, steps, bar] = [0, 1, 2].map(|i| places[i].as_f64().context("a place"));
        let (gallery, steps, bar) = (gallery?, steps?, bar?);
        ensure!(gallery <= steps, "The gallery ends at {gallery}, below the steps at {steps}.");
        ensure!(gallery <= bar, "The gallery ends at {gallery}, behind the bar at {bar}.");
        page.unfold("Pictures").await?;
        page.wait_text(&["Choose pictures", "Choose a folder"], SOON).await?;
        ensure!(!page.text().await?.contains("Drop pictures or folders"), "Nothing can be dropped here.");
        Ok(())
    })
    .await
}

/// Returns whether the matrix of the set has cells to be tapped.
const DRAWN: &str = "document.querySelector('.similarity canvas.cells').width > 1";

#[tokio::test]
async fn matrices_respond_to_taps() -> Result<()> {
    visit(Visit::default(), async |page| {
        open_on_a_phone(page, SETTINGS).await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        page.choose("Under the hood").await?;
        page.wait_text(&["Tap a cell to see whose views it compares"], SOON).await?;
        tap(page, ".batch .matrix", 0.75, 0.27).await?;
        page.wait_text(&["Inside row 9 of step"], SOON).await?;

        page.choose("Label").await?;
        page.wait_text(&["Tap a cell to read it"], PATIENTLY).await?;
        tap(page, ".confusion .matrix", 0.05, 0.05).await?;
        page.wait_text(&["recognised", "Show all predictions"], SOON).await?;

        page.show_matrix().await?;
        page.wait_text(&["Tap a cell to see their pictures"], PATIENTLY).await?;
        let drawn = async || Ok((page.evaluate(DRAWN).await? == true).then_some(()));
        page.wait("the matrix", PATIENTLY, drawn).await?;
        tap(page, ".similarity .matrix", 0.05, 0.15).await?;
        page.wait_text(&["Pictures of ring and disc", "tap one to see the row’s nearest"], SOON).await?;
        tap(page, ".similarity .matrix", 0.5, 0.5).await?;
        wait_selected(page, 1).await
    })
    .await
}

#[tokio::test]
async fn several_pictures_are_selected_without_keys() -> Result<()> {
    visit(Visit::default(), async |page| {
        open_on_a_phone(page, SETTINGS).await?;
        page.press("Select").await?;
        for cell in 1..=3 {
            tap(page, &format!(".gallery-cell:nth-of-type({cell})"), 0.5, 0.5).await?;
        }
        wait_selected(page, 3).await?;
        tap(page, ".gallery-cell:nth-of-type(2)", 0.5, 0.5).await?;
        wait_selected(page, 2).await?;
        page.press("Select").await?;
        tap(page, ".gallery-cell:nth-of-type(1)", 0.5, 0.5).await?;
        wait_selected(page, 1).await
    })
    .await
}

/// Returns whether the game waits for an answer.
const GAME_WAITS: &str = "document.querySelectorAll('.game-choice[aria-disabled=false]').length === 8";

#[tokio::test]
async fn moments_of_a_run_respond_to_taps() -> Result<()> {
    visit(Visit::default(), async |page| {
        let until = async |what: &str, holds: &str| {
            page.wait(what, PATIENTLY, async || Ok((page.evaluate(holds).await? == true).then_some(()))).await
        };
        open_on_a_phone(page, "images=shapes&steps=60&batch=8&side=16&width=4&backend=cpu").await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        page.wait_text(&["What training changed"], PATIENTLY).await?;
        tap(page, ".reveal-picture", 0.5, 0.5).await?;
        until("the map", "!!document.querySelector('canvas.map')").await?;
        tap(page, ".replay button", 0.5, 0.5).await?;
        page.wait_text(&["Before training. Distances are only a sketch."], SOON).await?;
        page.wait_text(&["now, step 60"], PATIENTLY).await?;

        page.choose("Watch").await?;
        tap(page, ".watch-part:last-child .button", 0.5, 0.5).await?;
        until("eight pictures to choose from", GAME_WAITS).await?;
        tap(page, ".game-choice:nth-of-type(3)", 0.5, 0.5).await?;
        until("the right answer", "document.querySelectorAll('.game .right').length === 1").await
    })
    .await
}

/// Opens the page with touch input on a small screen, and waits for its engine.
async fn open_on_a_phone(page: &Page, settings: &str) -> Result<()> {
    page.show_as(360, Scheme::Light).await?;
    page.browser().point_by_finger().await?;
    page.go(settings).await?;
    page.wait_enabled(Role::Button, "Step", PATIENTLY).await.map(drop)
}

/// Taps a part of the page, at these shares of its width and height.
async fn tap(page: &Page, part: &str, across: f64, down: f64) -> Result<()> {
    let place = page.bring_to_sight(part, [across, down]).await?.map(f64::round);
    let finger = json!({
        "type": "pointer",
        "id": "finger",
        "parameters": {"pointerType": "touch"},
        "actions": [
            {"type": "pointerMove", "x": place[0] as i64, "y": place[1] as i64, "duration": 0},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ],
    });
    post(page.driver(), "actions", json!({"actions": [finger]})).await.map(drop)
}

async fn wait_selected(page: &Page, wanted: u64) -> Result<()> {
    let what = format!("{wanted} selected pictures");
    page.wait(&what, SOON, async || Ok((page.evaluate(SELECTED).await? == wanted).then_some(()))).await
}
