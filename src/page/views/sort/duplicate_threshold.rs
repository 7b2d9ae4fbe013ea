//! The suggested similarity of near-duplicates.

use super::state::HIGHEST_THRESHOLD;
use crate::protocol::PictureId;

/// Minimum of suggested thresholds.
const LEAST: f32 = 0.9;

/// Maximum share of pictures with near-duplicates at a suggested threshold: copies are rare, and a
/// threshold that finds many finds pictures that are merely similar.
const SHARE: f32 = 0.02;

/// Number of pictures that may always have near-duplicates: a pair.
const FEWEST: usize = 2;

/// Number of steps in 1 at which thresholds are suggested.
const STEPS: f32 = 1000.0;

/// Returns the least threshold, from [`LEAST`] to [`HIGHEST_THRESHOLD`], at which no more than
/// [`SHARE`] of the pictures have near-duplicates. `None` if more have even at the highest: such
/// embeddings cannot distinguish copies from other pictures.
///
/// `links` are those of a survey: the most similar first, and including every picture's nearest.
pub fn suggested(links: &[(PictureId, PictureId, f32)], pictures: usize) -> Option<f32> {
    let most = ((pictures as f32 * SHARE) as usize).max(FEWEST);
    let mut found: Vec<PictureId> = Vec::new();
    let first_too_many = links.iter().find(|(a, b, _)| {
        for id in [a, b] {
            if !found.contains(id) {
                found.push(*id);
            }
        }
        found.len() > most
    });
    let Some((_, _, similarity)) = first_too_many else { return Some(LEAST) };
    // The next step above the similarity, which does not reach it.
    let threshold = ((similarity * STEPS).floor() + 1.0) / STEPS;
    (threshold <= HIGHEST_THRESHOLD + 0.5 / STEPS).then(|| threshold.clamp(LEAST, HIGHEST_THRESHOLD))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns links between successive pictures.
    fn chain(similarities: impl Iterator<Item = f32>) -> Vec<(PictureId, PictureId, f32)> {
        similarities.zip(0..).map(|(similarity, id)| (id, id + 1, similarity)).collect()
    }

    /// Returns the number of pictures with a near-duplicate at a threshold, counted one by one.
    fn in_sets(links: &[(PictureId, PictureId, f32)], threshold: f32) -> usize {
        let near = |id| links.iter().any(|(a, b, s)| (*a == id || *b == id) && *s >= threshold);
        (0..=links.len() as u32).filter(|id| near(*id)).count()
    }

    #[test]
    fn threshold_is_the_least_that_finds_at_most_two_percent() {
        for pictures in [200, 500, 1000] {
            let links = chain((0..pictures - 1).map(|i| 0.9985 - i as f32 * 0.0007));
            let threshold = suggested(&links, pictures).expect("they can be told apart");
            assert!(threshold > LEAST && threshold < HIGHEST_THRESHOLD, "{threshold}");
            assert!(in_sets(&links, threshold) <= pictures / 50);
            assert!(in_sets(&links, threshold - 0.001) > pictures / 50);
        }
    }

    #[test]
    fn least_threshold_is_suggested_for_dissimilar_pictures() {
        assert_eq!(suggested(&[], 1000), Some(LEAST));
        assert_eq!(suggested(&chain([0.93, 0.87, 0.85].into_iter()), 3), Some(LEAST));
        assert_eq!(suggested(&chain([0.97, 0.85].into_iter()), 12), Some(LEAST));
    }

    #[test]
    fn one_pair_in_a_small_set_is_found() {
        let threshold = suggested(&[(0, 1, 0.998), (2, 3, 0.95), (1, 2, 0.92)], 20).expect("one pair");
        assert!(threshold > 0.95 && threshold <= 0.998, "{threshold}");
    }

    #[test]
    fn no_threshold_is_suggested_for_equal_embeddings() {
        assert_eq!(suggested(&chain([0.9995; 99].into_iter()), 100), None);
        assert_eq!(suggested(&chain([1.0; 99].into_iter()), 100), None);
        assert!(suggested(&chain([0.9985; 99].into_iter()), 100).is_some());
    }
}
