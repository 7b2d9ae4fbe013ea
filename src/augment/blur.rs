//! Gaussian blur.

use serde::{Deserialize, Serialize};

/// Number of standard deviations at which the kernel is truncated.
const REACH: f32 = 3.0;

/// Isotropic Gaussian blur.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Blur {
    /// Standard deviation, as a share of the picture's side.
    pub deviation: f32,
}

impl Blur {
    /// No blur.
    pub const NONE: Self = Self { deviation: 0.0 };

    /// Returns the kernel weights along one axis of a view of `side` pixels: an odd number, centred on the
    /// pixel itself, with sum 1.
    pub fn weights(&self, side: usize) -> Vec<f32> {
        let deviation = self.deviation * side as f32;
        // A kernel narrower than a pixel has a single weight: the pixel's own.
        let reach = (REACH * deviation).floor().min(side as f32) as i32;
        let bell = |distance: i32| (-0.5 * (distance as f32 / deviation).powi(2)).exp();
        let curve: Vec<f32> = (-reach..=reach).map(|at| if at == 0 { 1.0 } else { bell(at) }).collect();
        let sum: f32 = curve.iter().sum();
        curve.into_iter().map(|weight| weight / sum).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_have_the_requested_deviation() {
        for pixels in [1.0_f32, 2.0, 4.0] {
            let weights = Blur { deviation: pixels / 32.0 }.weights(32);
            let middle = weights.len() as f32 / 2.0 - 0.5;
            let variance: f32 =
                weights.iter().enumerate().map(|(at, weight)| weight * (at as f32 - middle).powi(2)).sum();
            assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-6);
            // Truncated at three deviations, a Gaussian keeps 97.3 % of its variance.
            assert!(
                (variance.sqrt() / pixels - 0.99).abs() < 0.03,
                "{} instead of {pixels}",
                variance.sqrt()
            );
        }
    }

    #[test]
    fn zero_deviation_gives_one_weight() {
        assert_eq!(Blur::NONE.weights(32), [1.0]);
        assert_eq!(Blur { deviation: 1e-4 }.weights(16), [1.0]);
    }
}
