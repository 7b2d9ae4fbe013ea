//! One seed, many independent generators.
//!
//! Everything random in a run is drawn on the CPU from here, never by the device:
//! devices' own generators differ, and a run must be the same on all of them. Each
//! purpose and each step has a generator of its own, so a run can be resumed at any
//! step without replaying those before it.

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

/// What random numbers are drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// First weights of the network.
    Weights,
    /// Which pictures form a batch; indexed by the epoch.
    Batches,
    /// What happens to a batch's views; indexed by the step.
    Views,
    /// What happens to views that are only shown; indexed by the draw.
    Preview,
    /// Which view is each anchor's negative in a triplet; indexed by the step.
    Negatives,
    /// Which labels a classifier is given; indexed by the label.
    Labels,
    /// Batches and views of a fine-tuning; indexed by the step.
    FineTuning,
    /// Seeds of groups; indexed by their number and the restart.
    Groups,
    /// Views by which invariance is measured; indexed by the pass.
    Invariance,
    /// Folds of a cross-validation; indexed by the place among the classes that are dealt.
    Folds,
}

/// The generator for one purpose; `index` tells steps, epochs or draws apart.
pub fn generator(seed: u32, purpose: Purpose, index: u32) -> Pcg64Mcg {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&seed.to_le_bytes());
    bytes[4..8].copy_from_slice(&(purpose as u32).to_le_bytes());
    bytes[8..12].copy_from_slice(&index.to_le_bytes());
    // A multiplicative generator spreads a small seed slowly, so the seed is mixed first.
    let key = u128::from_le_bytes(bytes);
    Pcg64Mcg::seed_from_u64(mix(key as u64) ^ mix((key >> 64) as u64 ^ 0x9e37_79b9_7f4a_7c15))
}

/// SplitMix64's finaliser (Steele, Lea & Flood 2014).
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;

    #[test]
    fn generators_repeat_themselves_and_differ_from_each_other() {
        let first = |seed, purpose, index| generator(seed, purpose, index).random::<u64>();
        assert_eq!(first(1, Purpose::Views, 7), first(1, Purpose::Views, 7));
        let mut seen: Vec<u64> = Vec::new();
        for seed in 0..4 {
            for purpose in
                [Purpose::Weights, Purpose::Batches, Purpose::Views, Purpose::Preview, Purpose::Negatives]
            {
                seen.extend((0..64).map(|index| first(seed, purpose, index)));
            }
        }
        let drawn = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), drawn);
    }
}
