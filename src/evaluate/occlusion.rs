//! Regions that make two pictures similar, by occlusion: a grey patch slides over one of them, and where
//! covering it reduces the similarity most, most of it comes from (Zeiler & Fergus 2014).

use crate::augment::Cutout;

/// Number of patch positions along each side.
const PLACES: usize = 9;

/// Ratio of the picture's side to the patch's.
const SHARE: usize = 4;

/// Positions of a patch that slides over a square picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patches {
    side: usize,
}

impl Patches {
    /// Creates the positions for pictures of `side` × `side` pixels.
    ///
    /// # Panics
    /// If the picture is so small that the patch would have no area.
    pub fn new(side: usize) -> Self {
        assert!(side >= SHARE, "the patch has an area");
        Self { side }
    }

    /// Returns the number of positions.
    pub fn count(&self) -> usize {
        PLACES * PLACES
    }

    /// Returns the columns and rows covered by the patch at one position.
    fn covered(&self, place: usize) -> [std::ops::Range<usize>; 2] {
        let patch = self.side / SHARE;
        [place % PLACES, place / PLACES].map(|step| {
            let start = (step * (self.side - patch) + (PLACES - 1) / 2) / (PLACES - 1);
            start..start + patch
        })
    }

    /// Returns a picture with the patch at one position; `planes` are `channels × side²` values.
    pub fn occlude(&self, planes: &[f32], place: usize) -> Vec<f32> {
        let [columns, rows] = self.covered(place);
        let mut occluded = planes.to_vec();
        for plane in occluded.chunks_exact_mut(self.side * self.side) {
            for row in rows.clone() {
                plane[row * self.side..][columns.clone()].fill(Cutout::GREY);
            }
        }
        occluded
    }

    /// Returns the contribution of each pixel: the mean drop over all patches that cover it; `side²` values,
    /// row by row.
    pub fn spread(&self, drops: &[f32]) -> Vec<f32> {
        let mut sums = vec![(0.0, 0); self.side * self.side];
        for (place, drop) in drops.iter().enumerate() {
            let [columns, rows] = self.covered(place);
            for row in rows {
                for (sum, count) in &mut sums[row * self.side..][columns.clone()] {
                    *sum += drop;
                    *count += 1;
                }
            }
        }
        sums.into_iter().map(|(sum, count)| if count > 0 { sum / count as f32 } else { 0.0 }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::UnitRows;

    fn cosine(a: Vec<f32>, b: Vec<f32>) -> f32 {
        let dimensions = a.len();
        UnitRows::new([a, b].concat(), dimensions).cosine(0, 1)
    }

    /// Returns a picture of three planes with distinct pixels.
    fn picture(side: usize, phase: f32) -> Vec<f32> {
        (0..3 * side * side).map(|i| 0.5 + 0.5 * (i as f32 * 0.37 + phase).sin()).collect()
    }

    #[test]
    fn every_pixel_is_covered_and_patches_stay_inside() {
        for side in [4, 16, 17, 30, 32, 50, 96] {
            let patches = Patches::new(side);
            let mut covered = vec![0; side * side];
            for place in 0..patches.count() {
                let [columns, rows] = patches.covered(place);
                assert!(columns.end <= side && rows.end <= side);
                assert_eq!((columns.len(), rows.len()), (side / 4, side / 4));
                rows.for_each(|row| columns.clone().for_each(|column| covered[row * side + column] += 1));
            }
            assert!(covered.iter().all(|count| *count > 0), "side {side}");
        }
    }

    #[test]
    fn similarity_of_a_corner_encoder_is_in_the_corner() {
        let side = 16;
        let patches = Patches::new(side);
        // Reads the 4 × 4 pixels at the top left, and nothing else.
        let corner = |planes: &[f32]| -> Vec<f32> {
            let pixel = |i: usize| planes[i / 16 * side * side + i % 16 / 4 * side + i % 4] - 0.4;
            (0..48).map(pixel).collect()
        };
        let (a, b) = (picture(side, 0.0), picture(side, 0.3));
        let before = cosine(corner(&a), corner(&b));
        let drop = |place| before - cosine(corner(&patches.occlude(&a, place)), corner(&b));
        let drops: Vec<f32> = (0..patches.count()).map(drop).collect();
        for (place, drop) in drops.iter().enumerate() {
            let [columns, rows] = patches.covered(place);
            let touches = columns.start < 4 && rows.start < 4;
            assert_eq!(drop.abs() > 1e-6, touches, "place {place}: {drop}");
        }
        let map = patches.spread(&drops);
        // Patches that touch the corner reach to pixel 6.
        for (pixel, drop) in map.iter().enumerate() {
            let (column, row) = (pixel % side, pixel / side);
            assert!(column < 7 && row < 7 || drop.abs() < 1e-6, "pixel {column}, {row}: {drop}");
        }
        assert!(map[0].abs() > 1e-3, "the corner itself: {}", map[0]);
    }

    #[test]
    fn mean_colour_drop_agrees_with_arithmetic() {
        let side = 20;
        let patches = Patches::new(side);
        let mean = |planes: &[f32]| -> Vec<f32> {
            planes.chunks_exact(side * side).map(|plane| plane.iter().sum::<f32>() / 400.0).collect()
        };
        // Flat red and flat orange. A patch of 5 × 5 turns 25 of 400 pixels grey, wherever it lies: red (1,
        // 0, 0) becomes (15 + ½, ½, ½) / 16.
        let flat = |colour: [f32; 3]| colour.iter().flat_map(|c| vec![*c; side * side]).collect::<Vec<_>>();
        let (red, orange) = (flat([1.0, 0.0, 0.0]), flat([1.0, 0.5, 0.0]));
        let before = 1.0 / 1.25_f32.sqrt();
        let after = (15.5 + 0.25) / ((15.5_f32.powi(2) + 0.5).sqrt() * 1.25_f32.sqrt());
        assert!((cosine(mean(&red), mean(&orange)) - before).abs() < 1e-6);
        for place in 0..patches.count() {
            let found = before - cosine(mean(&patches.occlude(&red, place)), mean(&orange));
            assert!((found - (before - after)).abs() < 1e-5, "place {place}: {found}");
        }
        let map = patches.spread(&vec![before - after; patches.count()]);
        assert!(map.iter().all(|drop| (drop - (before - after)).abs() < 1e-6));
    }
}
