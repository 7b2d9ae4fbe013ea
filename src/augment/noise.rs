//! Gaussian noise.

use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;

/// Independent normal numbers that are added to every value of a view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Their standard deviation, where values are 0 … 1.
    pub deviation: f32,
    /// Draws them: on the CPU, so that they are the same on every device.
    pub seed: u64,
}

impl Noise {
    /// Adds nothing.
    pub const NONE: Self = Self { deviation: 0.0, seed: 0 };

    /// The numbers to add, without end: row by row, pixel by pixel, red, green and blue.
    pub fn values(self) -> impl Iterator<Item = f32> {
        let rng = Pcg64Mcg::seed_from_u64(self.seed);
        StandardNormal.sample_iter(rng).map(move |value: f32| value * self.deviation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_normal_and_repeat_themselves() {
        let noise = Noise { deviation: 0.2, seed: 7 };
        let values: Vec<f32> = noise.values().take(20_000).collect();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let variance = values.iter().map(|value| value.powi(2)).sum::<f32>() / values.len() as f32;
        assert!(mean.abs() < 0.006 && (variance.sqrt() - 0.2).abs() < 0.004, "{mean}, {variance}");
        // 68.3 % of a normal distribution lie within one deviation.
        let within = values.iter().filter(|value| value.abs() < 0.2).count() as f32 / values.len() as f32;
        assert!((within - 0.683).abs() < 0.015, "{within}");
        assert_eq!(values[..9], noise.values().take(9).collect::<Vec<_>>());
        assert_ne!(values[..9], Noise { seed: 8, ..noise }.values().take(9).collect::<Vec<_>>());
    }
}
