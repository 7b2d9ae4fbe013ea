//! `cargo xtask soak [MINUTES [SEED]]`: random input on the page for a number of minutes. Any error ends it,
//! as do growing memory and a long visit that omits one of the errands.

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

/// Default duration in minutes.
const MINUTES: u64 = 30;

/// Duration after which everything must have been done, and memory must be stable.
const LONG: Duration = Duration::from_secs(600);

/// Pause between two actions.
const PAUSE: Duration = Duration::from_millis(120);

/// Interval of reports about the page's health.
const REPORT: Duration = Duration::from_secs(20);

/// Messages of the page about internal failures.
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

/// Returns how often each errand was done.
fn counts(done: &[Done]) -> Vec<(&'static str, usize)> {
    let count = |name| done.iter().filter(|done| done.errand.as_deref() == Some(name)).count();
    Monkey::errands().map(|name| (name, count(name))).collect()
}

/// Removes exported files, which would fill the disk. A file still being written may have been renamed by
/// now; it is removed the next time.
fn remove_files(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        fs::remove_file(entry?.path()).ok();
    }
    Ok(())
}

/// Writes album and odd files, all in one folder.
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

/// Checks that the console contains no error, and the page no sentence about a breakdown.
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

/// Returns the latest actions.
fn tail(done: &[Done]) -> String {
    let last: Vec<_> = done[done.len().saturating_sub(12)..].iter().map(|done| &done.words).collect();
    format!("The last of {} actions: {last:#?}", done.len())
}
