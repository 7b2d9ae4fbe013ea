//! Zips and tables of labels dropped on the page, and tables for spreadsheets.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use browser_tests::page::{PATIENTLY, SOON};
use browser_tests::{Visit, pictures, visit};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Chooses tables for spreadsheets.
const FOR_SPREADSHEETS: &str = "document.querySelector('#export-menu input[type=checkbox]').click()";

/// Writes a zip of two pictures in nested folders, with files of the system, and a table of labels.
fn lay_files(folder: &Path) -> Result<()> {
    pictures::write_album(folder)?;
    let mut archive = ZipWriter::new(File::create(folder.join("set.zip"))?);
    for (name, path) in [("discs", "set/discs/=1+1.png"), ("stripes", "set/stripes/two.png")] {
        archive.start_file(path, SimpleFileOptions::default())?;
        archive.write_all(&fs::read(folder.join(name).join(format!("{name}.png")))?)?;
    }
    for path in ["set/discs/@eaDir/thumb.jpg", "__MACOSX/set/._two.png"] {
        archive.start_file(path, SimpleFileOptions::default())?;
        archive.write_all(b"clutter")?;
    }
    archive.finish()?;
    Ok(fs::write(folder.join("labels.csv"), "filename;label\ntwo.png;zebra\ngone.png;lion\n")?)
}

#[tokio::test]
async fn zip_and_table_are_opened_and_tables_are_made_safe_for_spreadsheets() -> Result<()> {
    let scratch = TempDir::new()?;
    lay_files(scratch.path())?;
    visit(Visit::default(), async |page| {
        page.open("images=own&steps=6&batch=2&side=16&width=4&backend=cpu").await?;
        page.drop_paths(&["set.zip", "labels.csv"].map(|name| scratch.path().join(name))).await?;
        let told = [
            "yours, 2 pictures",
            "2 system files were left out: @eaDir, __MACOSX.",
            "belong to no picture, or to several: gone.png",
            "1 picture labelled by “labels.csv”.",
        ];
        page.wait_text(&told, PATIENTLY).await?;

        let table =
            async || Ok::<_, anyhow::Error>(String::from_utf8(page.download("Embeddings (CSV)").await?)?);
        let plain = table().await?;
        ensure!(plain.contains("\n=1+1.png,discs,") && plain.contains("\ntwo.png,zebra,"), "{plain}");
        page.evaluate(FOR_SPREADSHEETS).await?;
        let safe = table().await?;
        let rest = safe.strip_prefix('\u{feff}').context("There is no byte order mark.")?;
        ensure!(rest.replacen("'=1+1.png", "=1+1.png", 1) == plain, "{safe}");

        page.press("Undo").await?;
        let undone = async || Ok(table().await?.contains("\ntwo.png,stripes,").then_some(()));
        page.wait("the label before", SOON, undone).await
    })
    .await
}
