//! Samples at regular intervals.

/// Returns at most `most` of `count` rows, in ascending order and spread over all of them, so that sets
/// loaded folder by folder are sampled from every folder.
pub fn strided(count: usize, most: usize) -> Vec<usize> {
    let sample = count.min(most);
    (0..sample).map(|at| at * count / sample).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_complete_or_evenly_spread() {
        assert_eq!(strided(3, 8), [0, 1, 2]);
        assert_eq!(strided(0, 8), [0; 0]);
        assert_eq!(strided(10, 4), [0, 2, 5, 7]);
        for count in [100, 999, 10_000] {
            let rows = strided(count, 64);
            assert_eq!(rows.len(), 64);
            let distances: Vec<usize> = rows.windows(2).map(|two| two[1] - two[0]).collect();
            let (least, most) = (count / 64, count.div_ceil(64));
            assert!(distances.iter().all(|distance| (least..=most).contains(distance)), "{distances:?}");
        }
    }
}
