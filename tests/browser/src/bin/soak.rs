//! `cargo xtask soak [MINUTES [SEED]]`: a monkey at the page for so long; every error ends it, as
//! does memory that grows, and a long visit in which it left out what visitors come for.

use std::env;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail, ensure};
use browser_tests::browser::ERROR;
use browser_tests::memory::{Course, Memory};
use browser_tests::monkey::{Done, Monkey};
use browser_tests::{Page, Visit, pictures, site, visit};
use tempfile::TempDir;

/// How long the monkey stays unless told otherwise.
const MINUTES: u64 = 30;

/// From when on everything must have been done, and memory must have come to rest.
const LONG: Duration = Duration::from_secs(600);

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
    println!("The page lived, its console is clean, and its memory stayed within its limits.");
    Ok(())
}

async fn soak(page: &Page, duration: Duration, seed: u64, files: &Path) -> Result<()> {
    page.open_ready("images=shapes&side=16&width=4&batch=8&steps=400&backend=cpu").await?;
    let entries = fs::read_dir(files)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<Result<Vec<_>>>()?;
    paths.sort();
    let mut monkey = Monkey::new(seed, paths);
    let (mut done, mut course) = (Vec::new(), Course::default());
    let (start, mut reported) = (Instant::now(), Instant::now());
    while start.elapsed() < duration {
        done.push(monkey.act(page).await.with_context(|| tail(&done))?);
        tokio::time::sleep(PAUSE).await;
        if reported.elapsed() > REPORT {
            reported = Instant::now();
            let memory = Memory::of(page).await.with_context(|| tail(&done))?;
            report(page, start.elapsed(), done.len(), memory).await?;
            course.add(memory).with_context(|| tail(&done))?;
            check(page).await.with_context(|| tail(&done))?;
            remove_files(page.browser().downloads())?;
        }
    }
    check(page).await.with_context(|| tail(&done))?;
    let counts = counts(&done);
    println!(
        "{}",
        counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
    );
    if duration >= LONG {
        course.ensure_level()?;
        let left_out: Vec<_> = counts.iter().filter(|(_, count)| *count == 0).collect();
        ensure!(left_out.is_empty(), "The monkey left out {left_out:?}.");
    }
    Ok(())
}

/// How often each of the monkey's errands was done.
fn counts(done: &[Done]) -> Vec<(&'static str, usize)> {
    let count = |name| done.iter().filter(|done| done.errand.as_deref() == Some(name)).count();
    Monkey::errands().map(|name| (name, count(name))).collect()
}

/// What was exported is of no more use, and would fill the disk. A file on its way may have
/// another name by now: then it is removed the next time.
fn remove_files(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        fs::remove_file(entry?.path()).ok();
    }
    Ok(())
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

async fn report(page: &Page, elapsed: Duration, actions: usize, memory: Memory) -> Result<()> {
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
fn tail(done: &[Done]) -> String {
    let last: Vec<_> = done[done.len().saturating_sub(12)..].iter().map(|done| &done.words).collect();
    format!("The last of {} actions: {last:#?}", done.len())
}
