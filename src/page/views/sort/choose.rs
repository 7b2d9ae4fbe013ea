//! Choice of pictures by quality, and of a few that stand for the set.

use crate::{
    affine_colour::LUMA,
    image::{Image, SIDE},
    page::state::{Entry, Origin, State},
    plot::plane::dot,
    protocol::PictureId,
    small_sort::{sort, sorted},
};

/// A measure of a picture.
pub struct Measure {
    /// Name of the fault that it shows.
    pub name: &'static str,
    /// Name of the measured quantity.
    pub quantity: &'static str,
    /// Threshold at first, and the greatest.
    pub thresholds: [f32; 2],
    /// Distance between thresholds.
    pub step: &'static str,
    /// Whether values above the threshold are faulty, instead of those below.
    pub is_above: bool,
    of: Quantity,
}

/// What is measured.
enum Quantity {
    /// The picture at working size.
    Pixels(fn(&Image) -> f32),
    /// Its file, of which nothing may be known.
    File(fn(&Origin) -> Option<f32>),
}

/// The measures.
pub static MEASURES: [Measure; 7] = [
    Measure {
        name: "Blurred",
        quantity: "sharpness (variance of the Laplacian)",
        thresholds: [100.0, 1000.0],
        step: "1",
        is_above: false,
        of: Quantity::Pixels(sharpness),
    },
    Measure {
        name: "Dark",
        quantity: "mean brightness (of 255)",
        thresholds: [40.0, 255.0],
        step: "1",
        is_above: false,
        of: Quantity::Pixels(brightness),
    },
    Measure {
        name: "Bright",
        quantity: "mean brightness (of 255)",
        thresholds: [220.0, 255.0],
        step: "1",
        is_above: true,
        of: Quantity::Pixels(brightness),
    },
    Measure {
        name: "Flat",
        quantity: "contrast (standard deviation of brightness)",
        thresholds: [15.0, 100.0],
        step: "1",
        is_above: false,
        of: Quantity::Pixels(contrast),
    },
    Measure {
        name: "Grey",
        quantity: "mean colourfulness (of 255)",
        thresholds: [8.0, 100.0],
        step: "1",
        is_above: false,
        of: Quantity::Pixels(colourfulness),
    },
    Measure {
        name: "Long",
        quantity: "longer side by the shorter",
        thresholds: [2.0, 5.0],
        step: "0.1",
        is_above: true,
        of: Quantity::File(elongation),
    },
    Measure {
        name: "Small",
        quantity: "shorter side (pixels)",
        thresholds: [200.0, 2000.0],
        step: "10",
        is_above: false,
        of: Quantity::File(shorter_side),
    },
];

impl Measure {
    /// Returns the value of every picture for which it is known, the worst first.
    pub fn measured(&self, state: &State) -> Vec<(f32, PictureId)> {
        let entries = state.pictures.entries().iter();
        let value = |entry: &Entry| match self.of {
            Quantity::Pixels(of) => Some(of(&entry.image)),
            Quantity::File(of) => of(&entry.origin),
        };
        let mut all: Vec<_> = entries.filter_map(|entry| Some((value(entry)?, entry.id))).collect();
        sort(&mut all, |a, b| if self.is_above { b.0.total_cmp(&a.0) } else { a.0.total_cmp(&b.0) });
        all
    }

    /// Returns the measured pictures with the fault, the worst first.
    pub fn faulty(&self, measured: &[(f32, PictureId)], threshold: f32) -> Vec<PictureId> {
        let is_faulty = |value: f32| if self.is_above { value > threshold } else { value < threshold };
        measured.iter().take_while(|(value, _)| is_faulty(*value)).map(|(_, id)| *id).collect()
    }
}

/// Returns the brightness of every pixel, 0 to 255 (BT.601).
fn luma(image: &Image) -> Vec<f32> {
    let (pixels, _) = image.rgb().as_chunks();
    pixels
        .iter()
        .map(|pixel: &[u8; 3]| pixel.iter().zip(LUMA).map(|(value, weight)| f32::from(*value) * weight).sum())
        .collect()
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len() as f32
}

fn variance(values: &[f32]) -> f32 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / values.len() as f32
}

fn brightness(image: &Image) -> f32 {
    mean(&luma(image))
}

fn contrast(image: &Image) -> f32 {
    variance(&luma(image)).sqrt()
}

/// Returns the variance of the Laplacian, which blur takes away.
pub(super) fn sharpness(image: &Image) -> f32 {
    let luma = luma(image);
    let inner = (1..SIDE - 1).flat_map(|y| (1..SIDE - 1).map(move |x| y * SIDE + x));
    let laplacian =
        |at: usize| luma[at - SIDE] + luma[at - 1] + luma[at + 1] + luma[at + SIDE] - 4.0 * luma[at];
    variance(&inner.map(laplacian).collect::<Vec<_>>())
}

/// Returns the mean difference of the strongest and the weakest colour.
fn colourfulness(image: &Image) -> f32 {
    let (pixels, _) = image.rgb().as_chunks::<3>();
    let spread = |[r, g, b]: &[u8; 3]| f32::from(r.max(g).max(b) - r.min(g).min(b));
    pixels.iter().map(spread).sum::<f32>() / pixels.len() as f32
}

/// Returns the length of the whole picture's longer side by that of the shorter one.
fn elongation(origin: &Origin) -> Option<f32> {
    let [short, long] = [origin.width.min(origin.height), origin.width.max(origin.height)];
    (short > 0).then(|| long as f32 / short as f32)
}

/// Returns the length of the whole picture's shorter side, in pixels.
fn shorter_side(origin: &Origin) -> Option<f32> {
    Some(origin.width.min(origin.height)).filter(|side| *side > 0).map(|side| side as f32)
}

/// Returns the pictures with embeddings by the network, and these at unit length.
pub(super) fn directions(state: &State) -> Vec<(PictureId, Vec<f32>)> {
    let Some(scored) = state.results.latest() else { return Vec::new() };
    let ids = state.pictures.entries().iter().map(|entry| entry.id);
    ids.filter_map(|id| {
        let embedding = scored.embedding(id)?;
        let length = dot(embedding, embedding).sqrt().max(f32::MIN_POSITIVE);
        Some((id, embedding.iter().map(|value| value / length).collect()))
    })
    .collect()
}

/// Returns pictures in the order of their mean similarity with all, the highest first.
fn by_typicality(directions: &[(PictureId, Vec<f32>)]) -> Vec<usize> {
    let width = directions.first().map_or(0, |(_, direction)| direction.len());
    let mut sum = vec![0.0; width];
    for (_, direction) in directions {
        sum.iter_mut().zip(direction).for_each(|(sum, value)| *sum += value);
    }
    let similarity: Vec<_> =
        directions.iter().enumerate().map(|(row, (_, direction))| (dot(direction, &sum), row)).collect();
    sorted(&similarity, |a, b| b.0.total_cmp(&a.0)).into_iter().map(|(_, row)| row).collect()
}

/// Returns the pictures most similar to all others on average.
pub fn typical(state: &State, count: usize) -> Vec<PictureId> {
    let directions = directions(state);
    by_typicality(&directions).into_iter().take(count).map(|row| directions[row].0).collect()
}

/// Returns pictures that cover the set: the most typical, then each time the one farthest from those
/// picked (Gonzalez 1985).
pub fn farthest_first(state: &State, count: usize) -> Vec<PictureId> {
    let directions = directions(state);
    let mut nearest = vec![f32::NEG_INFINITY; directions.len()];
    let mut next = by_typicality(&directions).first().copied();
    let mut picked = Vec::new();
    while let Some(row) = next.filter(|_| picked.len() < count.min(directions.len())) {
        let (id, pick) = &directions[row];
        picked.push(*id);
        for (nearest, (_, direction)) in nearest.iter_mut().zip(&directions) {
            *nearest = nearest.max(dot(direction, pick));
        }
        nearest[row] = f32::INFINITY;
        next = (0..directions.len()).min_by(|a, b| nearest[*a].total_cmp(&nearest[*b]));
    }
    picked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        page::{
            fixture::{self, embedded},
            state::Newcomer,
        },
        settings::{Images, Settings},
    };

    /// Returns a state with a picture of each fault, and one without.
    fn faults() -> State {
        let noise = |x: usize, y: usize| ((x * 7919 + y * 104_729) * 31 % 256) as u8;
        let images = [
            Image::draw(|x, y| [noise(x, y), noise(y, x), noise(x + 50, y)]),
            // A slow wave of colour.
            Image::draw(|x, _| [(x * 2) as u8, 255 - (x * 2) as u8, 128]),
            Image::draw(|x, y| [noise(x, y) / 4, noise(y, x) / 8, 0]),
            Image::draw(|x, y| [255 - noise(x, y) / 16, 255 - noise(y, x) / 8, 250]),
            Image::draw(|_, _| [180, 90, 60]),
            Image::draw(|x, y| [noise(x, y); 3]),
        ];
        let mut state = State::new(Settings::recommended(Images::Own));
        let newcomer = |image| Newcomer { image, ..fixture::newcomer("x", None) };
        state.add(images.map(newcomer).into());
        state
    }

    #[test]
    fn each_fault_is_found_by_its_measure() {
        let state = faults();
        let found = |place: usize| {
            let measure = &MEASURES[place];
            let mut found = measure.faulty(&measure.measured(&state), measure.thresholds[0]);
            found.sort_unstable();
            (measure.name, found)
        };
        assert_eq!(found(0), ("Blurred", vec![1, 4]));
        assert_eq!(found(1), ("Dark", vec![2]));
        assert_eq!(found(2), ("Bright", vec![3]));
        assert_eq!(found(3), ("Flat", vec![2, 3, 4]));
        assert_eq!(found(4), ("Grey", vec![5]));
        assert_eq!([5, 6].map(|place| found(place).1), [[0; 0]; 2], "nothing is known of drawn pictures");
    }

    #[test]
    fn long_and_small_pictures_are_found_by_their_files() {
        let mut state = State::new(Settings::recommended(Images::Own));
        let newcomer = |(width, height)| {
            let origin = Origin { width, height, ..Origin::default() };
            Newcomer { origin, ..fixture::newcomer("x", None) }
        };
        state.add([(4000, 3000), (300, 900), (0, 0), (9000, 1000), (120, 150)].map(newcomer).into());
        let [long, small] = [&MEASURES[5], &MEASURES[6]];
        assert_eq!(long.measured(&state), [(9.0, 3), (3.0, 1), (4.0 / 3.0, 0), (1.25, 4)]);
        assert_eq!(long.faulty(&long.measured(&state), 2.0), [3, 1]);
        assert_eq!(small.faulty(&small.measured(&state), 200.0), [4]);
    }

    #[test]
    fn measures_agree_with_closed_forms() {
        // Columns of 0 and 200 in turn: the Laplacian is 400 or −400.
        let stripes = Image::draw(|x, _| [(x % 2 * 200) as u8; 3]);
        assert!((sharpness(&stripes) - 160_000.0).abs() < 1.0);
        assert!((brightness(&stripes) - 100.0).abs() < 0.01 && (contrast(&stripes) - 100.0).abs() < 0.01);
        assert_eq!(colourfulness(&Image::draw(|_, _| [200, 50, 100])), 150.0);
    }

    /// Returns points whose directions are scattered, and whose lengths do not matter.
    fn points() -> Vec<[f32; 2]> {
        (0..40)
            .map(|i| (i as f32 * 2.399, 1.0 + (i % 3) as f32))
            .map(|(a, r)| [r * a.cos() + 1.5 * r, r * a.sin()])
            .collect()
    }

    fn similarity(a: [f32; 2], b: [f32; 2]) -> f32 {
        let length = |[x, y]: [f32; 2]| x.hypot(y);
        (a[0] * b[0] + a[1] * b[1]) / (length(a) * length(b))
    }

    #[test]
    fn most_typical_pictures_agree_with_all_pairs() {
        let points = points();
        let mean = |i: usize| points.iter().map(|other| similarity(points[i], *other)).sum::<f32>();
        let mut order: Vec<_> = (0..points.len()).collect();
        order.sort_by(|a, b| mean(*b).total_cmp(&mean(*a)));
        let expected: Vec<_> = order[..7].iter().map(|i| *i as u32).collect();
        assert_eq!(typical(&embedded(&points), 7), expected);
    }

    #[test]
    fn picks_are_farthest_first_and_cover_within_twice_the_best() {
        let points = points();
        let state = embedded(&points);
        let picked = farthest_first(&state, 4);
        let nearest = |picks: &[u32], i: usize| {
            picks.iter().map(|pick| similarity(points[i], points[*pick as usize])).fold(-1.0, f32::max)
        };
        let least = |picks: &[u32]| (0..points.len()).map(|i| nearest(picks, i)).fold(1.0, f32::min);
        assert_eq!(picked[0], typical(&state, 1)[0]);
        for count in 1..picked.len() {
            let farthest = nearest(&picked[..count], picked[count] as usize);
            assert!((farthest - least(&picked[..count])).abs() < 1e-6, "{count}");
        }
        // Brute force over all sets of four; angles are a metric.
        let all = 0..points.len() as u32;
        let mut best = -1.0_f32;
        for a in all.clone() {
            for b in a + 1..all.end {
                for c in b + 1..all.end {
                    for d in c + 1..all.end {
                        best = best.max(least(&[a, b, c, d]));
                    }
                }
            }
        }
        assert!(least(&picked).acos() <= 2.0 * best.acos() + 1e-4);
        assert_eq!(farthest_first(&state, 99).len(), points.len());
        assert!(farthest_first(&fixture::state(3), 2).is_empty(), "there are no embeddings");
    }
}
