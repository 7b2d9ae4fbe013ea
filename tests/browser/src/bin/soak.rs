//! `cargo xtask soak [MINUTES [SEED]]`: a monkey at the page for so long; every error ends it.

use std::env;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail, ensure};
use browser_tests::browser::ERROR;
use browser_tests::memory::Memory;
use browser_tests::monkey::Monkey;
use browser_tests::{Page, Visit, pictures, site, visit};
use tempfile::TempDir;

/// How long the monkey stays unless told otherwise.
const MINUTES: u64 = 30;

/// Between two things that the monkey does.
const PAUSE: Duration = Duration::from_millis(120);

/// Between two lines about the page's health.
const REPORT: Duration = Duration::from_secs(20);

/// What the page says when something went wrong inside.
const BREAKDOWNS: [&str; 2] = ["The engine stopped", "broke down"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut numbers = env::args().skip(1).map(|word| {
        word.parse::<u64>().with_context(|| format!("“{word}” is no number of minutes and no seed."))
    });
    let minutes = numbers.next().transpose()?.unwrap_or(MINUTES);
    let clock = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let seed = numbers.next().transpose()?.unwrap_or_else(clock);
    let files = TempDir::new()?;
    write_files(files.path())?;
    println!("{minutes} minutes from seed {seed}");
    let visitor = Visit { site: site::copy_with_measured_engine, ..Visit::default() };
    visit(visitor, async |page| soak(page, Duration::from_secs(60 * minutes), seed, files.path()).await)
        .await?;
    println!("The page lived, and its console is clean.");
    Ok(())
}

async fn soak(page: &Page, duration: Duration, seed: u64, files: &Path) -> Result<()> {
    page.open_ready("images=shapes&side=16&width=4&batch=8&steps=400&backend=cpu").await?;
    let entries = fs::read_dir(files)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<Result<Vec<_>>>()?;
    paths.sort();
    let mut monkey = Monkey::new(seed, paths);
    let mut done = Vec::new();
    let (start, mut reported) = (Instant::now(), Instant::now());
    while start.elapsed() < duration {
        done.push(monkey.act(page).await.with_context(|| tail(&done))?);
        tokio::time::sleep(PAUSE).await;
        if reported.elapsed() > REPORT {
            reported = Instant::now();
            report(page, start.elapsed(), done.len()).await?;
            check(page).await.with_context(|| tail(&done))?;
        }
    }
    check(page).await.with_context(|| tail(&done))
}

/// Album and odd files, all in one folder.
fn write_files(folder: &Path) -> Result<()> {
    let scratch = TempDir::new()?;
    pictures::write_album(scratch.path())?;
    for album in pictures::FOLDERS {
        for entry in fs::read_dir(scratch.path().join(album))? {
            let path = entry?.path();
            fs::copy(&path, folder.join(path.file_name().context("a file has a name")?))?;
        }
    }
    let odd = odd_files::all()?;
    odd_files::write(&odd[..40], folder)
}

async fn report(page: &Page, elapsed: Duration, actions: usize) -> Result<()> {
    let memory = Memory::of(page).await?;
    let status = page.status().await?.0.replace('\n', " · ");
    println!("{:>5} s, {actions} actions, {memory}: {status}", elapsed.as_secs());
    Ok(())
}

/// No error in the console, and no sentence about a breakdown.
async fn check(page: &Page) -> Result<()> {
    let console = page.console().await?;
    let errors: Vec<_> = console.iter().filter(|line| line.starts_with(ERROR)).collect();
    ensure!(errors.is_empty(), "The console holds errors: {errors:#?}");
    let text = page.text().await?;
    if let Some(words) = BREAKDOWNS.iter().find(|words| text.contains(**words)) {
        bail!("The page says “{words}”:\n{text}");
    }
    Ok(())
}

/// The last things that the monkey did.
fn tail(done: &[String]) -> String {
    format!("The last of {} actions: {:#?}", done.len(), &done[done.len().saturating_sub(12)..])
}
