//! Files of every kind, dropped on the page: each becomes a picture or is listed with a reason, and
//! the page survives.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use ::odd_files::{Fate, NESTED_FOLDERS};
use anyhow::{Context, Result, ensure};
use browser_tests::browser::Kind;
use browser_tests::exports::Run;
use browser_tests::page::{PATIENTLY, SOON, VERY_PATIENTLY};
use browser_tests::pictures;
use browser_tests::{Page, Visit, site, visit};
use tempfile::TempDir;

/// Returns the listed files with their reasons.
const LISTED: &str = "[...document.querySelectorAll('.failures li')]
    .map(item => [item.querySelector('bdi').textContent, item.textContent.slice(item.querySelector('bdi').textContent.length)])";

/// Returns whether a name has been interpreted as markup.
const TAKEN: &str = "document.title.includes('taken') || document.querySelector('img[src=x], [onerror], [onmouseover]') !== null";

/// Truncated files of which Firefox shows the remaining part.
const CUT_OFF: [&str; 3] = ["cut.png", "cut-in-its-colours.gif", "cut.ico"];

const SETTINGS: &str = "images=own&steps=4&batch=4&side=16&width=4&backend=cpu";

#[tokio::test]
async fn every_file_becomes_a_picture_or_is_listed_with_a_reason() -> Result<()> {
    let scratch = TempDir::new()?;
    let files = ::odd_files::all()?;
    ::odd_files::write(&files, &scratch.path().join("odd"))?;
    visit(Visit::default(), async |page| {
        page.open(SETTINGS).await?;
        page.drop_paths(&[scratch.path().join("odd")]).await?;
        let (taken, listed) = outcome(page, files.len()).await?;
        let mut wrong = Vec::new();
        for file in &files {
            let reason = listed.get(&file.name);
            let shown_in_part =
                page.browser().kind() == Kind::Firefox && CUT_OFF.contains(&file.name.as_str());
            let fits = match file.fate {
                _ if shown_in_part => taken.contains(&file.name) && reason.is_none(),
                Fate::Picture => taken.contains(&file.name) && reason.is_none(),
                Fate::Refused(words) => reason.is_some_and(|reason| reason.contains(words)),
                Fate::Either => taken.contains(&file.name) != reason.is_some(),
            };
            if !fits {
                wrong.push(format!("{:?}, {:?}, {reason:?}", file.name, file.fate));
            }
        }
        ensure!(wrong.is_empty(), "These met another fate than they should: {wrong:#?}");
        for (name, reason) in &listed {
            ensure!(reason.trim().ends_with('.'), "{name}: “{reason}” is no sentence.");
        }
        ensure!(page.evaluate(TAKEN).await? == false, "A name was taken for markup.");

        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        ensure!(page.evaluate(TAKEN).await? == false, "A name was taken for markup.");
        Ok(())
    })
    .await
}

/// A run of some length.
const RUN: &str = "images=shapes&seed=3&steps=600&batch=32&side=32&width=8&backend=cpu&run=1";

/// Damaged files of other kinds, each with a part of what is said about it.
const OTHERS: [(&str, &str); 4] = [
    ("broken.likeness", "“broken.likeness” cannot be opened"),
    ("broken.safetensors", "it isn’t a complete safetensors file"),
    ("broken.zip", "1 file could not be read"),
    ("broken.csv", "broken.csv"),
];

/// Returns the visible reasons of refused files, and their collapsed details.
const REASONS: &str = "[...document.querySelectorAll('.failures li')].map(item => {
    const folded = item.querySelector('details code')?.textContent ?? '';
    item.querySelector('details')?.remove();
    return [item.textContent, folded];
})";

/// Returns ten files for each kind of harm to a decoder except hanging, and a hundred broken files.
fn harmful_and_broken() -> Result<Vec<::odd_files::OddFile>> {
    let broken = ::odd_files::all()?.into_iter().filter(|file| matches!(file.fate, Fate::Refused(_)));
    let broken: Vec<_> = broken.filter(|file| !CUT_OFF.contains(&file.name.as_str())).collect();
    let mut files: Vec<_> = broken.iter().cycle().take(100).cloned().enumerate().collect();
    files.iter_mut().for_each(|(at, file)| file.name = format!("{at:03}{}", file.name));
    let mut files: Vec<_> = files.into_iter().map(|(_, file)| file).collect();
    for (at, harm) in site::HARMFUL[..3].iter().cycle().take(30).enumerate() {
        let (name, bytes) = (format!("{:03}-harmful.tiff", at * 3), harm.to_vec());
        files.push(::odd_files::OddFile { name, bytes, fate: Fate::Refused("broke down") });
    }
    Ok(files)
}

#[tokio::test]
async fn no_file_disturbs_a_run() -> Result<()> {
    let scratch = TempDir::new()?;
    let files = harmful_and_broken()?;
    ::odd_files::write(&files, &scratch.path().join("bad"))?;
    pictures::write_album(scratch.path())?;
    visit(Visit { site: site::copy_with_fragile_decoder, ..Visit::default() }, async |page| {
        page.open(RUN).await?;
        page.wait_finished(PATIENTLY).await?;
        let undisturbed = Run::parse(&page.download("Run (JSON)").await?)?.losses()?;
        page.open(RUN).await?;
        page.wait_status("some steps", PATIENTLY, |status| status.step() >= Some(5)).await?;
        for (name, said) in OTHERS {
            let file = scratch.path().join(name);
            std::fs::write(&file, b"PK\x03\x04\x14\0\0\0, broken in the middle\n\xff\xfe\0")?;
            page.drop_paths(&[file]).await?;
            page.wait_text(&[said], PATIENTLY).await?;
        }
        page.drop_paths(&[scratch.path().join("bad")]).await?;
        ensure!(!page.status().await?.is_finished(), "The run ended before the files came.");
        page.wait_text(&[&format!("None of the {} files could be read", files.len())], VERY_PATIENTLY)
            .await?;
        page.wait_finished(PATIENTLY).await?;
        let disturbed = Run::parse(&page.download("Run (JSON)").await?)?.losses()?;
        ensure!(disturbed == undisturbed, "The losses differ:\n{undisturbed:?}\n{disturbed:?}");
        let text = page.text().await?;
        ensure!(!text.contains("The engine stopped"), "The engine noticed:\n{text}");

        let reasons: Vec<(String, String)> = serde_json::from_value(page.evaluate(REASONS).await?)?;
        let harmed = reasons.iter().filter(|(shown, _)| shown.contains("its decoder broke down over"));
        ensure!(harmed.count() == 30, "They are refused so: {reasons:#?}");
        let technical = ["panicked", "RuntimeError", ".rs:"];
        for (shown, _) in &reasons {
            ensure!(!technical.iter().any(|word| shown.contains(word)), "It is shown: {shown}");
        }
        let folded = reasons.iter().filter(|(_, folded)| folded.contains("image.rs:919:9")).count();
        ensure!(folded == 10, "The panics are told {folded} times: {reasons:#?}");

        // Every worker that ended has been replaced.
        page.drop_paths(&[scratch.path().join("discs")]).await?;
        page.wait_text(&["yours, 7 pictures"], PATIENTLY).await.map(drop)
    })
    .await
}

#[tokio::test]
async fn file_that_hangs_its_decoder_is_refused_and_others_are_read() -> Result<()> {
    let scratch = TempDir::new()?;
    pictures::write_album(scratch.path())?;
    let discs = scratch.path().join("discs");
    std::fs::write(discs.join("a-hanging.tiff"), site::HARMFUL[3])?;
    visit(Visit { site: site::copy_with_fragile_decoder, ..Visit::default() }, async |page| {
        page.open(SETTINGS).await?;
        page.drop_paths(&[discs]).await?;
        let said = ["yours, 7 pictures", "a-hanging.tiff", "It took too long to be decoded"];
        page.wait_text(&said, VERY_PATIENTLY).await.map(drop)
    })
    .await
}

#[tokio::test]
async fn five_thousand_mixed_files_are_all_accounted_for() -> Result<()> {
    const FILES: usize = 5000;
    let scratch = TempDir::new()?;
    ::odd_files::write_many(&scratch.path().join("many"), FILES)?;
    visit(Visit::default(), async |page| {
        page.open(SETTINGS).await?;
        page.drop_paths(&[scratch.path().join("many")]).await?;
        page.wait_text(&["4,000 pictures"], VERY_PATIENTLY).await?;
        page.wait_text(&["1,000 files could not be read"], SOON).await?;
        page.press("Step").await?;
        page.wait_status("a step", PATIENTLY, |status| status.step() == Some(1)).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn nested_folders_are_read_and_empty_ones_reported() -> Result<()> {
    let scratch = TempDir::new()?;
    let empty = scratch.path().join("empty");
    std::fs::create_dir_all(empty.join("emptier"))?;
    let deep: PathBuf = NESTED_FOLDERS.iter().collect();
    pictures::write_photographs(&scratch.path().join("outer").join(deep), 4, 16)?;
    visit(Visit::default(), async |page| {
        page.open(SETTINGS).await?;
        page.drop_paths(&[empty]).await?;
        page.wait_text(&["No pictures were found"], SOON).await?;
        page.drop_paths(&[scratch.path().join("outer")]).await?;
        page.wait_text(&["4 pictures"], SOON).await?;
        let run = Run::parse(&page.download("Run (JSON)").await?)?;
        for image in run.0["images"].as_array().context("The run holds no list of images.")? {
            ensure!(image["label"] == NESTED_FOLDERS[NESTED_FOLDERS.len() - 1], "The label is {image}.");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn files_without_pictures_do_not_replace_a_built_in_set() -> Result<()> {
    let scratch = TempDir::new()?;
    let notes = scratch.path().join("notes.txt");
    std::fs::write(&notes, "Buy milk.\n")?;
    pictures::write_photographs(&scratch.path().join("photographs"), 3, 16)?;
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&backend=cpu").await?;
        page.wait_text(&["1,000 pictures"], SOON).await?;
        page.drop_paths(std::slice::from_ref(&notes)).await?;
        page.wait_text(&["1,000 pictures", "notes.txt", "1 file could not be read"], SOON).await?;
        page.drop_paths(&[notes, scratch.path().join("photographs")]).await?;
        page.wait_text(&["3 pictures", "notes.txt"], SOON).await?;
        Ok(())
    })
    .await
}

/// Returns the names of the pictures, and the listed files with their reasons, once there are `files`
/// of them in total.
async fn outcome(page: &Page, files: usize) -> Result<(BTreeSet<String>, BTreeMap<String, String>)> {
    let active = "document.querySelector('.intake') !== null";
    page.wait("files to come in", SOON, async || Ok((page.evaluate(active).await? == true).then_some(())))
        .await?;
    page.wait("all files to be read", PATIENTLY, async || {
        Ok((page.evaluate(active).await? == false).then_some(()))
    })
    .await?;
    let listed: BTreeMap<String, String> =
        serde_json::from_value::<Vec<(String, String)>>(page.evaluate(LISTED).await?)?.into_iter().collect();
    let run = Run::parse(&page.download("Run (JSON)").await?)?;
    let images = run.0["images"].as_array().context("The run holds no list of images.")?;
    let taken: BTreeSet<_> =
        images.iter().filter_map(|image| Some(image["name"].as_str()?.to_owned())).collect();
    ensure!(
        taken.len() + listed.len() == files,
        "{} pictures and {} refusals are not {files} files.",
        taken.len(),
        listed.len()
    );
    Ok((taken, listed))
}
