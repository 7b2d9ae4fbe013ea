//! Thumbnails of pictures, whose correlations tell which pairs may be copies.

use std::ops::Range;

use super::registration::Grey;
use crate::evaluate::{AllPairs, UnitRows};

/// Side of a thumbnail.
const SIDE: usize = 12;

/// Least correlation of a candidate.
const LEAST: f32 = 0.7;

/// Largest number of candidates of a picture, and as many of its mirror image.
const MOST: usize = 5;

/// A pair of rows; the second picture is to be mirrored or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The smaller row.
    pub one: usize,
    /// The larger row.
    pub other: usize,
    /// Whether the second picture is mirrored.
    pub mirrored: bool,
}

/// Thumbnails of a set, and of its mirror images.
pub struct Thumbnails {
    rows: AllPairs,
    count: usize,
}

impl Thumbnails {
    /// Wraps the thumbnails of all pictures, one after another.
    pub fn new(mut values: Vec<f32>) -> Self {
        let count = values.len() / (SIDE * SIDE);
        let mirrored: Vec<f32> =
            values.chunks_exact(SIDE).flat_map(|row| row.iter().rev().copied()).collect();
        values.extend(mirrored);
        Self { rows: UnitRows::new(values, SIDE * SIDE).all_pairs(), count }
    }

    /// Returns the rows, from `start` on, whose candidates are found in one slice of work.
    pub fn slice(&self, start: usize) -> Range<usize> {
        start..self.rows.slice(start).end.min(self.count)
    }

    /// Returns the candidates of some rows: those that correlate most with each of them.
    pub fn candidates(&self, rows: Range<usize>) -> Vec<Candidate> {
        let correlations = self.rows.cosines(rows.clone());
        let of_row = |(row, all): (usize, &[f32])| {
            all.chunks_exact(self.count)
                .zip([false, true])
                .flat_map(|(some, mirrored)| {
                    let mut near: Vec<(f32, usize)> = some
                        .iter()
                        .zip(0..)
                        .filter(|(value, other)| **value >= LEAST && *other != row)
                        .map(|(value, other)| (*value, other))
                        .collect();
                    near.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                    near.truncate(MOST);
                    near.into_iter().map(move |(_, other)| Candidate {
                        one: row.min(other),
                        other: row.max(other),
                        mirrored,
                    })
                })
                .collect::<Vec<_>>()
        };
        rows.zip(correlations.chunks_exact(2 * self.count)).flat_map(of_row).collect()
    }
}

/// Returns the brightness of a picture of RGB bytes at a side of [`SIDE`], minus its mean; zeros if that is noise.
pub fn thumbnail(rgb: &[u8]) -> Vec<f32> {
    /// Length below which a thumbnail is flat.
    const FLAT: f32 = 0.05;
    let grey = Grey::luma(rgb, SIDE, false);
    let mean = grey.values().iter().sum::<f32>() / (SIDE * SIDE) as f32;
    let mut values: Vec<f32> = grey.values().iter().map(|value| value - mean).collect();
    if values.iter().map(|value| value * value).sum::<f32>().sqrt() < FLAT {
        values.fill(0.0);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::shape;

    #[test]
    fn candidates_are_the_most_correlated_pictures() {
        let pictures: Vec<_> = (0..40).map(|index| shape(index * 25, 3).image).collect();
        let values: Vec<f32> = pictures.iter().flat_map(|image| thumbnail(image.rgb())).collect();
        // The mirror images are drawn from the reversed pictures.
        let reversed = pictures.iter().map(|image| {
            let (pixels, _) = image.rgb().as_chunks::<3>();
            pixels
                .chunks_exact(crate::image::SIDE)
                .flat_map(|row| row.iter().rev())
                .flatten()
                .copied()
                .collect()
        });
        let mirrored = reversed.flat_map(|rgb: Vec<u8>| thumbnail(&rgb));
        let rows = UnitRows::new(values.iter().copied().chain(mirrored).collect(), SIDE * SIDE);
        let found = Thumbnails::new(values).candidates(3..7);
        let mut expected = Vec::new();
        for row in 3..7 {
            for mirrored in [false, true] {
                let cosine = |other| rows.cosine(row, other + if mirrored { 40 } else { 0 });
                let mut others: Vec<_> =
                    (0..40).filter(|other| *other != row && cosine(*other) >= LEAST).collect();
                others.sort_by(|a, b| cosine(*b).total_cmp(&cosine(*a)));
                others.truncate(MOST);
                expected.extend(others.into_iter().map(|other| Candidate {
                    one: row.min(other),
                    other: row.max(other),
                    mirrored,
                }));
            }
        }
        assert!(!expected.is_empty() && found == expected, "{found:?}\n{expected:?}");
    }
}
