//! Classification by given, typed and accepted labels.

use anyhow::{Result, ensure};
use browser_tests::page::{PATIENTLY, SOON};
use browser_tests::{Page, Visit, pictures, visit};
use tempfile::TempDir;

/// Enter key.
const ENTER: &str = "\u{e007}";

/// Left arrow key.
const LEFT: &str = "\u{e012}";

/// Markup in a label that must stay text.
const ODD: &str = "<b>odd</b>";

/// Presses the first prediction, and returns the scroll position of the page.
const PRESS_PREDICTION: &str = "(() => {
    const picture = document.querySelector('.prediction .pick');
    picture.scrollIntoView({ block: 'center' });
    picture.click();
    return scrollY;
})()";

#[tokio::test]
async fn wrong_prediction_is_corrected_in_place() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.choose("Label").await?;
        page.wait_text(
            &["learns from 100 labelled pictures.", "900 other pictures", "least confident first"],
            PATIENTLY,
        )
        .await?;
        page.unfold("least confident first").await?;
        let before = page.evaluate(PRESS_PREDICTION).await?;
        let corrected = page.evaluate("document.querySelector('.prediction .pick').ariaLabel").await?;
        page.wait_text(&["Really:"], SOON).await?;
        let chips = page.evaluate("document.querySelectorAll('.correction button').length").await?;
        ensure!(chips == 9, "There are {chips} labels to choose from, not nine.");
        page.evaluate("document.querySelector('.correction button').click()").await?;
        // Up to ten labels of each kind are given: the typed one replaces another.
        page.wait_text(&["learns from 100 labelled pictures (1 typed).", "900 other pictures"], PATIENTLY)
            .await?;
        let first = page.evaluate("document.querySelector('.prediction .pick').ariaLabel").await?;
        ensure!(first != corrected, "{corrected} is still guessed.");
        let after = page.evaluate("scrollY").await?;
        let moved = (after.as_f64().unwrap_or_default() - before.as_f64().unwrap_or_default()).abs();
        ensure!(moved < 200.0, "The page scrolled from {before} to {after}.");
        Ok(())
    })
    .await
}

/// Returns the name of the picture in review.
const REVIEWED: &str = "document.querySelector('.review .query-name').innerText";

/// Returns the first label offered for the picture in review: the guess.
const GUESSED: &str = "document.querySelector('.review .pill').lastChild.textContent";

#[tokio::test]
async fn guesses_are_reviewed_by_keys() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.choose("Label").await?;
        page.wait_text(&["0 reviewed", "Guessed: "], PATIENTLY).await?;
        let review = page.locate(".review").await?;
        page.evaluate("document.querySelector('.review').focus()").await?;
        let keys = async |keys: &str| Ok::<_, anyhow::Error>(review.send_keys(keys).await?);
        let [first, guessed] = [page.evaluate(REVIEWED).await?, page.evaluate(GUESSED).await?];
        let guessed = guessed.as_str().unwrap_or_default().to_owned();

        keys(ENTER).await?;
        page.wait_text(&["1 reviewed"], SOON).await?;
        page.wait_text(&["(1 typed)"], PATIENTLY).await?;
        ensure!(page.evaluate(REVIEWED).await? != first, "The same picture is still in hand.");
        keys(LEFT).await?;
        page.wait_text(&["You gave it this label."], SOON).await?;
        let given = "document.querySelector('.review .pill[aria-pressed=true]').lastChild.textContent";
        ensure!(page.evaluate(given).await? == guessed, "Enter did not give the guess {guessed}.");
        keys("2").await?;
        page.wait_text(&["2 reviewed"], SOON).await?;
        keys("z").await?;
        page.wait_text(&["1 reviewed", "You gave it this label."], SOON).await?;
        keys("z").await?;
        page.wait_text(&["0 reviewed"], SOON).await?;
        ensure!(page.evaluate(REVIEWED).await? == first, "Undo did not take {first} in hand again.");

        // In the field, keys are text.
        let field = page.locate("input[aria-label='Label of the picture in review']").await?;
        field.send_keys("z1").await?;
        page.press("Give this label").await?;
        page.wait_text(&["1 reviewed"], SOON).await?;
        keys(LEFT).await?;
        page.wait_text(&["z1"], SOON).await.map(drop)
    })
    .await
}

/// Types one key after another into the review, each once the page has taken the one before; resolves to the numbers
/// of reviewed pictures that the page names in between.
const REVIEW_BY_KEYS: &str = "async (keys, expected) => {
    const review = document.querySelector('.review');
    const reviewed = () => Number(review.innerText.match(/([\\d,]+) reviewed/)?.[1].replace(',', ''));
    for (const [place, key] of [...keys].entries()) {
        review.dispatchEvent(new KeyboardEvent('keydown', { key: key === '.' ? 'Enter' : key, bubbles: true }));
        const due = performance.now() + 20000;
        while (reviewed() !== expected[place]) {
            if (performance.now() > due) throw new Error(`${reviewed()} reviewed after key ${place}`);
            await new Promise(requestAnimationFrame);
        }
    }
}";

#[tokio::test]
async fn five_hundred_pictures_are_labelled_by_one_key_each_and_undone() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.choose("Label").await?;
        page.wait_text(&["0 reviewed", "Guessed: "], PATIENTLY).await?;
        let press = async |keys: String, expected: Vec<u32>| {
            page.evaluate(&format!("({REVIEW_BY_KEYS})({keys:?}, {expected:?})")).await
        };
        let part = 100;
        for begun in (0..500).step_by(part) {
            let keys = (0..part).map(|key| if key % 2 == 0 { '.' } else { '2' }).collect();
            press(keys, (1..=part).map(|key| (begun + key) as u32).collect()).await?;
        }
        page.wait_text(&["(500 typed)"], PATIENTLY).await?;
        for begun in (0..500).rev().step_by(part) {
            press("z".repeat(part), (0..part).map(|key| (begun - key) as u32).collect()).await?;
        }
        page.wait("no typed label", PATIENTLY, async || {
            Ok((!page.text().await?.contains(" typed)")).then_some(()))
        })
        .await
    })
    .await
}

#[tokio::test]
async fn labels_are_typed_accepted_and_classify_other_pictures() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.choose("Label").await?;
        let given = ["learns from 100 labelled pictures.", "900 other pictures", "least confident first"];
        page.wait_text(&given, PATIENTLY).await?;
        let scores = page.evaluate("document.querySelectorAll('.scores td').length").await?;
        ensure!(
            scores == 9,
            "There are {scores} scores: not two for each of four stages and one of fine-tuning."
        );

        page.set_label(ODD).await?;
        let typed = ["learns from 101 labelled pictures (1 typed).", "899 other pictures", ODD];
        page.wait_text(&typed, SOON).await?;
        let bold = page.evaluate("document.querySelectorAll('.labels b, .gallery b').length").await?;
        ensure!(bold == 0, "The label became markup.");

        page.wait_text(&["least confident first"], SOON).await?;
        page.evaluate("document.querySelector('[aria-label^=\"Accept \"]').click()").await?;
        page.wait_text(&["(2 typed). Its score counts right guesses on 89"], SOON).await?;
        Ok(())
    })
    .await
}

/// Labels the picture at this place in the gallery.
async fn label(page: &Page, place: usize, name: &str) -> Result<()> {
    page.evaluate(&format!("document.querySelectorAll('.gallery-cell')[{place}].click()")).await?;
    page.set_label(name).await
}

/// Returns the classifier whose predictions are shown.
const SHOWN: &str =
    "[...document.querySelectorAll('input[name=labels-method]')].findIndex(input => input.checked)";

#[tokio::test]
async fn typed_labels_are_cross_validated_and_fine_tuned() -> Result<()> {
    let album = TempDir::new()?;
    pictures::write_album(album.path())?;
    // Without their folders, the pictures have no labels.
    let files = pictures::FOLDERS
        .iter()
        .flat_map(|name| ["png", "bmp", "gif"].map(|ending| (name, ending)))
        .map(|(name, ending)| album.path().join(name).join(format!("{name}.{ending}")));
    visit(Visit::default(), async |page| {
        page.open("images=own&steps=6&batch=4&side=16&width=4&backend=cpu").await?;
        page.drop_paths(&files.collect::<Vec<_>>()).await?;
        page.wait_text(&["6 pictures"], PATIENTLY).await?;
        page.choose("Label").await?;
        label(page, 0, "warm").await?;
        label(page, 3, "cold").await?;
        page.wait_text(&["Give each label at least 4 pictures"], PATIENTLY).await?;
        label(page, 1, "warm").await?;
        label(page, 4, "cold").await?;
        label(page, 5, "neither").await?;
        let told = [
            "learns from 5 labelled pictures (5 typed).",
            "right guesses on 4 of them, each guessed from all the others",
            "“neither” can’t be scored",
        ];
        page.wait_text(&told, PATIENTLY).await?;
        // Two for each known stage: the baselines and the untrained encoder.
        let scored = "[...document.querySelectorAll('.scores td')].filter(cell => /^[0-9.]+%$/.test(cell.innerText)).length";
        let all = async || Ok((page.evaluate(scored).await? == 6).then_some(()));
        page.wait("six scores", PATIENTLY, all).await?;
        let cells = "document.querySelectorAll('.confusion canvas').length";
        ensure!(page.evaluate(cells).await? == 1, "There is no confusion matrix.");
        page.photograph_all("labels-typed").await?;

        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        page.choose("Label").await?;
        page.press("Fine-tune").await?;
        page.wait_text(&["Fine-tuned after 6 steps of training"], PATIENTLY).await?;
        let shown = async || Ok((page.evaluate(SHOWN).await? == 2).then_some(()));
        page.wait("what was fine-tuned", SOON, shown).await?;
        label(page, 2, "warm").await?;
        page.wait_text(&["Fine-tuned before your last correction"], SOON).await.map(drop)
    })
    .await
}
