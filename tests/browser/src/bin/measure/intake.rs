//! Dropping of pictures on the page, and the time until all are loaded.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use browser_tests::Page;
use browser_tests::page::PATIENTLY;
use likeness::page::words;
use serde_json::json;

use crate::RUN;

/// Whether the engine accepts commands.
const IS_READY: &str = "document.querySelector('.chip-light.ready') !== null";

/// Opens the page without pictures, and waits until the engine has started, so that later measurements do not
/// share the machine with it.
pub async fn open(page: &Page) -> Result<()> {
    page.open("images=own&backend=cpu").await?;
    let ready = async || Ok((page.evaluate(IS_READY).await? == true).then_some(()));
    page.wait("the engine", PATIENTLY, ready).await
}

/// Drops a folder and waits for `count` pictures; returns the seconds it took.
pub async fn drop_folder(page: &Page, folder: &Path, count: usize) -> Result<f64> {
    // The summary shows the number of files before they are read; the first step counts pictures.
    let counted = json!(format!("yours, {}", words::counted(count, "picture")));
    let are_there = format!(
        "document.querySelector('.step-words').textContent.startsWith({counted})
            && document.querySelector('.intake') === null"
    );
    let start = Instant::now();
    page.drop_paths(&[folder.to_owned()]).await?;
    let all = async || Ok((page.evaluate(&are_there).await? == true).then(|| start.elapsed()));
    Ok(page.wait(&format!("{count} pictures"), RUN, all).await?.as_secs_f64())
}
