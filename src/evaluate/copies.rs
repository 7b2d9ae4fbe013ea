//! Copies of one picture: re-encoded, resized, blurred, brightened, marked, cropped a little, turned a little
//! or mirrored.
//!
//! Pairs whose grey thumbnails correlate are candidates. One picture of a candidate is registered to the
//! other ([`registration`]), and the two are compared block by block, in colour. No training is involved,
//! and no threshold is left to the user: blocks that differ by more than noise, in a quarter of the picture,
//! are a difference.

#[cfg(any(test, feature = "bench"))]
pub mod alterations;
pub mod registration;
pub mod thumbnails;

use registration::{Grey, Registration, register};

use crate::image::SIDE;

/// Sides at which pictures are registered, coarse to fine, and the largest number of steps at each.
const LEVELS: [(usize, usize); 2] = [(24, 10), (FINE, 8)];

/// Side at which pictures are compared: half of the full one, so that blurred copies are as sharp as others.
const FINE: usize = SIDE / 2;

/// Largest difference between grey pixels that agree, and the least share of these before a closer look.
const ROUGHLY: (f32, f32) = (0.08, 0.75);

/// Side of a block, in pixels.
const BLOCK: usize = 6;

/// Root mean square difference within a block, in 0 … 1, that may be noise.
const NOISE: f32 = 0.04;

/// Share of a block's variance that the difference may have besides.
const RESIDUE: f32 = 0.2;

/// Standard deviation from which a block has structure.
const STRUCTURE: f32 = 0.04;

/// Least number of blocks with structure: without it, everything agrees with everything.
const LEAST_BLOCKS: usize = 4;

/// Least share of agreeing blocks among all, and among those with structure.
const AGREEING: (f32, f32) = (0.8, 0.7);

/// Values above which a pixel may have been brighter than white can be.
const WHITE: f32 = 0.97;

/// Returns whether two pictures are copies of one, given as squares of RGB bytes whose sides are multiples of
/// [`FINE`]; `mirrored` reverses the second one first. Pictures without structure are copies only if they are equal.
pub fn are_copies(one: &[u8], other: &[u8], mirrored: bool) -> bool {
    one == other || align(one, other, mirrored).is_some_and(|found| agree(one, other, mirrored, found))
}

/// Registers the second picture to the first; `None` if they do not fit even roughly.
fn align(one: &[u8], other: &[u8], mirrored: bool) -> Option<Registration> {
    LEVELS.iter().try_fold(None, |start, (side, steps)| {
        let (one, other) = (Grey::luma(one, *side, false), Grey::luma(other, *side, mirrored));
        let start = start.unwrap_or_else(|| Registration::between_means(&one, &other));
        let found = register(&one, &other, start, *steps)?;
        fits(&one, &other, found).then_some(Some(found))
    })?
}

/// Returns whether enough pixels agree for a closer look.
fn fits(one: &Grey, other: &Grey, found: Registration) -> bool {
    let (mut seen, mut near) = (0, 0);
    for (place, value) in one.values().iter().enumerate() {
        let Some((moved, ..)) = found.seen(other, place) else { continue };
        seen += 1;
        near += usize::from((value - moved.clamp(0.0, 1.0)).abs() < ROUGHLY.0);
    }
    near as f32 >= ROUGHLY.1 * seen as f32
}

/// Returns whether registered pictures agree in most of their blocks.
fn agree(one: &[u8], other: &[u8], mirrored: bool, found: Registration) -> bool {
    let channels =
        |rgb: &[u8], mirrored| [0, 1, 2].map(|channel| Grey::channel(rgb, channel, FINE, mirrored));
    let (one, other) = (channels(one, false), channels(other, mirrored));
    let (mut all, mut structured) = (Tally::default(), Tally::default());
    for top in (0..FINE).step_by(BLOCK) {
        for left in (0..FINE).step_by(BLOCK) {
            let places = (0..BLOCK * BLOCK).map(|at| (top + at / BLOCK) * FINE + left + at % BLOCK);
            let Some(block) = Block::new(&one, &other, found, places) else { continue };
            all.count(block.difference < NOISE * NOISE + RESIDUE * block.variance);
            if block.variance > STRUCTURE * STRUCTURE {
                structured.count(block.difference < NOISE * NOISE / 4.0 + RESIDUE * block.variance);
            }
        }
    }
    structured.seen >= LEAST_BLOCKS && all.share() >= AGREEING.0 && structured.share() >= AGREEING.1
}

/// Number of blocks, and of those that agree.
#[derive(Default)]
struct Tally {
    seen: usize,
    agreeing: usize,
}

impl Tally {
    fn count(&mut self, agrees: bool) {
        self.seen += 1;
        self.agreeing += usize::from(agrees);
    }

    fn share(&self) -> f32 {
        self.agreeing as f32 / self.seen.max(1) as f32
    }
}

/// A block of two registered pictures.
struct Block {
    /// Mean square difference over pixels and channels.
    difference: f32,
    /// Variance of the first picture, the mean over channels.
    variance: f32,
}

impl Block {
    /// Compares some pixels; `None` if the second picture covers less than half of them.
    fn new(
        one: &[Grey; 3],
        other: &[Grey; 3],
        found: Registration,
        places: impl Iterator<Item = usize>,
    ) -> Option<Self> {
        let (mut pixels, mut difference, mut squares, mut sums) = (0.0, 0.0, 0.0, [0.0; 3]);
        for place in places {
            for channel in 0..3 {
                let Some((expected, _, raw)) = found.seen(&other[channel], place) else { continue };
                let (actual, expected) = (one[channel].values()[place], expected.clamp(0.0, 1.0));
                let may_be_brighter =
                    (actual > WHITE && expected > 0.9) || (raw > WHITE && actual > expected);
                if !may_be_brighter {
                    difference += (actual - expected).powi(2);
                }
                sums[channel] += actual;
                squares += actual * actual;
                pixels += 1.0 / 3.0;
            }
        }
        (pixels >= (BLOCK * BLOCK / 2) as f32).then(|| {
            let means: f32 = sums.iter().map(|sum| (sum / pixels).powi(2)).sum();
            let variance = ((squares / pixels - means) / 3.0).max(0.0);
            Self { difference: difference / (3.0 * pixels), variance }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{
        alterations::{ALTERATIONS, MIRRORED, compressed},
        *,
    };
    use crate::{
        image::Image,
        random::{Purpose, generator},
    };
    use image::{Rgb, RgbImage, imageops::flip_horizontal};
    use rand::RngExt;

    const LENGTH: u32 = SIDE as u32;

    /// Draws overlapping discs in random places, sizes and colours.
    fn picture(seed: u32) -> RgbImage {
        let mut rng = generator(seed, Purpose::Preview, 0);
        let discs: Vec<([f32; 3], Rgb<u8>)> = (0..12)
            .map(|_| {
                let [x, y] = [(); 2].map(|()| rng.random_range(0.0..96.0));
                ([x, y, rng.random_range(6.0..24.0)], Rgb([(); 3].map(|()| rng.random_range(20..200))))
            })
            .collect();
        RgbImage::from_fn(LENGTH, LENGTH, |x, y| {
            let covers = |[a, b, r]: [f32; 3]| (x as f32 - a).hypot(y as f32 - b) < r;
            discs.iter().rev().find(|(disc, _)| covers(*disc)).map_or(Rgb([120; 3]), |(_, colour)| *colour)
        })
    }

    #[test]
    fn altered_pictures_are_copies() {
        for seed in 0..10 {
            let original = picture(seed);
            for (name, alter) in ALTERATIONS {
                let copy = alter(&original);
                let mirrored = name == MIRRORED;
                assert!(are_copies(&original, &copy, mirrored), "{name}, {seed}");
                assert!(are_copies(&copy, &original, mirrored), "{name}, {seed}, the other way");
                assert!(are_copies(&original, &flip_horizontal(&copy), !mirrored), "{name}, {seed}, flipped");
            }
        }
    }

    #[test]
    fn other_pictures_are_no_copies() {
        for seed in 0..20 {
            let one = picture(seed);
            assert!(!are_copies(&one, &picture(seed + 100), false), "another picture, {seed}");
            // The same figure in another colour.
            let recoloured = RgbImage::from_fn(LENGTH, LENGTH, |x, y| {
                let [red, green, blue] = one.get_pixel(x, y).0;
                Rgb([green, blue, red])
            });
            assert!(!are_copies(&one, &recoloured, false), "other colours, {seed}");
        }
    }

    #[test]
    fn pages_of_text_and_flat_pictures_are_told_apart() {
        // Lines of random strokes at the same places on every page.
        let page = |seed| {
            let mut rng = generator(seed, Purpose::Preview, 1);
            let strokes: Vec<bool> = (0..96 * 24).map(|_| rng.random_bool(0.5)).collect();
            RgbImage::from_fn(LENGTH, LENGTH, |x, y| {
                let ink = y % 4 < 2 && (6..90).contains(&x) && strokes[(y / 4 * 96 + x) as usize];
                Rgb([if ink { 40 } else { 245 }; 3])
            })
        };
        for seed in 0..10 {
            assert!(!are_copies(&page(seed), &page(seed + 50), false), "{seed}");
            assert!(are_copies(&page(seed), &compressed(&page(seed)), false), "{seed}, compressed");
        }
        let flat = |level| Image::draw(|_, _| [level; 3]).into_rgb();
        assert!(are_copies(&flat(0), &flat(0), false));
        assert!(!are_copies(&flat(0), &flat(2), false), "without structure only equal pictures are copies");
    }
}
