//! Ten kinds of drawn figures. Colour, position, size and rotation are random in each picture, so that pixels
//! alone say little about the kind.

use std::f32::consts::{SQRT_2, TAU};

use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::Sample;
use crate::image::{Image, SIDE};

/// Labels of the kinds of figures.
pub const SHAPE_LABELS: [&str; 10] =
    ["disc", "ring", "square", "triangle", "star", "cross", "heart", "crescent", "dots", "stripes"];

/// Number of pictures in the set: a hundred of each kind.
pub const SHAPES: usize = 1000;

/// Smallest distance between the colours of figure and background, out of √3 · 255.
const MIN_CONTRAST: f32 = 140.0;

/// Largest change of a colour value by noise, out of 255.
const NOISE: f32 = 6.0;

/// Side in pixels of a block that is first filled as a whole, and then in quarters.
const BLOCK: usize = 32;

const _: () = assert!(SIDE.is_multiple_of(BLOCK) && BLOCK.is_power_of_two());

/// Point relative to a figure of radius 1 around the origin.
type Point = [f32; 2];

/// Part of a figure; a figure is the union of its parts.
enum Part {
    /// The interior of the outline.
    Polygon(Vec<Point>),
    /// All points within `radius` of the centre.
    Disc { centre: Point, radius: f32 },
    /// All points within half of `width` of the circle of `radius` around the origin.
    Ring { radius: f32, width: f32 },
}

/// Draws picture `index` (below [`SHAPES`]) of the set with this `seed`.
///
/// Neighbouring indices show different kinds, so that any section of the set is mixed.
pub fn shape(index: usize, seed: u64) -> Sample {
    let kind = index % SHAPE_LABELS.len();
    let label = SHAPE_LABELS[kind];
    let mut rng = Pcg64Mcg::seed_from_u64(seed.wrapping_mul(SHAPES as u64) + index as u64);
    let image = draw(&figure(kind), &mut rng);
    Sample { name: format!("{label} {}", index / SHAPE_LABELS.len() + 1), label, image }
}

/// Returns the figure of a kind, upright, within the unit circle.
fn figure(kind: usize) -> Vec<Part> {
    let corners = |count: usize, turn: f32| (0..count).map(move |i| on_circle(i, count, turn)).collect();
    let polygon = match SHAPE_LABELS[kind] {
        "disc" => return vec![Part::Disc { centre: [0.0, 0.0], radius: 0.9 }],
        "ring" => return vec![Part::Ring { radius: 0.76, width: 0.36 }],
        "dots" => return (0..3).map(dot).collect(),
        "stripes" => return [-0.6, 0.0, 0.6].map(stripe).into(),
        "square" => corners(4, TAU / 8.0),
        "triangle" => corners(3, -TAU / 4.0),
        "star" => {
            let radius = |i: usize| if i.is_multiple_of(2) { 1.0 } else { 0.42 };
            (0..10).map(|i| scaled(on_circle(i, 10, -TAU / 4.0), radius(i))).collect()
        }
        "cross" => cross(0.32),
        "heart" => (0..32).map(|i| heart(i as f32 / 32.0 * TAU)).collect(),
        "crescent" => crescent(),
        kind => unreachable!("{kind} has no figure"),
    };
    vec![Part::Polygon(polygon)]
}

/// Returns one of three discs on a circle.
fn dot(i: usize) -> Part {
    Part::Disc { centre: scaled(on_circle(i, 3, -TAU / 4.0), 0.62), radius: 0.34 }
}

/// Returns a horizontal bar at height `y`.
fn stripe(y: f32) -> Part {
    let (length, half) = (0.8, 0.16);
    Part::Polygon(vec![[-length, y - half], [length, y - half], [length, y + half], [-length, y + half]])
}

fn on_circle(i: usize, count: usize, turn: f32) -> Point {
    let angle = turn + i as f32 / count as f32 * TAU;
    [angle.cos(), angle.sin()]
}

fn scaled([x, y]: Point, factor: f32) -> Point {
    [x * factor, y * factor]
}

/// Returns a plus sign whose arms are `2 × half` wide.
fn cross(half: f32) -> Vec<Point> {
    let (h, l) = (half, 0.95);
    vec![
        [h, l],
        [h, h],
        [l, h],
        [l, -h],
        [h, -h],
        [h, -l],
        [-h, -l],
        [-h, -h],
        [-l, -h],
        [-l, h],
        [-h, h],
        [-h, l],
    ]
}

/// Returns a point of the heart curve x = 16 sin³ t, y = 13 cos t − 5 cos 2t − 2 cos 3t − cos 4t.
fn heart(t: f32) -> Point {
    let x = 16.0 * t.sin().powi(3);
    let y = 13.0 * t.cos() - 5.0 * (2.0 * t).cos() - 2.0 * (3.0 * t).cos() - (4.0 * t).cos();
    [x / 17.0, -(y + 2.0) / 17.0]
}

/// Returns the unit disc minus a disc shifted to the right.
fn crescent() -> Vec<Point> {
    let (tip, shift, radius): (f32, f32, f32) = (1.1, 0.55, 0.894);
    let outer = (0..=16).map(|i| tip + i as f32 / 16.0 * (TAU - 2.0 * tip));
    let outer = outer.map(|angle| [angle.cos(), angle.sin()]);
    // The inner arc runs back between the same two tips.
    let inner_tip = f32::atan2(tip.sin(), tip.cos() - shift);
    let inner = (0..=16).map(|i| (TAU - inner_tip) - i as f32 / 16.0 * (TAU - 2.0 * inner_tip));
    let inner = inner.map(|angle| [shift + radius * angle.cos(), radius * angle.sin()]);
    outer.chain(inner).map(|[x, y]| [x + 0.15, y]).collect()
}

/// Draws the figure with random colours, position, size and rotation.
fn draw(figure: &[Part], rng: &mut impl Rng) -> Image {
    let (ink, ground) = colours(rng);
    let side = SIDE as f32;
    let radius = rng.random_range(0.30..0.46) * side;
    let margin = radius.min(side / 2.0 - 1.0);
    let centre = [rng.random_range(margin..side - margin), rng.random_range(margin..side - margin)];
    let (sin, cos) = rng.random_range(0.0..TAU).sin_cos();
    let ink_shares = ink_shares(|x, y| {
        let (dx, dy) = (x - centre[0], y - centre[1]);
        signed_distance(figure, [(cos * dx + sin * dy) / radius, (cos * dy - sin * dx) / radius]) * radius
    });
    // A plain loop: in the size-optimised page, closures are called for every pixel.
    let mut pixels = vec![[0; 3]; SIDE * SIDE];
    for (pixel, ink_share) in pixels.iter_mut().zip(ink_shares) {
        let noise = rng.next_u32().to_le_bytes();
        for channel in 0..3 {
            let colour = ground[channel] + (ink[channel] - ground[channel]) * ink_share;
            let noise = (f32::from(noise[channel]) / 127.5 - 1.0) * NOISE;
            // The conversion saturates.
            pixel[channel] = (colour + noise) as u8;
        }
    }
    Image::from_rgb(pixels.into_flattened()).expect("every pixel is drawn")
}

/// Returns the share of ink in every pixel. `distance` is the signed distance from the figure's edge at a
/// point, negative inside, in pixels.
fn ink_shares(distance: impl Fn(f32, f32) -> f32) -> Vec<f32> {
    let mut shares = vec![0.0; SIDE * SIDE];
    for top in (0..SIDE).step_by(BLOCK) {
        for left in (0..SIDE).step_by(BLOCK) {
            ink_block(&mut shares, [left, top], BLOCK, &distance);
        }
    }
    shares
}

/// Fills a block of `side` × `side` pixels: at once if the edge does not cross it, otherwise in quarters.
fn ink_block(shares: &mut [f32], [left, top]: [usize; 2], side: usize, distance: &impl Fn(f32, f32) -> f32) {
    let half = side as f32 / 2.0;
    let middle = distance(left as f32 + half, top as f32 + half);
    // Within the block, distances differ from that at its middle by no more than the way there, which to the
    // centre of a corner pixel is half a diagonal minus 0.7 pixels; the edge is soft for 0.5.
    if side > 1 && middle.abs() < half * SQRT_2 {
        let side = side / 2;
        for (right, down) in [(0, 0), (side, 0), (0, side), (side, side)] {
            ink_block(shares, [left + right, top + down], side, distance);
        }
        return;
    }
    // One pixel of soft edge.
    let share = (0.5 - middle).clamp(0.0, 1.0);
    for row in shares.chunks_exact_mut(SIDE).skip(top).take(side) {
        row[left..left + side].fill(share);
    }
}

/// Draws two random colours that are clearly different.
fn colours(rng: &mut impl Rng) -> ([f32; 3], [f32; 3]) {
    let mut colour = || -> [f32; 3] { std::array::from_fn(|_| rng.random_range(0.0..255.0)) };
    loop {
        let (ink, ground) = (colour(), colour());
        let distance: f32 = ink.iter().zip(&ground).map(|(a, b)| (a - b).powi(2)).sum();
        if distance.sqrt() >= MIN_CONTRAST {
            return (ink, ground);
        }
    }
}

/// Returns the distance from the figure's edge, negative inside.
fn signed_distance(figure: &[Part], point: Point) -> f32 {
    figure.iter().map(|part| distance_to_part(part, point)).fold(f32::INFINITY, f32::min)
}

fn distance_to_part(part: &Part, [x, y]: Point) -> f32 {
    match part {
        Part::Ring { radius, width } => ((x * x + y * y).sqrt() - radius).abs() - width / 2.0,
        Part::Disc { centre, radius } => ((x - centre[0]).powi(2) + (y - centre[1]).powi(2)).sqrt() - radius,
        Part::Polygon(corners) => distance_to_polygon(corners, [x, y]),
    }
}

/// Returns the distance from a polygon's edge, negative inside (even-odd rule).
fn distance_to_polygon(polygon: &[Point], [x, y]: Point) -> f32 {
    let mut nearest = f32::INFINITY;
    let mut inside = false;
    let mut previous = polygon[polygon.len() - 1];
    for &corner in polygon {
        let ([ax, ay], [bx, by]) = (previous, corner);
        let (ex, ey) = (bx - ax, by - ay);
        let along = (((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey)).clamp(0.0, 1.0);
        let (dx, dy) = (x - ax - ex * along, y - ay - ey * along);
        let distance = dx * dx + dy * dy;
        // NaN if the edge has no length, so not nearer.
        if distance < nearest {
            nearest = distance;
        }
        if (ay > y) != (by > y) && x < ax + ex * (y - ay) / ey {
            inside = !inside;
        }
        previous = corner;
    }
    if inside { -nearest.sqrt() } else { nearest.sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the checksum of a figure's bytes (Fletcher's, modulo 65,521).
    fn checksum(sample: &Sample) -> u32 {
        let next = |(a, b): (u32, u32), byte: &u8| ((a + u32::from(*byte)) % 65_521, (a + b) % 65_521);
        let (a, b) = sample.image.rgb().iter().fold((1, 0), next);
        b << 16 | a
    }

    #[test]
    fn sets_are_reproducible_and_depend_on_the_seed() {
        let checksums = [1, 2].map(|seed| {
            let figures = (0..SHAPES).map(|index| checksum(&shape(index, seed)));
            figures.fold(0_u32, |sum, figure| sum.rotate_left(1) ^ figure)
        });
        assert_eq!(
            checksums,
            [3_958_514_490, 1_429_445_186],
            "links promise the sets that they promised before"
        );
        assert_ne!(shape(17, 1).image, shape(17, 2).image);
        assert_ne!(shape(17, 1).image, shape(27, 1).image);
    }

    #[test]
    fn every_kind_has_a_hundred_pictures() {
        let count = |label| (0..SHAPES).filter(|i| SHAPE_LABELS[i % 10] == label).count();
        assert!(SHAPE_LABELS.iter().all(|label| count(*label) == 100));
    }

    #[test]
    fn distance_to_a_square_agrees_with_the_textbook() {
        let square = [[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]];
        for (point, distance) in
            [([0.0, 0.0], -1.0), ([0.5, 0.0], -0.5), ([3.0, 0.0], 2.0), ([4.0, 5.0], 5.0)]
        {
            assert!((distance_to_polygon(&square, point) - distance).abs() < 1e-6, "{point:?}");
        }
    }

    #[test]
    fn filled_blocks_agree_with_single_pixels() {
        for (kind, label) in SHAPE_LABELS.iter().enumerate() {
            let figure = figure(kind);
            for (radius, turn) in [(28.8, 0.3), (44.0, 2.0), (37.0, 4.4)] {
                let (sin, cos) = f32::sin_cos(turn);
                let distance = |x: f32, y: f32| {
                    let (dx, dy) = (x - 45.0, y - 50.0);
                    let point = [(cos * dx + sin * dy) / radius, (cos * dy - sin * dx) / radius];
                    signed_distance(&figure, point) * radius
                };
                for (at, share) in ink_shares(distance).into_iter().enumerate() {
                    let [x, y] = [at % SIDE, at / SIDE].map(|place| place as f32 + 0.5);
                    let alone = (0.5 - distance(x, y)).clamp(0.0, 1.0);
                    assert_eq!(share, alone, "{label} at {x}, {y}");
                }
            }
        }
    }

    #[test]
    fn figures_fill_their_circle_without_leaving_it() {
        for (kind, label) in SHAPE_LABELS.iter().enumerate() {
            let figure = figure(kind);
            let inside = |radius: f32| {
                let around = (0..720).map(|i| scaled(on_circle(i, 720, 0.0), radius));
                around.filter(|point| signed_distance(&figure, *point) < 0.0).count()
            };
            assert!(inside(0.75) > 0, "{label} is too small");
            assert_eq!(inside(1.15), 0, "{label} is too large");
        }
    }
}
