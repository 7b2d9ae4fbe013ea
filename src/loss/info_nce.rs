//! InfoNCE over a batch of pairs, in the symmetric NT-Xent form.
//!
//! Sources: van den Oord, Li & Vinyals 2018 (InfoNCE); Chen, Kornblith, Norouzi &
//! Hinton 2020, equation 1 (NT-Xent).

use burn::tensor::{Device, Tensor, TensorData};

use super::BatchLoss;

/// Stands for −∞ in a softmax: exp of it is 0, and no arithmetic turns it into NaN.
const EXCLUDED: f32 = -1e9;

/// Keeps the length of a zero projection from dividing by zero.
const LEAST_LENGTH: f32 = 1e-6;

/// NT-Xent for batches of one size.
///
/// For anchor `i` with positive `p(i)` and cosine similarity `s`:
/// `ℓᵢ = −s(i, p(i))/τ + log Σ_{k≠i} exp(s(i, k)/τ)`, averaged over all `2n` anchors.
#[derive(Clone, Debug)]
pub struct InfoNce {
    pairs: usize,
    temperature: f32,
    /// [`EXCLUDED`] on the diagonal, else 0, `[2n, 2n]`.
    not_self: Tensor<2>,
    /// [`EXCLUDED`] on the diagonal and on the positives, else 0, `[2n, 2n]`.
    negatives: Tensor<2>,
}

impl InfoNce {
    /// Prepares for batches of `pairs` pairs.
    pub fn new(pairs: usize, temperature: f32, device: &Device) -> Self {
        let views = 2 * pairs;
        let mask = |excluded: &dyn Fn(usize, usize) -> bool| {
            let cell = |at: usize| excluded(at / views, at % views);
            let cells: Vec<f32> =
                (0..views * views).map(|at| if cell(at) { EXCLUDED } else { 0.0 }).collect();
            Tensor::from_data(TensorData::new(cells, [views, views]), device)
        };
        Self {
            pairs,
            temperature,
            not_self: mask(&|row, column| row == column),
            negatives: mask(&|row, column| row % pairs == column % pairs),
        }
    }

    /// The loss of a batch.
    ///
    /// # Shapes
    /// - `projections`: `[2n, dimensions]`; rows `i` and `i + n` are the views of one picture
    pub fn forward(&self, projections: Tensor<2>) -> BatchLoss {
        let length = projections.clone().square().sum_dim(1).sqrt().clamp_min(LEAST_LENGTH);
        let unit = projections / length;
        let similarities = unit.clone().matmul(unit.clone().transpose());
        let first = unit.clone().narrow(0, 0, self.pairs);
        let second = unit.narrow(0, self.pairs, self.pairs);
        let positive = (first * second).sum_dim(1);

        let logits = similarities.clone().div_scalar(self.temperature) + self.not_self.clone();
        let largest = logits.clone().detach().max_dim(1);
        let partition = (logits - largest.clone()).exp().sum_dim(1).log() + largest;
        // Each positive similarity belongs to two anchors.
        let loss = partition.mean() - positive.clone().mean().div_scalar(self.temperature);

        let similarities = similarities.detach();
        let statistics = self.statistics(&loss.clone().detach(), &similarities, positive.detach());
        BatchLoss { loss, similarities, statistics }
    }

    fn statistics(&self, loss: &Tensor<1>, similarities: &Tensor<2>, positive: Tensor<2>) -> Tensor<1> {
        let views = 2 * self.pairs;
        let others = (views * (views - 1)) as f32;
        let nearest_negative = (similarities.clone() + self.negatives.clone()).max_dim(1);
        let margin = Tensor::cat(vec![positive.clone(), positive.clone()], 0) - nearest_negative;
        let accuracy = margin.greater_scalar(0.0).float().mean();
        let alignment = positive.mean().mul_scalar(-2.0).add_scalar(2.0);
        // ‖a − b‖² = 2 − 2 s on the unit sphere; the excluded cells vanish.
        let potential = (similarities.clone() + self.not_self.clone()).mul_scalar(4.0).sub_scalar(4.0);
        let uniformity = potential.exp().sum().div_scalar(others).log();
        Tensor::cat(vec![loss.clone(), accuracy, alignment, uniformity], 0)
    }
}
