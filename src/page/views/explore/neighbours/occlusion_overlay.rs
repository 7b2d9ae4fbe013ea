//! The explanation of a pair's similarity in words and pixels.

use crate::{page::words, plot::diverging::diverging, protocol::Explanation};

/// Opacity of the map above the picture.
const OPACITY: f32 = 0.7;

/// Drop of similarity below which it is neither mentioned nor strongly coloured.
const LEAST: f32 = 0.01;

/// Returns the drop at the ends of the colour map, the same for both pictures.
pub fn scale(explanation: &Explanation) -> f32 {
    let drops = explanation.drops.iter().flat_map(|drops| &drops.0);
    drops.fold(LEAST, |most, drop| most.max(drop.abs()))
}

/// Returns the meaning of the colours.
pub fn legend(explanation: &Explanation) -> &'static str {
    if scale(explanation) > LEAST {
        "By how much similarity drops when a place is covered. Orange places carry it; covering blue ones makes the two more alike."
    } else {
        "Hardly any influence: whichever place is covered, similarity stays within 0.01 of what it was."
    }
}

/// Returns RGBA bytes of a map of `side` × `side` drops over a picture in grey; `rgb` has
/// `picture_side`² pixels, and so has the result.
pub fn overlay(rgb: &[u8], picture_side: usize, drops: &[f32], side: usize, scale: f32) -> Vec<u8> {
    let pixel = |(i, pixel): (usize, &[u8])| {
        let [row, column] = [i / picture_side, i % picture_side].map(|at| at * side / picture_side);
        let colour = diverging(drops.get(row * side + column).copied().unwrap_or(0.0) / scale);
        let [r, g, b] = [0, 1, 2].map(|channel| f32::from(pixel[channel]));
        let grey = 0.299 * r + 0.587 * g + 0.114 * b;
        let [r, g, b] = colour.map(|map| (OPACITY * f32::from(map) + (1.0 - OPACITY) * grey).round() as u8);
        [r, g, b, 255]
    };
    rgb.chunks_exact(3).enumerate().flat_map(pixel).collect()
}

/// Describes in a sentence how similar the two are, and where covering costs most.
pub fn sentence(explanation: &Explanation) -> String {
    let similarity = words::similarity(explanation.similarity);
    let side = explanation.side as usize;
    let [first, second] = [0, 1].map(|i| strongest(&explanation.drops[i].0, side));
    let part = |which: &str, found: Option<(f32, String)>| match found {
        Some((drop, place)) => format!("{place} of {which} lowers it by up to {}", words::similarity(drop)),
        None => format!("no single place of {which} lowers it"),
    };
    match (first, second) {
        (None, None) => {
            format!("Similarity {similarity}. Covering any one place of either hardly lowers it.")
        }
        (first, second) => format!(
            "Similarity {similarity}. Covering {}, {}.",
            part("the first", first),
            part("the second", second)
        ),
    }
}

/// Returns the greatest drop and its place; `None` if it is not worth mentioning.
fn strongest(drops: &[f32], side: usize) -> Option<(f32, String)> {
    let (pixel, drop) = drops.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    let third = |at: usize| (3 * at / side.max(1)).min(2);
    let (row, column) = (third(pixel / side), third(pixel % side));
    let place = match (["upper ", "", "lower "][row], ["left", "", "right"][column]) {
        ("", "") => "the middle".to_owned(),
        ("", side) => format!("the {side}"),
        (half, "") => format!("the {half}middle"),
        (half, side) => format!("the {half}{side}"),
    };
    (*drop >= LEAST).then_some((*drop, place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Floats, Pair, Stage, Subject};

    fn explanation(first: Vec<f32>, second: Vec<f32>) -> Explanation {
        let pair = Pair { stage: Stage::Trained, subjects: [Subject::Picture(1), Subject::Query(1)] };
        let drops = [Floats(first), Floats(second)];
        Explanation { pair, step: 1, similarity: 0.8, side: 6, drops }
    }

    fn one_spot(row: usize, column: usize, drop: f32) -> Vec<f32> {
        (0..36).map(|i| if i == row * 6 + column { drop } else { 0.0 }).collect()
    }

    #[test]
    fn sentence_names_the_places_with_the_greatest_drops() {
        let found = explanation(one_spot(0, 5, 0.3), one_spot(3, 2, 0.1));
        assert_eq!(
            sentence(&found),
            "Similarity 0.80. Covering the upper right of the first lowers it by up to 0.30, the middle of the second lowers it by up to 0.10."
        );
        assert_eq!((scale(&found), legend(&found).starts_with("By how much")), (0.3, true));
        let flat = explanation(vec![0.0; 36], one_spot(1, 1, -0.004));
        assert_eq!((scale(&flat), legend(&flat).starts_with("Hardly any")), (0.01, true));
        let found = explanation(one_spot(0, 0, -0.3), one_spot(5, 0, 0.001));
        assert_eq!(sentence(&found), "Similarity 0.80. Covering any one place of either hardly lowers it.");
        assert_eq!(scale(&found), 0.3);
    }

    #[test]
    fn each_pixel_is_coloured_by_its_place_in_the_map() {
        // A map of two by two drops over four by four pixels of black.
        let rgba = overlay(&[0; 48], 4, &[1.0, -1.0, 0.0, 0.5], 2, 1.0);
        let at = |row: usize, column: usize| &rgba[(row * 4 + column) * 4..][..4];
        assert_eq!((at(0, 0), at(1, 1)), (&[127, 60, 6, 255][..], &[127, 60, 6, 255][..]));
        assert_eq!((at(0, 2), at(2, 0)), (&[39, 81, 140, 255][..], &[169, 169, 169, 255][..]));
        assert_eq!(at(3, 3), &[151, 115, 95, 255][..]);
    }
}
