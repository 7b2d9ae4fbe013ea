//! InfoNCE over a batch of pairs, in the symmetric NT-Xent form.
//!
//! Sources: van den Oord, Li & Vinyals 2018 (InfoNCE); Chen, Kornblith, Norouzi &
//! Hinton 2020, equation 1 (NT-Xent).

use burn::tensor::{Device, Tensor};

use super::{BatchLoss, LogitScale, pairing::Pairing};
use crate::settings::Similarity;

/// NT-Xent for batches of one size.
///
/// For anchor `i` with positive `p(i)` and similarity `s`:
/// `ℓᵢ = −s(i, p(i))/τ + log Σ_{k≠i} exp(s(i, k)/τ)`, averaged over all `2n` anchors.
#[derive(Clone, Debug)]
pub struct InfoNce {
    pairing: Pairing,
    similarity: Similarity,
}

impl InfoNce {
    /// Prepares the loss for batches of `pairs` pairs.
    pub fn new(pairs: usize, similarity: Similarity, device: &Device) -> Self {
        Self { pairing: Pairing::new(pairs, device), similarity }
    }

    /// Computes the loss of a batch.
    ///
    /// # Shapes
    /// - `projections`: `[2n, dimensions]`; rows `i` and `i + n` are the views of one picture
    pub fn forward(&self, projections: Tensor<2>, scale: &LogitScale) -> BatchLoss {
        self.pairing.cross_entropy(projections, self.similarity, scale, &self.pairing.not_self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        loss::reference::{self, PAIRS, Reference, VIEWS, assert_close, collapsed, projections, slope},
        settings::LossKind,
    };

    fn forward(projections: Tensor<2>, similarity: Similarity, temperature: f32) -> BatchLoss {
        let device = projections.device();
        let scale = reference::scale(LossKind::InfoNce, temperature, &device);
        InfoNce::new(PAIRS, similarity, &device).forward(projections, &scale)
    }

    /// Computes the definition, pair by pair, in double precision.
    fn by_loops(reference: &Reference, similarity: Similarity, tau: f64) -> f64 {
        let anchor = |i: usize| {
            let weight = |j| (reference.similarity(i, j, similarity) / tau).exp();
            let partition: f64 = Reference::others(i).map(weight).sum();
            -(weight(Reference::positive(i)) / partition).ln()
        };
        (0..VIEWS).map(anchor).sum::<f64>() / VIEWS as f64
    }

    #[test]
    fn agrees_with_nested_loops() {
        for similarity in [Similarity::Cosine, Similarity::Dot] {
            for index in 0..4 {
                let projections = projections(index);
                let reference = Reference::new(&projections);
                let batch = forward(reference::tensor(&projections), similarity, 0.3);
                assert_close(batch, by_loops(&reference, similarity, 0.3), &reference);
            }
        }
    }

    #[test]
    fn gradient_agrees_with_the_slope_of_the_loops() {
        for similarity in [Similarity::Cosine, Similarity::Dot] {
            reference::assert_gradient(
                |projections| forward(projections, similarity, 0.3),
                |reference| by_loops(reference, similarity, 0.3),
            );
        }
    }

    #[test]
    fn temperature_gradient_agrees_with_the_slope_of_the_loops() {
        let projections = projections(1);
        let reference = Reference::new(&projections);
        let of = |log_tau: f64| by_loops(&reference, Similarity::Cosine, log_tau.exp());
        let (gradients, scale) = reference::scale_gradients(LossKind::InfoNce, 0.3, |tensor, scale| {
            InfoNce::new(PAIRS, Similarity::Cosine, &tensor.device()).forward(tensor, scale)
        });
        reference::assert_slope(scale.log_temperature_slope(&gradients), slope(of, 0.3_f64.ln()));
    }

    #[test]
    fn loss_is_symmetric_in_the_views() {
        let projections = projections(0);
        let (first, second) = projections.split_at(projections.len() / 2);
        let of = |projections: &[f32]| {
            reference::statistics(forward(reference::tensor(projections), Similarity::Cosine, 0.3))
        };
        let (a, b) = (of(&projections), of(&[second, first].concat()));
        assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-6), "{a:?} {b:?}");
    }

    #[test]
    fn collapsed_projections_cost_the_log_of_the_number_of_others() {
        let loss =
            forward(reference::tensor(&collapsed()), Similarity::Cosine, 0.3).loss.into_scalar::<f32>();
        assert!((f64::from(loss) - f64::ln((VIEWS - 1) as f64)).abs() < 1e-5, "{loss}");
    }

    #[test]
    fn degenerate_projections_give_finite_values() {
        for similarity in [Similarity::Cosine, Similarity::Dot] {
            reference::assert_finite_at_the_limits(|projections| forward(projections, similarity, 0.01));
        }
    }
}
