//! Accessibility: axe-core reports no violations, and the main task can be done by keyboard alone.

use std::fs;

use anyhow::{Context, Result, ensure};
use browser_tests::page::{PATIENTLY, Role, SOON, Scheme, TABS};
use browser_tests::storage::wait_records;
use browser_tests::{Page, Visit, pictures, visit};
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::Key;
use xtask::paths;

use crate::losses::PRESS_SECOND_ROW;
use crate::runs::OTHER_SEED;

/// Runs the rules that axe groups under the names of the standards, and its advice beyond them.
const RUN_AXE: &str = "axe.run(document, {resultTypes: ['violations']}).then(({violations}) => violations.map(
    ({id, help, nodes}) => `${id}: ${help}: ${nodes.slice(0, 4).map(node => node.html.slice(0, 160)).join(' | ')}`))";

const SECTIONS: [&str; 4] = ["Pictures", "What shouldn’t matter", "Network and training", "Advanced"];

const SETTINGS: &str = "images=shapes&steps=8&batch=8&side=16&width=4&backend=cpu";

/// Widths of a desktop screen and of a phone's.
const WIDTHS: [u32; 2] = [1440, 360];

#[tokio::test]
async fn axe_accepts_all_steps_and_tabs_in_all_colours_and_widths() -> Result<()> {
    let axe = axe()?;
    visit(Visit::default(), async |page| {
        page.open_ready(SETTINGS).await?;
        page.evaluate(&axe).await?;
        let mut found = check_all(page, "untrained").await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        for step in SECTIONS {
            page.unfold(step).await?;
        }
        for tab in TABS {
            page.choose(tab).await?;
            settle(page).await?;
            found.extend(check_all(page, tab).await?);
        }
        ensure!(found.is_empty(), "axe objects: {found:#?}");
        Ok(())
    })
    .await
}

/// A place of the window where dropped files join the set.
const ON_THE_RAIL: [f64; 2] = [100.0, 300.0];

#[tokio::test]
async fn axe_accepts_temporary_parts() -> Result<()> {
    let axe = axe()?;
    let folder = TempDir::new()?;
    pictures::write_photographs(&folder.path().join("album"), 6, 64)?;
    let notes = folder.path().join("notes.png");
    fs::write(&notes, "Buy milk.\n")?;
    visit(Visit::default(), async |page| {
        page.open("images=own&steps=4&batch=4&side=16&width=4&backend=cpu").await?;
        page.drop_paths(&[folder.path().join("album")]).await?;
        wait_records(page, 7).await?;
        page.open_ready(SETTINGS).await?;
        page.evaluate(&axe).await?;
        page.wait_text(&["still in this browser: 6 pictures"], SOON).await?;
        // On the panel in the middle, a single picture may be one to search with.
        page.drop_at(&[notes], ON_THE_RAIL).await?;
        page.wait_text(&["notes.png", "1 file could not be read"], SOON).await?;
        page.evaluate("document.querySelectorAll('.gallery-cell')[2].click()").await?;
        page.press("Remove").await?;
        page.wait_text(&["was removed", "Undo"], SOON).await?;
        page.press("Forget everything").await?;
        let mut found = check_all(page, "an offer, a failure, a notice and a question").await?;
        page.press("Tour").await?;
        settle(page).await?;
        found.extend(check_all(page, "the tour").await?);
        page.go(&format!("{SETTINGS}&embed=1")).await?;
        page.wait_enabled(Role::Button, "Step", PATIENTLY).await?;
        page.evaluate(&axe).await?;
        found.extend(check_all(page, "embedded").await?);
        ensure!(found.is_empty(), "axe objects: {found:#?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn axe_accepts_the_end_of_a_run_and_the_game() -> Result<()> {
    let axe = axe()?;
    visit(Visit::default(), async |page| {
        page.open(&format!("{SETTINGS}&run=1")).await?;
        page.evaluate(&axe).await?;
        page.wait_finished(PATIENTLY).await?;
        page.wait_text(&["What training changed"], PATIENTLY).await?;
        let mut found = check_all(page, "the end of a run").await?;
        page.choose("Watch").await?;
        page.press("Play against the network").await?;
        page.wait_text(&["Round 1 of 5."], SOON).await?;
        found.extend(check_all(page, "the game").await?);
        ensure!(found.is_empty(), "axe objects: {found:#?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn axe_accepts_parts_opened_for_inspection() -> Result<()> {
    let axe = axe()?;
    let folder = TempDir::new()?;
    pictures::write_photographs(folder.path(), 1, 64)?;
    visit(Visit::default(), async |page| {
        page.open_ready(SETTINGS).await?;
        page.evaluate(&axe).await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        page.unfold_advanced().await?;
        page.evaluate(OTHER_SEED).await?;
        page.wait_text(&["step 0 / 8"], SOON).await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        page.choose("Under the hood").await?;
        page.wait_text(&["From run 1 to run 2: seed 1 → 7."], SOON).await?;
        page.evaluate(PRESS_SECOND_ROW).await?;
        page.wait_text(&["Inside row 2 of step 8"], SOON).await?;
        let mut found = check_all(page, "two runs, and inside a row").await?;

        page.choose("Explore").await?;
        page.locate(".why-button").await?;
        page.evaluate("document.querySelector('.why-button').click()").await?;
        page.wait_text(&["Why are", "Covering"], PATIENTLY).await?;
        found.extend(check_all(page, "why two are alike").await?);

        let picker = page.locate("input[aria-label='Picture to search with']").await?;
        picker.send_keys(folder.path().join("0000.jpg").to_string_lossy()).await?;
        page.wait_text(&["0000.jpg is not part of the set."], SOON).await?;
        found.extend(check_all(page, "a search").await?);
        ensure!(found.is_empty(), "axe objects: {found:#?}");
        Ok(())
    })
    .await
}

/// Selects the first three pictures.
const SELECT_THREE: &str = "document.querySelectorAll('.gallery-cell').forEach((cell, place) => {
    if (place < 3) cell.dispatchEvent(new MouseEvent('click', { bubbles: true, ctrlKey: place > 0 }));
})";

#[tokio::test]
async fn axe_accepts_groups_selections_and_remote_pages() -> Result<()> {
    let axe = axe()?;
    visit(Visit::default(), async |page| {
        page.open_ready(SETTINGS).await?;
        page.evaluate(&axe).await?;
        page.choose("Sort").await?;
        page.choose_option("finding", 2).await?;
        page.choose_option("stage", 2).await?;
        page.wait_text(&["of duplicates", "Set 1"], PATIENTLY).await?;
        let mut found = check_all(page, "near-duplicates").await?;
        page.press("Compare pair by pair").await?;
        page.wait_text(&["Pair 1 of"], SOON).await?;
        found.extend(check_all(page, "two pictures compared").await?);
        page.press("Close").await?;
        page.choose_option("finding", 3).await?;
        page.wait_text(&["mean similarity with the 10 nearest"], PATIENTLY).await?;
        found.extend(check_all(page, "odd ones").await?);

        page.evaluate(SELECT_THREE).await?;
        page.choose("Label").await?;
        page.wait_text(&["3 selected pictures", "Find similar"], SOON).await?;
        found.extend(check_all(page, "several selected").await?);
        page.press("Find similar").await?;
        page.wait_text(&["The most similar first"], SOON).await?;
        found.extend(check_all(page, "pictures found by examples").await?);

        page.go("images=https://pictures.example/set.zip").await?;
        page.wait_text(&["Files from elsewhere", "pictures.example"], SOON).await?;
        page.evaluate(&axe).await?;
        found.extend(check_all(page, "files from elsewhere").await?);
        ensure!(found.is_empty(), "axe objects: {found:#?}");
        Ok(())
    })
    .await
}

/// The script of axe-core.
fn axe() -> Result<String> {
    fs::read_to_string(paths::axe()).context("axe-core is not installed: `cargo xtask test` installs it.")
}

/// Returns the violations found by axe in the present page, in all colours and at all widths.
async fn check_all(page: &Page, what: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for width in WIDTHS {
        for scheme in [Scheme::Light, Scheme::Dark] {
            page.show_as(width, scheme).await?;
            settle(page).await?;
            for objection in page.evaluate(RUN_AXE).await?.as_array().context("axe has no answer.")? {
                found
                    .push(format!("{what}, {width}, {scheme:?}: {}", objection.as_str().unwrap_or_default()));
            }
        }
    }
    page.show_as(WIDTHS[0], Scheme::Light).await?;
    Ok(found)
}

/// Waits until transitions and pending answers have ended.
async fn settle(page: &Page) -> Result<()> {
    let frames = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 300))))";
    page.evaluate(frames).await.map(drop)
}

#[tokio::test]
async fn main_task_is_done_by_keyboard() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&steps=100000&batch=8&side=16&width=4&backend=cpu").await?;
        tab_to(page, "Fashion").await?;
        press(page, Key::Enter).await?;
        page.wait_text(&["Fashion", "1,000 pictures"], SOON).await?;

        tab_to(page, "Train").await?;
        press(page, Key::Space).await?;
        page.wait_status("some steps", PATIENTLY, |status| status.step() >= Some(3)).await?;
        tab_to(page, "Pause").await?;
        press(page, Key::Space).await?;
        page.wait_enabled(Role::Button, "Train", SOON).await?;

        tab_to_role(page, "tab").await?;
        let mut seen = Vec::new();
        for _ in TABS {
            press(page, Key::Right).await?;
            let chosen = page.evaluate("document.activeElement.textContent.trim()").await?;
            seen.push(chosen.as_str().unwrap_or_default().to_owned());
            let front = "document.activeElement.getAttribute('aria-selected') === 'true'";
            wait_true(page, "the focused tab to be in front", front).await?;
        }
        ensure!(TABS.iter().all(|tab| seen.iter().any(|seen| seen == tab)), "The arrows reach {seen:?}.");

        // Enter shows the nearest, unless the tab in front uses the selection itself.
        press(page, Key::Left).await?;
        tab_to_role(page, "listbox").await?;
        press(page, Key::Right).await?;
        press(page, Key::Enter).await?;
        let front = "document.querySelector('#tab-explore').ariaSelected === 'true'";
        wait_true(page, "Enter to show the neighbours", front).await
    })
    .await
}

/// Shows the first moment of the replay; resolves to the number of changes of the map in the next half second.
const FRAMES_OF_A_JUMP: &str = "(async () => {
    const map = document.querySelector('canvas.map');
    const slider = document.querySelector('.replay input');
    slider.value = 0;
    let last = map.toDataURL(), changes = 0;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    for (const end = performance.now() + 500; performance.now() < end;) {
        await new Promise(requestAnimationFrame);
        const now = map.toDataURL();
        changes += now !== last;
        last = now;
    }
    return changes;
})()";

#[tokio::test]
async fn reduced_motion_is_respected() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.browser().lessen_motion().await?;
        page.open_ready(SETTINGS).await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        for tab in TABS {
            page.choose(tab).await?;
            settle(page).await?;
            let running = page.evaluate("document.getAnimations().length").await?;
            ensure!(running == 0, "{running} animations run in {tab}.");
        }
        // The map jumps from moment to moment.
        page.choose("Explore").await?;
        settle(page).await?;
        let frames = page.evaluate(FRAMES_OF_A_JUMP).await?;
        ensure!(frames.as_u64().is_some_and(|frames| (1..=3).contains(&frames)), "It takes {frames} frames.");
        let moving = "[...document.querySelectorAll('*')].filter(element => {
            const style = getComputedStyle(element);
            return style.animationName !== 'none' || style.transitionDuration.split(', ').some(time => parseFloat(time) > 0.01);
        }).map(element => element.className)";
        let moving = page.evaluate(moving).await?;
        ensure!(moving == json!([]), "These move: {moving}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn main_task_is_done_on_a_small_phone() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.browser().set_screen(360, 640, true).await?;
        page.go(SETTINGS).await?;
        page.wait_enabled(Role::Button, "Step", PATIENTLY).await?;
        let too_wide = "document.documentElement.scrollWidth > innerWidth";
        ensure!(page.evaluate(too_wide).await? == false, "The page is wider than the screen.");
        page.unfold("Pictures").await?;
        page.press("Fashion").await?;
        page.wait_text(&["1,000 pictures"], SOON).await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        for tab in TABS {
            page.choose(tab).await?;
            settle(page).await?;
            ensure!(page.evaluate(too_wide).await? == false, "{tab} is wider than the screen.");
        }
        Ok(())
    })
    .await
}

async fn wait_true(page: &Page, what: &str, condition: &str) -> Result<()> {
    page.wait(what, SOON, async || Ok((page.evaluate(condition).await? == true).then_some(()))).await
}

/// Presses Tab until the control of this name has the focus.
async fn tab_to(page: &Page, name: &str) -> Result<()> {
    let named =
        "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).trim()";
    tab_until(page, name, named).await
}

/// Presses Tab until a control of this role has the focus.
async fn tab_to_role(page: &Page, role: &str) -> Result<()> {
    tab_until(page, role, "document.activeElement.getAttribute('role')").await
}

async fn tab_until(page: &Page, wanted: &str, what: &str) -> Result<()> {
    for _ in 0..150 {
        if page.evaluate(what).await? == wanted {
            return Ok(());
        }
        press(page, Key::Tab).await?;
    }
    anyhow::bail!("The Tab key does not reach {wanted}.")
}

/// Sends a key as a keyboard does.
async fn press(page: &Page, key: Key) -> Result<()> {
    Ok(page.driver().action_chain().send_keys(key).perform().await?)
}
