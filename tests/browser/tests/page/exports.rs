//! The exports of the page, read by other programs' rules.

use std::io::{Cursor, Read};

use anyhow::{Context, Result, ensure};
use browser_tests::exports::Embeddings;
use browser_tests::page::{PATIENTLY, SOON, screenshots};
use browser_tests::{Page, Visit, pictures, visit};
use serde_json::Value;
use tempfile::TempDir;

use crate::losses::PRESS_SECOND_ROW;

/// A short run of a tiny network on the drawn figures.
const LINK: &str = "images=shapes&steps=6&batch=8&side=16&width=4&backend=cpu&run=1";

#[tokio::test]
async fn all_exports_agree() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open(LINK).await?;
        page.wait_finished(PATIENTLY).await?;
        let embeddings = Embeddings::parse(&page.download("Embeddings (CSV)").await?)?;
        ensure!(embeddings.names.len() == 1000, "There are {} pictures.", embeddings.names.len());
        check_npy(&page.download("Embeddings (NPY)").await?, &embeddings)?;
        check_projector(page.download("Projector (TSV + sprite)").await?, &embeddings)?;
        check_atlas(&page.download("Atlas (JSONL)").await?, &embeddings)?;
        check_neighbours(&page.download("Neighbours (CSV)").await?, &embeddings)?;
        read_duplicates(&page.download("Near-duplicates (CSV)").await?)?;
        check_predictions(&page.download("Predictions (CSV)").await?, &embeddings)?;
        check_poster(&page.download("Poster (PNG)").await?, embeddings.names.len())?;
        check_contact_sheet(&page.download("Contact sheet (HTML)").await?, &embeddings)
    })
    .await
}

/// Checks that as many cells as there are pictures hold one, each different from the others.
fn check_poster(file: &[u8], count: usize) -> Result<()> {
    let poster = image::load_from_memory(file)?.to_rgb8();
    let columns = likeness::plot::grid::columns(count);
    let pitch = 4000 / columns as u32;
    ensure!(poster.width() == columns as u32 * pitch, "It is {} pixels wide.", poster.width());
    let mut seen = std::collections::HashSet::new();
    for cell in 0..count as u32 {
        let (left, top) = (cell % columns as u32 * pitch, cell / columns as u32 * pitch);
        let samples = (1..6).flat_map(|y| (1..6).map(move |x| [x, y]));
        let samples = samples.map(|[x, y]| poster.get_pixel(left + x * pitch / 6, top + y * pitch / 6).0);
        let samples: Vec<_> = samples.collect();
        ensure!(samples.iter().any(|pixel| *pixel != [255; 3]), "Cell {cell} is empty.");
        ensure!(seen.insert(samples), "The picture of cell {cell} is there twice.");
    }
    Ok(())
}

/// Checks that each name is there once, with a picture.
fn check_contact_sheet(file: &[u8], embeddings: &Embeddings) -> Result<()> {
    let page = std::str::from_utf8(file)?;
    for name in &embeddings.names {
        let count = page.matches(&format!("<span>{name}</span>")).count();
        ensure!(count == 1, "{name} is there {count} times.");
    }
    ensure!(page.matches("<img src=\"data:image/jpeg;base64,").count() == embeddings.names.len());
    Ok(())
}

/// Checks a file in NumPy's format 1.0, read by the specification.
fn check_npy(file: &[u8], embeddings: &Embeddings) -> Result<()> {
    ensure!(file.starts_with(b"\x93NUMPY\x01\x00"), "It is no NumPy file.");
    let length = usize::from(u16::from_le_bytes([file[8], file[9]]));
    let header = std::str::from_utf8(&file[10..10 + length])?;
    let (rows, columns) = (embeddings.rows.len(), embeddings.rows[0].len());
    ensure!(header.contains(&format!("'shape': ({rows}, {columns})")), "The header is {header}.");
    ensure!(header.contains("'descr': '<f4'") && header.ends_with('\n'), "The header is {header}.");
    let numbers = file[10 + length..].chunks_exact(4).map(|bytes| bytes.try_into().map(f32::from_le_bytes));
    let numbers = numbers.collect::<Result<Vec<f32>, _>>()?;
    ensure!(numbers == embeddings.rows.concat(), "The numbers differ from those of the CSV.");
    Ok(())
}

fn check_projector(file: Vec<u8>, embeddings: &Embeddings) -> Result<()> {
    let mut archive = zip::ZipArchive::new(Cursor::new(file))?;
    let mut read = |name: &str| -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        archive.by_name(name)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let tensors = String::from_utf8(read("tensors.tsv")?)?;
    let row = |line: &str| line.split('\t').map(str::parse).collect::<Result<Vec<f32>, _>>();
    ensure!(tensors.lines().map(row).collect::<Result<Vec<_>, _>>()? == embeddings.rows);
    let metadata = String::from_utf8(read("metadata.tsv")?)?;
    ensure!(metadata.lines().count() == embeddings.names.len() + 1 && metadata.starts_with("name\tlabel\n"));
    let sprite = image::load_from_memory(&read("sprite.png")?)?.to_rgb8();
    let config = String::from_utf8(read("projector_config.pbtxt")?)?;
    let side = config.split("single_image_dim: ").nth(1).context("no size")?;
    let side: u32 = side.lines().next().context("no size")?.parse()?;
    let columns = sprite.width() / side;
    ensure!(sprite.width() == sprite.height() && sprite.width() <= 8192, "{} pixels", sprite.width());
    ensure!((columns * columns) as usize >= embeddings.names.len(), "{columns} columns");
    let colours: std::collections::HashSet<_> =
        (0..columns).map(|column| sprite.get_pixel(column * side + side / 2, side / 2).0).collect();
    ensure!(colours.len() > 5, "The pictures of the first row look alike.");
    Ok(())
}

fn check_atlas(file: &[u8], embeddings: &Embeddings) -> Result<()> {
    let text = std::str::from_utf8(file)?;
    let lines: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    ensure!(lines.len() == embeddings.names.len(), "There are {} lines.", lines.len());
    for (line, (name, row)) in lines.iter().zip(embeddings.names.iter().zip(&embeddings.rows)) {
        let vector: Vec<f32> = serde_json::from_value(line["embedding"].clone())?;
        ensure!(line["name"] == **name && vector == *row, "The line of {name} differs.");
        ensure!(line["image"].as_str().is_some_and(|url| url.starts_with("data:image/")), "{name}");
    }
    Ok(())
}

/// Number of neighbours of each picture in the file.
const NEIGHBOURS: usize = 12;

fn check_neighbours(file: &[u8], embeddings: &Embeddings) -> Result<()> {
    let mut reader = csv::Reader::from_reader(file);
    type Row = (usize, String, String, usize, usize, String, String, f64);
    let rows: Vec<Row> = reader.deserialize().collect::<Result<_, _>>()?;
    for picture in [0, 499, 999] {
        let expected = embeddings.nearest(picture);
        let found = rows.iter().filter(|row| row.0 == picture);
        ensure!(found.clone().count() == NEIGHBOURS, "{} neighbours of {picture}", found.count());
        for (row, (_, similarity)) in found.zip(expected) {
            ensure!(row.1 == embeddings.names[picture] && row.5 == embeddings.names[row.4]);
            ensure!((row.7 - similarity).abs() < 1e-4, "{row:?}, where {similarity} was expected");
        }
    }
    Ok(())
}

#[tokio::test]
async fn duplicate_picture_is_a_near_duplicate() -> Result<()> {
    let folder = TempDir::new()?;
    pictures::write_photographs(folder.path(), 6, 64)?;
    std::fs::copy(folder.path().join("0002.jpg"), folder.path().join("twin.jpg"))?;
    visit(Visit::default(), async |page| {
        page.open("images=own&steps=4&batch=4&side=16&width=4&backend=cpu").await?;
        page.drop_paths(&[folder.path().to_owned()]).await?;
        page.wait_text(&["7 pictures"], SOON).await?;
        page.press("Train").await?;
        page.wait_finished(PATIENTLY).await?;
        let found = read_duplicates(&page.download("Near-duplicates (CSV)").await?)?;
        let group = |name: &str| found.iter().find(|row| row.1 == name).map(|row| row.0);
        ensure!(group("twin.jpg").is_some() && group("twin.jpg") == group("0002.jpg"), "{found:?}");

        let copies = String::from_utf8(page.download("Copies (CSV)").await?)?;
        let set = |name: &str| {
            let line = copies.lines().find(|line| line.split(',').nth(1) == Some(name));
            line.and_then(|line| line.split(',').next())
        };
        ensure!(set("twin.jpg").is_some() && set("twin.jpg") == set("0002.jpg"), "{copies}");
        page.choose("Sort").await?;
        page.choose_option("finding", 1).await?;
        page.wait_text(&["of copies", "keeps one of each"], SOON).await?;
        Ok(())
    })
    .await
}

/// A row of the near-duplicates: group, name, label, similarity.
type Duplicate = (u32, String, String, f32);

/// Minimum threshold that the page suggests.
const THRESHOLD: f32 = 0.9;

fn read_duplicates(file: &[u8]) -> Result<Vec<Duplicate>> {
    let mut reader = csv::Reader::from_reader(file);
    ensure!(reader.headers()? == ["group", "name", "label", "similarity"][..], "{:?}", reader.headers()?);
    let rows: Vec<Duplicate> = reader.deserialize().collect::<Result<_, _>>()?;
    let within = |row: &Duplicate| (THRESHOLD..=1.0001).contains(&row.3);
    ensure!(rows.iter().all(within), "A similarity is below the threshold.");
    Ok(rows)
}

fn check_predictions(file: &[u8], embeddings: &Embeddings) -> Result<()> {
    let mut reader = csv::Reader::from_reader(file);
    let rows: Vec<std::collections::HashMap<String, String>> =
        reader.deserialize().collect::<Result<_, _>>()?;
    ensure!(rows.len() == embeddings.names.len(), "There are {} rows.", rows.len());
    let given = rows.iter().filter(|row| row["given"] == "1").count();
    ensure!(given == 100, "{given} labels were given.");
    let guessed = rows.iter().filter(|row| !row["linear_probe"].is_empty()).count();
    ensure!(guessed == 900, "{guessed} pictures were guessed.");
    Ok(())
}

/// Margin around a saved figure, in CSS pixels.
const MARGIN: f64 = 12.0;

/// The tab of each figure, and its name.
const FIGURES: [(&str, &str); 13] = [
    ("Watch", "Twins"),
    ("Explore", "Map"),
    ("Sort", "Silhouette"),
    ("Label", "Confusion"),
    ("Under the hood", "Invariance"),
    ("Under the hood", "Loss"),
    ("Under the hood", "Accuracy"),
    ("Under the hood", "Alignment"),
    ("Under the hood", "Uniformity"),
    ("Under the hood", "Rank"),
    ("Under the hood", "kNN"),
    ("Under the hood", "Batch"),
    ("Under the hood", "Row"),
];

#[tokio::test]
async fn figures_are_saved_at_twice_their_size() -> Result<()> {
    visit(Visit::default(), async |page| {
        page.open(LINK).await?;
        page.wait_finished(PATIENTLY).await?;
        page.choose("Under the hood").await?;
        wait_for_paint(page, "batch").await?;
        page.evaluate(PRESS_SECOND_ROW).await?;
        for (tab, name) in FIGURES {
            page.choose(tab).await?;
            check_figure(page, name).await?;
        }
        page.show_matrix().await?;
        check_figure(page, "Similarity").await?;
        page.choose("Explore").await?;
        page.evaluate("document.querySelector('.gallery-cell').click()").await?;
        // The neighbours may be redrawn at any time.
        page.locate(".why-button").await?;
        page.evaluate("document.querySelector('.why-button').click()").await?;
        page.wait_text(&["Covering", "lowers it"], PATIENTLY).await?;
        check_figure(page, "Why alike").await
    })
    .await
}

/// Saves the figure of this name, and checks its size and that it is not blank.
async fn check_figure(page: &Page, name: &str) -> Result<()> {
    let figure = name.to_ascii_lowercase().replace(' ', "-");
    wait_for_paint(page, &figure).await?;
    let file = page.download(&format!("Save PNG: {name}")).await?;
    let picture = image::load_from_memory(&file)?.to_rgb8();
    let size = format!(
        "(() => {{ const {{ width, height }} = document.querySelector('[data-figure={figure}]').getBoundingClientRect(); return [width, height]; }})()"
    );
    let size: [f64; 2] = serde_json::from_value(page.evaluate(&size).await?)?;
    let expected = size.map(|side| (2.0 * (side + 2.0 * MARGIN)).round() as u32);
    ensure!(
        [picture.width(), picture.height()] == expected,
        "{figure}: {:?}, not {expected:?}",
        picture.dimensions()
    );
    let colours: std::collections::HashSet<_> = picture.pixels().collect();
    ensure!(colours.len() > 50, "{figure}: only {} colours", colours.len());
    let folder = screenshots(page.browser().kind());
    std::fs::create_dir_all(&folder)?;
    Ok(picture.save(folder.join(format!("figure-{figure}.png")))?)
}

/// Waits until the figure's canvases are painted and no value is missing.
async fn wait_for_paint(page: &Page, figure: &str) -> Result<()> {
    let painted = format!(
        "document.querySelector('[data-figure={figure}]')?.checkVisibility() \
         && [...document.querySelectorAll('[data-figure={figure}] canvas')].every(({{ width }}) => width > 1) \
         && !document.querySelector('[data-figure={figure}] .waiting') \
         && [...document.querySelectorAll('[data-figure={figure}] .value')].every(({{ textContent }}) => !textContent.includes('–'))"
    );
    page.wait(figure, PATIENTLY, async || Ok((page.evaluate(&painted).await? == true).then_some(()))).await
}
