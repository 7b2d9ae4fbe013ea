//! Pictures, models and experiments of another server, fetched after the user agreed.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use anyhow::{Result, ensure};
use browser_tests::page::{PATIENTLY, Role, SOON};
use browser_tests::visit::FOLDER;
use browser_tests::{Page, Visit, pictures, visit};
use tempfile::TempDir;
use thirtyfour::By;
use xtask::server::Server;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const SETTINGS: &str = "steps=5&batch=4&side=16&width=4&backend=cpu&run=1";

/// Lays pictures of two kinds beside the page, in a zip that is half stored, half deflated,
/// and one by one with a list of them.
fn lay_pictures(folder: &Path) -> Result<()> {
    let photographs = TempDir::new()?;
    pictures::write_photographs(photographs.path(), 6, 120)?;
    let mut archive = ZipWriter::new(File::create(folder.join("set.zip"))?);
    let mut list = Vec::new();
    for (place, entry) in fs::read_dir(photographs.path())?.enumerate() {
        let bytes = fs::read(entry?.path())?;
        let (kind, method) =
            [("cats", CompressionMethod::Stored), ("dogs", CompressionMethod::Deflated)][place % 2];
        let options = SimpleFileOptions::default().compression_method(method);
        archive.start_file(format!("set/{kind}/{place}.jpg"), options)?;
        archive.write_all(&bytes)?;
        fs::write(folder.join(format!("{place}.jpg")), bytes)?;
        list.push(serde_json::json!({"url": format!("{place}.jpg"), "label": kind}));
    }
    archive.finish()?;
    Ok(fs::write(folder.join("list.json"), serde_json::to_vec(&list)?)?)
}

/// Presses the two buttons that fetch pictures, and waits for the run that they begin.
async fn fetch_and_train(page: &Page, address: &str) -> Result<()> {
    page.go(&format!("images={}&{SETTINGS}", address.replace(':', "%3A").replace('/', "%2F"))).await?;
    page.wait_text(&["files from elsewhere", address], SOON).await?;
    let file = address.rsplit('/').next().unwrap_or_default();
    let asked = page.server().requests().iter().any(|path| path.ends_with(file));
    ensure!(!asked, "{file} was asked for before the user agreed.");
    fetch_and_read(page, &["yours, 6 pictures, 2 kinds", "step 5 / 5"]).await
}

/// Presses the two buttons that fetch, and waits for what the page in its frame says then.
async fn fetch_and_read(page: &Page, words: &[&str]) -> Result<()> {
    page.press("Check the size").await?;
    page.press("Fetch").await?;
    let frame = async || Ok(page.driver().find(By::Tag("iframe")).await.ok());
    page.wait("the page in its frame", SOON, frame).await?.enter_frame().await?;
    page.wait(&format!("{words:?} in the frame"), PATIENTLY, async || {
        let text = page.driver().execute("return document.body.innerText", vec![]).await?;
        let text = text.json().as_str().unwrap_or_default();
        Ok(words.iter().all(|words| text.contains(words)).then_some(()))
    })
    .await?;
    Ok(page.driver().enter_default_frame().await?)
}

#[tokio::test]
async fn a_zip_and_a_list_of_pictures_are_fetched_on_demand() -> Result<()> {
    visit(Visit::default(), async |page| {
        lay_pictures(&page.server().root().join(FOLDER))?;
        let origin = page.server().origin();
        fetch_and_train(page, &format!("{origin}/{FOLDER}/set.zip")).await?;
        fetch_and_train(page, &format!("{origin}/{FOLDER}/list.json")).await
    })
    .await
}

#[tokio::test]
async fn a_server_that_keeps_its_pictures_is_explained() -> Result<()> {
    let elsewhere = TempDir::new()?;
    lay_pictures(elsewhere.path())?;
    let server = Server::start(elsewhere.path(), 0)?;
    let visitor = Visit { errors_allowed: true, asks_others: true, ..Visit::default() };
    visit(visitor, async |page| {
        page.go(&format!("images={}/set.zip", server.origin())).await?;
        page.press("Check the size").await?;
        page.wait_text(&["does not say how large"], SOON).await?;
        page.press("Fetch").await?;
        page.wait_text(&["Access-Control-Allow-Origin", "nothing was kept"], SOON).await?;
        ensure!(page.find(Role::Button, "Fetch").await?.is_none());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_model_and_an_experiment_are_fetched_on_demand() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open(&format!("images=shapes&{SETTINGS}")).await?;
        page.wait_finished(PATIENTLY).await?;
        let folder = page.server().root().join(FOLDER);
        fs::write(folder.join("model.safetensors"), page.download("Model (safetensors)").await?)?;
        fs::write(folder.join("experiment"), page.download("Experiment").await?)?;
        let address = |name: &str| format!("{}/{FOLDER}/{name}", page.server().origin());
        page.go(&format!("images=shapes&backend=cpu&model={}", address("model.safetensors"))).await?;
        fetch_and_read(page, &["The model was opened", "step 5 / 5"]).await?;
        page.go(&format!("open={}", address("experiment"))).await?;
        fetch_and_read(page, &["“experiment.likeness” was opened", "step 5 / 5"]).await
    })
    .await
}
