//! Builds: a page and an engine that do not match, and build folders in the output.

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use browser_tests::page::PATIENTLY;
use browser_tests::{Visit, site, visit};
use likeness::image::Codec;
use memchr::memmem;
use xtask::{compression, paths};

#[tokio::test]
async fn engine_of_another_build_is_refused() -> Result<()> {
    let visitor = Visit { site: site::copy_with_other_engine, errors_allowed: true, ..Visit::default() };
    visit(visitor, async |page| {
        page.open("images=shapes&backend=cpu&run=1").await?;
        page.wait_text(&["another build", &site::other_build()], PATIENTLY).await?;
        Ok(())
    })
    .await
}

#[test]
fn build_contains_no_folder_names_of_the_machine() -> Result<()> {
    let folders = [home::cargo_home()?, paths::root().to_owned(), paths::target()];
    let dist = paths::dist();
    let workers = site::ENGINES.into_iter().chain(Codec::ALL.map(Codec::name));
    let mut programs = workers.map(|worker| compression::read(worker, &dist)).collect::<Result<Vec<_>>>()?;
    for entry in fs::read_dir(dist)? {
        let file = entry?.path();
        if file.extension().is_some_and(|ending| ending == "wasm") {
            programs.push(fs::read(&file)?);
        }
    }
    ensure!(programs.len() == 7, "dist/ holds {} programs.", programs.len());
    for code in programs {
        let named = |folder: &&PathBuf| memmem::find(&code, folder.as_os_str().as_encoded_bytes()).is_some();
        let named: Vec<_> = folders.iter().filter(named).collect();
        ensure!(named.is_empty(), "A program names {named:?}.");
    }
    Ok(())
}
