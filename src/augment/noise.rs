//! Gaussian noise.

use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

/// Independent normal noise added to every value of a view.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Noise {
    /// Standard deviation, for values in 0 … 1.
    pub deviation: f32,
    /// Seed of the noise, which is drawn on the CPU so that it is the same on every device.
    pub seed: u64,
}

impl Noise {
    /// No noise.
    pub const NONE: Self = Self { deviation: 0.0, seed: 0 };

    /// Returns an endless iterator of the noise: row by row, pixel by pixel, red, green and blue.
    pub fn values(self) -> impl Iterator<Item = f32> {
        let rng = Pcg64Mcg::seed_from_u64(self.seed);
        StandardNormal.sample_iter(rng).map(move |value: f32| value * self.deviation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_normal_and_reproducible() {
        let noise = Noise { deviation: 0.2, seed: 7 };
        let values: Vec<f32> = noise.values().take(20_000).collect();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let variance = values.iter().map(|value| value.powi(2)).sum::<f32>() / values.len() as f32;
        assert!(mean.abs() < 0.006 && (variance.sqrt() - 0.2).abs() < 0.004, "{mean}, {variance}");
        // 68.3 % of a normal distribution lies within one deviation.
        let within = values.iter().filter(|value| value.abs() < 0.2).count() as f32 / values.len() as f32;
        assert!((within - 0.683).abs() < 0.015, "{within}");
        assert_eq!(values[..9], noise.values().take(9).collect::<Vec<_>>());
        assert_ne!(values[..9], Noise { seed: 8, ..noise }.values().take(9).collect::<Vec<_>>());
    }
}
