//! Memory of the browser's processes, on Linux.

use std::collections::HashMap;
use std::fs;
use std::process;

/// Type of the processes that hold pages, their scripts, workers and WebAssembly.
pub const RENDERER: &str = "renderer";

/// Type of the process that draws, and that computes for WebGPU.
pub const GRAPHICS: &str = "gpu-process";

/// Returns the bytes of the largest process of a type among those started by this program. Memory shared by
/// several processes counts proportionally.
pub fn largest(kind: &str) -> Option<f64> {
    let parents = parents()?;
    let ours = parents.keys().copied().filter(|id| descends(*id, process::id(), &parents));
    ours.filter(|id| is_of(*id, kind)).filter_map(bytes).reduce(f64::max)
}

/// Returns every process with its parent.
fn parents() -> Option<HashMap<u32, u32>> {
    let entries = fs::read_dir("/proc").ok()?.filter_map(Result::ok);
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    // A process that has ended meanwhile is skipped.
    let parent = |id: u32| Some((id, parent_in(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)?));
    Some(ids.filter_map(parent).collect())
}

/// Returns whether a process is a descendant of another.
fn descends(id: u32, from: u32, parents: &HashMap<u32, u32>) -> bool {
    let mut line = std::iter::successors(parents.get(&id), |id| parents.get(id));
    line.any(|ancestor| *ancestor == from)
}

fn is_of(id: u32, kind: &str) -> bool {
    let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).contains(&format!("--type={kind}"))
}

fn bytes(id: u32) -> Option<f64> {
    share_in(&fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?)
}

/// Parses the second field after the name, which is in brackets and may contain some itself.
fn parent_in(stat: &str) -> Option<u32> {
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(1)?.parse().ok()
}

/// Parses the proportional share, given in units of 1,024 bytes.
fn share_in(rollup: &str) -> Option<f64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    let kibibytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linux_process_files_are_parsed() {
        assert_eq!(parent_in("12 (a (b) c) S 7 12 12 0"), Some(7));
        assert_eq!(parent_in("12"), None);
        let rollup = "5-7 ---p 00000000 00:00 0 [rollup]\nRss:  9 kB\nPss:      6 kB\nPss_Dirty:  1 kB\n";
        assert_eq!(share_in(rollup), Some(6144.0));
    }

    #[test]
    fn descent_covers_any_number_of_processes() {
        let parents = HashMap::from([(1, 0), (2, 1), (3, 2), (4, 1)]);
        assert!(descends(3, 2, &parents) && descends(3, 1, &parents));
        assert!(!descends(4, 2, &parents) && !descends(2, 2, &parents));
    }
}
