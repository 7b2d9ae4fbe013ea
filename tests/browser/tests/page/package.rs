//! What the package for PyTorch writes, in the page: a part of `cargo xtask torch`, after the package's tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use browser_tests::exports::Embeddings;
use browser_tests::page::PATIENTLY;
use browser_tests::{Visit, visit};
use serde::de::DeserializeOwned;

/// Variable with the folder of the files.
const FOLDER: &str = "LIKENESS_GOLDEN";

/// Largest difference between a number of the page and of the package.
const TOLERANCE: f32 = 1e-4;

fn folder() -> Result<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from).with_context(|| format!("{FOLDER} names no folder."))
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("{} is missing.", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

#[tokio::test]
#[ignore = "a part of `cargo xtask torch`, after the package's tests"]
async fn network_of_the_package_gives_the_same_embeddings_in_the_page() -> Result<()> {
    let folder = folder()?;
    let written = folder.join("written");
    let names: Vec<(String, String)> = read(&written.join("names.json"))?;
    let rows: Vec<Vec<f32>> = read(&written.join("embeddings.json"))?;
    let expected: BTreeMap<_, _> = names.into_iter().zip(rows).collect();
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.drop_paths(&[folder.join("shapes"), written.join("model.safetensors")]).await?;
        page.wait_text(&["yours, 60 pictures", "The model was opened"], PATIENTLY).await?;
        page.wait_text(&["after 40 steps"], PATIENTLY).await?;
        let Embeddings { names, labels, rows } =
            Embeddings::parse(&page.download("Embeddings (CSV)").await?)?;
        let found: BTreeMap<_, _> = names.into_iter().zip(labels).zip(rows).collect();
        ensure!(found.keys().eq(expected.keys()), "{:?}", found.keys());
        for (picture, row) in &found {
            let other = &expected[picture];
            let is_close = |(a, b): (&f32, &f32)| (a - b).abs() < TOLERANCE;
            ensure!(row.len() == other.len(), "{} numbers instead of {}.", row.len(), other.len());
            ensure!(row.iter().zip(other).all(is_close), "{picture:?}:\n{row:?}\n{other:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
#[ignore = "a part of `cargo xtask torch`, after the package's tests"]
async fn sample_of_the_package_opens_in_the_page() -> Result<()> {
    let sample = folder()?.join("written").join("sample.likeness");
    let names: Vec<(String, String)> = read(&sample.with_file_name("names.json"))?;
    visit(Visit::default(), async |page| {
        page.open_ready("images=shapes&side=16&width=4&backend=cpu").await?;
        page.drop_paths(&[sample]).await?;
        page.wait_text(&["yours, 12 pictures"], PATIENTLY).await?;
        page.wait_status("step 40", PATIENTLY, |status| status.step() == Some(40)).await?;
        page.wait_text(&["after 40 steps"], PATIENTLY).await?;
        let embeddings = Embeddings::parse(&page.download("Embeddings (CSV)").await?)?;
        let shown: Vec<_> = embeddings.names.into_iter().zip(embeddings.labels).collect();
        ensure!(shown.len() == 12 && shown.iter().all(|picture| names.contains(picture)), "{shown:?}");
        Ok(())
    })
    .await
}
