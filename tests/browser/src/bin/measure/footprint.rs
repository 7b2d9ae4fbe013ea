//! Memory of the page, its engine and the browser's processes.

use std::fmt::{self, Display};

use anyhow::Result;
use browser_tests::Page;
use browser_tests::memory::Memory;

use crate::processes::{self, GRAPHICS, RENDERER};

/// Names of the measured parts, as printed.
pub const PARTS: [&str; 5] = ["page", "scripts", "engine", "tab’s process", "graphics process"];

/// Bytes of each of [`PARTS`], if known: WebAssembly of page and engine, which never shrinks, objects of the
/// page's JavaScript, and the processes that hold all of these.
#[derive(Clone, Copy, Debug)]
pub struct Footprint(pub [Option<f64>; PARTS.len()]);

impl Footprint {
    /// Queries page, engine and system.
    pub async fn of(page: &Page) -> Result<Self> {
        let Memory { page: own, engine, scripts } = Memory::of(page).await?;
        Ok(Self([
            Some(own),
            Some(scripts),
            engine,
            processes::largest(RENDERER),
            processes::largest(GRAPHICS),
        ]))
    }
}

impl Display for Footprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |(name, bytes): (&str, Option<f64>)| format!("{name} {}", megabytes(bytes));
        f.write_str(&PARTS.into_iter().zip(self.0).map(part).collect::<Vec<_>>().join(", "))
    }
}

/// Formats a number of bytes.
pub fn megabytes(bytes: Option<f64>) -> String {
    bytes.map_or_else(|| "unknown".to_owned(), |bytes| format!("{:.1} MB", bytes / 1e6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_values_are_marked() {
        let footprint = Footprint([Some(2e6), Some(1.24e6), None, None, Some(5e5)]);
        let words =
            "page 2.0 MB, scripts 1.2 MB, engine unknown, tab’s process unknown, graphics process 0.5 MB";
        assert_eq!(footprint.to_string(), words);
    }
}
