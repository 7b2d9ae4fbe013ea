//! Shared parts of all losses: pairs and masks, comparison of views, statistics besides the loss.

use burn::tensor::{Device, Tensor, TensorData};

use super::{BatchLoss, LogitScale};
use crate::{kernels::matmul::matmul, settings::Similarity};

/// Stands in for −∞ in a softmax: its exp is 0, and no arithmetic turns it into NaN.
const EXCLUDED: f32 = -1e9;

/// Lower bound of a projection's squared length; keeps it off 0, where the root has no slope.
const LEAST_SQUARE: f32 = 1e-12;

/// Pairs within batches of one size: rows `i` and `i + n` are views of one picture.
#[derive(Clone, Debug)]
pub(super) struct Pairing {
    pub pairs: usize,
    /// [`EXCLUDED`] on the diagonal, otherwise 0, `[2n, 2n]`.
    pub not_self: Tensor<2>,
    /// [`EXCLUDED`] on the diagonal and on the positives, otherwise 0, `[2n, 2n]`.
    pub negatives: Tensor<2>,
}

/// Comparison of all views of a batch.
pub(super) struct Compared {
    /// Similarities of all views in the loss's measure, `[2n, 2n]`.
    pub all: Tensor<2>,
    /// Similarities of the positives, `[n, 1]`.
    pub positive: Tensor<2>,
    /// Cosine similarities of all views, `[2n, 2n]`, detached.
    pub cosines: Tensor<2>,
    /// Cosine similarities of the positives, `[n, 1]`, detached.
    pub positive_cosine: Tensor<2>,
    /// Lengths of the projections, `[2n]`, detached.
    pub lengths: Tensor<1>,
}

impl Pairing {
    /// Prepares the masks for batches of `pairs` pairs.
    pub fn new(pairs: usize, device: &Device) -> Self {
        let mask = |excluded: &dyn Fn(usize, usize) -> bool| {
            cells(pairs, device, |row, column| if excluded(row, column) { EXCLUDED } else { 0.0 })
        };
        Self {
            pairs,
            not_self: mask(&|row, column| row == column),
            negatives: mask(&|row, column| row % pairs == column % pairs),
        }
    }

    /// Compares all views of a batch.
    ///
    /// # Shapes
    /// - `projections`: `[2n, dimensions]`
    pub fn compare(&self, projections: Tensor<2>, similarity: Similarity) -> Compared {
        let length = projections.clone().square().sum_dim(1).clamp_min(LEAST_SQUARE).sqrt();
        let unit = projections.clone() / length.clone();
        let (all, positive) = match similarity {
            Similarity::Cosine => self.products(unit.clone()),
            Similarity::Dot => self.products(projections),
        };
        let (cosines, positive_cosine) = match similarity {
            Similarity::Cosine => (all.clone().detach(), positive.clone().detach()),
            Similarity::Dot => self.products(unit.detach()),
        };
        Compared { all, positive, cosines, positive_cosine, lengths: length.detach().flatten(0, 1) }
    }

    /// Returns the dot products of all rows with each other, and of the rows that form pairs.
    fn products(&self, rows: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let first = rows.clone().narrow(0, 0, self.pairs);
        let second = rows.clone().narrow(0, self.pairs, self.pairs);
        (matmul(rows.clone(), rows.transpose()), (first * second).sum_dim(1))
    }

    /// Computes `−s⁺/τ + log Σ exp(s/τ)` over the views not excluded by `mask`, averaged over all anchors.
    ///
    /// # Shapes
    /// - `projections`: `[2n, dimensions]`
    /// - `mask`: `[2n, 2n]`, [`EXCLUDED`] or 0
    pub fn cross_entropy(
        &self,
        projections: Tensor<2>,
        similarity: Similarity,
        scale: &LogitScale,
        mask: &Tensor<2>,
    ) -> BatchLoss {
        let compared = self.compare(projections, similarity);
        let logits = scale.over_temperature(compared.all.clone()) + mask.clone();
        // Each positive similarity belongs to two anchors.
        let loss = log_sum_exp(logits).mean() - scale.over_temperature(compared.positive.clone()).mean();
        self.report(loss, compared, None)
    }

    /// Combines a loss with the statistics common to all losses.
    pub fn report(&self, loss: Tensor<1>, compared: Compared, negatives: Option<Tensor<1>>) -> BatchLoss {
        let statistics = self.statistics(loss.clone().detach(), &compared);
        let Compared { cosines, lengths, .. } = compared;
        BatchLoss { loss, similarities: cosines, statistics, lengths, negatives }
    }

    fn statistics(&self, loss: Tensor<1>, compared: &Compared) -> Tensor<1> {
        let (cosines, positive) = (compared.cosines.clone(), compared.positive_cosine.clone());
        let views = 2 * self.pairs;
        let others = (views * (views - 1)) as f32;
        let nearest_negative = (cosines.clone() + self.negatives.clone()).max_dim(1);
        let lead = twice(positive.clone()) - nearest_negative;
        let accuracy = lead.greater_scalar(0.0).float().mean();
        let alignment = positive.mean().mul_scalar(-2.0).add_scalar(2.0);
        // ‖a − b‖² = 2 − 2 s on the unit sphere; the excluded cells vanish.
        let potential = (cosines + self.not_self.clone()).mul_scalar(4.0).sub_scalar(4.0);
        let uniformity = potential.exp().sum().div_scalar(others).log();
        Tensor::cat(vec![loss, accuracy, alignment, uniformity], 0)
    }
}

/// Computes log Σ exp of every row, `[2n, 2n]` to `[2n, 1]`.
fn log_sum_exp(logits: Tensor<2>) -> Tensor<2> {
    let largest = logits.clone().detach().max_dim(1);
    (logits - largest.clone()).exp().sum_dim(1).log() + largest
}

/// Repeats values of `n` pairs for each of their `2n` views: `[n, 1]` to `[2n, 1]`.
pub(super) fn twice(pairs: Tensor<2>) -> Tensor<2> {
    Tensor::cat(vec![pairs.clone(), pairs], 0)
}

/// Builds a matrix of all views against all, `[2n, 2n]`, from a function of row and column.
pub(super) fn cells(pairs: usize, device: &Device, cell: impl Fn(usize, usize) -> f32) -> Tensor<2> {
    let views = 2 * pairs;
    let cells: Vec<f32> = (0..views * views).map(|at| cell(at / views, at % views)).collect();
    Tensor::from_data(TensorData::new(cells, [views, views]), device)
}
