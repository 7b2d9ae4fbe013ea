//! `cargo xtask fuzz [SECONDS [SEED]]`: fuzzes each target for a number of seconds.

use std::env;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use odd_files::fuzz::TARGETS;

/// Default time for each target, in seconds.
const SECONDS: u64 = 60;

fn main() -> Result<()> {
    let mut numbers = env::args().skip(1).map(|word| {
        word.parse::<u64>().with_context(|| format!("“{word}” is no number of seconds and no seed."))
    });
    let seconds = numbers.next().transpose()?.unwrap_or(SECONDS);
    let clock = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let seed = numbers.next().transpose()?.unwrap_or_else(clock);
    for target in TARGETS {
        let start = Instant::now();
        let mut rounds = 0;
        while start.elapsed() < Duration::from_secs(seconds) {
            target.round(seed + rounds)?;
            rounds += 1;
        }
        println!("{}: {rounds} rounds from seed {seed}", target.name);
    }
    println!("Nothing was found.");
    Ok(())
}
