//! Longest tasks of the main thread, during training and while many pictures are read.

use std::time::Duration;

use anyhow::Result;
use browser_tests::{Page, pictures};
use tempfile::TempDir;

use crate::{files, intake, tasks};

/// Number of pictures dropped at once.
const DROPPED: usize = 500;

/// Number of distinct pictures; the rest are copies under other names.
const DRAWN: u32 = 10;

/// Prints both.
pub async fn measure(page: &Page) -> Result<()> {
    page.open_ready("images=shapes&backend=cpu&steps=100000").await?;
    tasks::watch(page).await?;
    page.press("Train").await?;
    tokio::time::sleep(Duration::from_secs(20)).await;
    println!("  longest task while training: {}", tasks::longest(page).await?);

    let folder = TempDir::new()?;
    pictures::write_photographs(folder.path(), DRAWN, 1024)?;
    files::multiply(folder.path(), DROPPED)?;
    intake::open(page).await?;
    tasks::watch(page).await?;
    let seconds = intake::drop_folder(page, folder.path(), DROPPED).await?;
    println!("  {DROPPED} photographs read in {seconds:.1} s, longest task {}", tasks::longest(page).await?);
    Ok(())
}
