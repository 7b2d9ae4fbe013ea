//! Copies found in sets of pictures: `cargo xtask copies [SET…]`.
//!
//! The sets are those of [`sets`]. 160 of a set's pictures get a copy, altered in one of eight ways. It
//! prints how many of these are found, by alteration, then the pairs of different pictures that count as
//! copies, and the CPU time.

mod sets;

use std::{env, time::Instant};

use image::RgbImage;
use likeness::{
    evaluate::copies::{
        alterations::ALTERATIONS,
        are_copies,
        thumbnails::{Thumbnails, thumbnail},
    },
    image::{Image, SIDE},
};
use sets::Set;

/// Number of copies added to a set.
const COPIES: usize = 160;

fn main() {
    let named: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let names = if named.is_empty() { vec!["shapes".to_owned(), "fashion".to_owned()] } else { named };
    for name in names {
        measure(&name);
    }
}

fn measure(name: &str) {
    let Set { mut images, kinds } = Set::read(name, 1);
    let originals = images.len();
    let copied: Vec<usize> = (0..COPIES).map(|copy| copy * originals / COPIES).collect();
    for (copy, original) in copied.iter().enumerate() {
        let side = SIDE as u32;
        let picture = RgbImage::from_raw(side, side, images[*original].rgb().to_vec()).expect("it is square");
        let altered = ALTERATIONS[copy % ALTERATIONS.len()].1(&picture);
        images.push(Image::from_rgb(altered.into_raw()).expect("alterations keep the size"));
    }
    let started = Instant::now();
    let thumbnails = Thumbnails::new(images.iter().flat_map(|image| thumbnail(image.rgb())).collect());
    let mut candidates = Vec::new();
    while let rows = thumbnails.slice(candidates.last().map_or(0, |(end, _)| *end))
        && !rows.is_empty()
    {
        candidates.push((rows.end, thumbnails.candidates(rows)));
    }
    let mut candidates: Vec<_> = candidates.into_iter().flat_map(|(_, some)| some).collect();
    candidates.sort_unstable();
    candidates.dedup();
    let pairs: Vec<(usize, usize)> = candidates
        .iter()
        .filter(|pair| are_copies(images[pair.one].rgb(), images[pair.other].rgb(), pair.mirrored))
        .map(|pair| (pair.one, pair.other))
        .collect();
    let seconds = started.elapsed().as_secs_f32();
    let original = |row: usize| row.checked_sub(originals).map_or(row, |copy| copied[copy]);
    println!("{name}: {} pictures, {} candidates, {seconds:.1} s", images.len(), candidates.len());
    for (kind, (alteration, _)) in ALTERATIONS.iter().enumerate() {
        let copies: Vec<_> = (kind..COPIES).step_by(ALTERATIONS.len()).collect();
        let found =
            copies.iter().filter(|copy| pairs.contains(&(copied[**copy], originals + **copy))).count();
        println!("  {alteration}: {found} of {}", copies.len());
    }
    let mut false_pairs: Vec<_> =
        pairs.iter().map(|(a, b)| (original(*a), original(*b))).filter(|(a, b)| a != b).collect();
    false_pairs.sort_unstable();
    false_pairs.dedup();
    let of_one_kind = false_pairs.iter().filter(|(a, b)| kinds[*a] == kinds[*b]).count();
    println!("  pairs of different pictures: {}, of one kind {of_one_kind}", false_pairs.len());
}
