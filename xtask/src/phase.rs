//! Timing of the parts of a command.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;

/// Completed parts, in order of completion.
static ENDED: Mutex<Vec<(String, Duration)>> = Mutex::new(Vec::new());

/// Runs a part of a command, and prints how long it took.
pub fn phase<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let result = work();
    let took = start.elapsed();
    eprintln!("== {name}: {:.0} s", took.as_secs_f64());
    ENDED.lock().unwrap_or_else(PoisonError::into_inner).push((name.to_owned(), took));
    result
}

/// Returns the times of all completed parts, one per line; parts that ran in parallel overlap.
pub fn summary() -> String {
    let ended = ENDED.lock().unwrap_or_else(PoisonError::into_inner);
    ended.iter().map(|(name, took)| format!("{:>7.0} s  {name}\n", took.as_secs_f64())).collect()
}
