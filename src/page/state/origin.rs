//! Files that pictures came from.

use serde::{Deserialize, Serialize};

use crate::small_sort::sorted;

/// A SHA-256.
pub type Digest = [u8; 32];

/// Details of the file that a picture came from; empty or 0 if unknown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// Path within what was dropped or chosen, with slashes.
    pub path: String,
    /// Width in pixels, upright.
    pub width: u32,
    /// Height in pixels, upright.
    pub height: u32,
    /// Size in bytes.
    pub bytes: u64,
    /// Time of the last change, in UTC and ISO 8601.
    pub modified: String,
    /// Time in the EXIF data at which the photograph was taken, in ISO 8601 without a zone.
    pub taken: String,
    /// Digest of the contents.
    pub digest: Option<Digest>,
}

impl Origin {
    /// Names of [`Self::cells`].
    pub const COLUMNS: [&str; 6] = ["path", "width", "height", "bytes", "modified", "taken"];

    /// Returns the cells of a table's row; empty ones are unknown.
    pub fn cells(&self) -> [String; 6] {
        let number = |number: u64| if number == 0 { String::new() } else { number.to_string() };
        let [width, height] = [self.width, self.height].map(u64::from).map(number);
        [self.path.clone(), width, height, number(self.bytes), self.modified.clone(), self.taken.clone()]
    }

    /// Returns the number of pixels.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Returns whether more than two fifths are outside the central square.
    pub fn is_long(&self) -> bool {
        let (short, long) = (self.width.min(self.height), self.width.max(self.height));
        u64::from(long) * 3 > u64::from(short) * 5
    }

    /// Returns whether a third or more is outside the central square.
    pub fn is_far_from_square(&self) -> bool {
        let (short, long) = (self.width.min(self.height), self.width.max(self.height));
        short > 0 && u64::from(long) * 2 >= u64::from(short) * 3
    }
}

/// Returns the shortest end of each path that no other path ends in: its last component, and as many
/// folders before it as it takes. Equal paths share a name.
pub fn unique_names(paths: &[&str]) -> Vec<String> {
    let places: Vec<usize> = (0..paths.len()).collect();
    // Of all paths, those beside a path share the longest end with it.
    let order = sorted(&places, |a, b| paths[*a].rsplit('/').cmp(paths[*b].rsplit('/')));
    let different: Vec<&[usize]> = order.chunk_by(|a, b| paths[*a] == paths[*b]).collect();
    let mut components = vec![1; paths.len()];
    for pair in different.windows(2) {
        let (one, other) = (paths[pair[0][0]].rsplit('/'), paths[pair[1][0]].rsplit('/'));
        let shared = one.zip(other).take_while(|(one, other)| one == other).count();
        for place in pair.iter().copied().flatten() {
            components[*place] = components[*place].max(shared + 1);
        }
    }
    paths.iter().zip(components).map(|(path, components)| end(path, components).to_owned()).collect()
}

/// Returns a path's last components.
fn end(path: &str, components: usize) -> &str {
    path.rmatch_indices('/').nth(components - 1).map_or(path, |(slash, _)| &path[slash + 1..])
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64Mcg;

    use super::*;

    /// Returns the shortest unique ends, by comparing every path with every other.
    fn by_brute_force(paths: &[&str]) -> Vec<String> {
        let name = |path: &str| {
            let parts: Vec<&str> = path.split('/').collect();
            let is_unique = |count: &usize| {
                let tail = &parts[parts.len() - count..];
                !paths
                    .iter()
                    .any(|other| *other != path && other.split('/').collect::<Vec<_>>().ends_with(tail))
            };
            let count = (1..=parts.len()).find(is_unique).unwrap_or(parts.len());
            parts[parts.len() - count..].join("/")
        };
        paths.iter().map(|path| name(path)).collect()
    }

    #[test]
    fn names_are_the_shortest_unique_ends() {
        let paths = ["a/x/1.jpg", "b/x/1.jpg", "b/x/2.jpg", "1.jpg", "a/x/3.jpg", "a/x/3.jpg"];
        let names = ["a/x/1.jpg", "b/x/1.jpg", "2.jpg", "1.jpg", "3.jpg", "3.jpg"];
        assert_eq!(unique_names(&paths), names);
        assert!(unique_names(&[]).is_empty());
    }

    #[test]
    fn names_are_those_of_brute_force() {
        let mut rng = Pcg64Mcg::seed_from_u64(7);
        for _ in 0..300 {
            let path = |_| {
                let parts: Vec<&str> = (0..rng.random_range(1..5))
                    .map(|_| ["a", "b", "ab", ""][rng.random_range(0..4)])
                    .collect();
                parts.join("/")
            };
            let paths: Vec<String> = (0..12).map(path).collect();
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            assert_eq!(unique_names(&paths), by_brute_force(&paths), "{paths:?}");
        }
    }

    #[test]
    fn far_from_square_are_those_that_lose_a_third() {
        let of = |width, height| Origin { width, height, ..Origin::default() }.is_far_from_square();
        assert!(of(6000, 4000) && of(2, 3) && of(100, 10_000));
        assert!(!of(4000, 3000) && !of(5, 5) && !of(0, 0));
        let long = |width, height| Origin { width, height, ..Origin::default() }.is_long();
        assert!(long(16, 9) && long(9, 16) && !long(3, 2) && !long(5, 3) && !long(0, 0));
    }
}
