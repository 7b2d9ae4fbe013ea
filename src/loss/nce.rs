//! Noise-contrastive estimation in its binary form: one logistic classification per pair of views.
//!
//! Sources: Gutmann & Hyvärinen 2010 (NCE as logistic regression); Zhai, Mustafa, Kolesnikov & Beyer 2023,
//! section 3.2 (the sigmoid loss of SigLIP). SigLIP compares every image with every text; here both sides are
//! views, so every view is compared with every other one.

use burn::tensor::{Device, Tensor, activation::log_sigmoid};

use super::{
    BatchLoss, LogitScale,
    pairing::{Pairing, cells},
};
use crate::settings::Similarity;

/// Sigmoid loss for batches of one size.
///
/// For anchor `i` and another view `j`, `z = +1` where `j` is the positive and −1 elsewhere:
/// `ℓᵢ = −Σ_{j≠i} log σ(z · (s(i, j)/τ + b))`, averaged over all `2n` anchors.
#[derive(Clone, Debug)]
pub struct Nce {
    pairing: Pairing,
    similarity: Similarity,
    /// Targets: 1 on the positives, otherwise −1, `[2n, 2n]`.
    answers: Tensor<2>,
}

impl Nce {
    /// Prepares the loss for batches of `pairs` pairs.
    pub fn new(pairs: usize, similarity: Similarity, device: &Device) -> Self {
        let answer = |row: usize, column: usize| if row.abs_diff(column) == pairs { 1.0 } else { -1.0 };
        Self { pairing: Pairing::new(pairs, device), similarity, answers: cells(pairs, device, answer) }
    }

    /// Computes the loss of a batch.
    ///
    /// # Shapes
    /// - `projections`: `[2n, dimensions]`; rows `i` and `i + n` are the views of one picture
    pub fn forward(&self, projections: Tensor<2>, scale: &LogitScale) -> BatchLoss {
        let compared = self.pairing.compare(projections, self.similarity);
        let certainty = scale.logits(compared.all.clone()) * self.answers.clone();
        // A view is not compared with itself: on the diagonal the mask makes the answer certain, at no cost.
        let right = log_sigmoid(certainty - self.pairing.not_self.clone());
        let loss = right.sum().div_scalar(-2.0 * self.pairing.pairs as f32);
        self.pairing.report(loss, compared, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        loss::reference::{self, PAIRS, Reference, VIEWS, assert_close, collapsed, projections, slope},
        settings::LossKind,
    };

    const TAU: f32 = 0.5;

    fn forward(projections: Tensor<2>, similarity: Similarity, temperature: f32) -> BatchLoss {
        let device = projections.device();
        let scale = reference::scale(LossKind::Nce, temperature, &device);
        Nce::new(PAIRS, similarity, &device).forward(projections, &scale)
    }

    /// Computes the definition, one comparison at a time, in double precision.
    fn by_loops(reference: &Reference, similarity: Similarity, tau: f64, bias: f64) -> f64 {
        let question = |i, j| {
            let logit = reference.similarity(i, j, similarity) / tau + bias;
            let yes = 1.0 / (1.0 + (-logit).exp());
            if j == Reference::positive(i) { -yes.ln() } else { -(1.0 - yes).ln() }
        };
        let anchor = |i| Reference::others(i).map(|j| question(i, j)).sum::<f64>();
        (0..VIEWS).map(anchor).sum::<f64>() / VIEWS as f64
    }

    fn first_bias(tau: f32) -> f64 {
        -1.0 / f64::from(tau)
    }

    #[test]
    fn agrees_with_nested_loops() {
        for similarity in [Similarity::Cosine, Similarity::Dot] {
            for index in 0..4 {
                let projections = projections(index);
                let reference = Reference::new(&projections);
                let batch = forward(reference::tensor(&projections), similarity, TAU);
                assert_close(
                    batch,
                    by_loops(&reference, similarity, f64::from(TAU), first_bias(TAU)),
                    &reference,
                );
            }
        }
    }

    #[test]
    fn gradient_agrees_with_the_slope_of_the_loops() {
        for similarity in [Similarity::Cosine, Similarity::Dot] {
            reference::assert_gradient(
                |projections| forward(projections, similarity, TAU),
                |reference| by_loops(reference, similarity, f64::from(TAU), first_bias(TAU)),
            );
        }
    }

    #[test]
    fn temperature_and_bias_gradients_agree_with_the_slope_of_the_loops() {
        let projections = projections(1);
        let reference = Reference::new(&projections);
        let (tau, bias) = (f64::from(TAU), first_bias(TAU));
        let (gradients, scale) = reference::scale_gradients(LossKind::Nce, TAU, |tensor, scale| {
            Nce::new(PAIRS, Similarity::Cosine, &tensor.device()).forward(tensor, scale)
        });
        let by_temperature = |log_tau: f64| by_loops(&reference, Similarity::Cosine, log_tau.exp(), bias);
        reference::assert_slope(scale.log_temperature_slope(&gradients), slope(by_temperature, tau.ln()));
        let by_bias = |bias: f64| by_loops(&reference, Similarity::Cosine, tau, bias);
        reference::assert_slope(scale.bias_slope(&gradients), slope(by_bias, bias));
    }

    #[test]
    fn collapsed_projections_leave_every_question_open_at_first() {
        let loss =
            forward(reference::tensor(&collapsed()), Similarity::Cosine, TAU).loss.into_scalar::<f32>();
        assert!((f64::from(loss) - (VIEWS - 1) as f64 * f64::ln(2.0)).abs() < 1e-4, "{loss}");
    }

    #[test]
    fn degenerate_projections_give_finite_values() {
        for similarity in [Similarity::Cosine, Similarity::Dot] {
            reference::assert_finite_at_the_limits(|projections| forward(projections, similarity, 0.01));
        }
    }
}
