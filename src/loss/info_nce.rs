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

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::{Device, InfoNce, Tensor, TensorData};
    use crate::random::{Purpose, generator};

    const PAIRS: usize = 5;
    const DIMENSIONS: usize = 7;
    const TEMPERATURE: f32 = 0.3;

    fn projections(index: u32) -> Vec<f32> {
        let mut rng = generator(1, Purpose::Preview, index);
        (0..2 * PAIRS * DIMENSIONS).map(|_| rng.random_range(-1.0..1.0)).collect()
    }

    /// Loss, accuracy, alignment and uniformity as the library computes them.
    fn computed(projections: Vec<f32>) -> Vec<f32> {
        let device = Device::flex();
        let shape = [2 * PAIRS, DIMENSIONS];
        let tensor = Tensor::from_data(TensorData::new(projections, shape), &device);
        let batch = InfoNce::new(PAIRS, TEMPERATURE, &device).forward(tensor);
        batch.statistics.into_data().try_to_vec().expect("single precision")
    }

    /// The same from the definitions, one pair at a time, in double precision.
    fn by_loops(projections: &[f32]) -> [f64; 4] {
        let row = |i: usize| projections[i * DIMENSIONS..][..DIMENSIONS].iter().map(|x| f64::from(*x));
        let length = |i| row(i).map(|x| x * x).sum::<f64>().sqrt();
        let cosine = |i, j| row(i).zip(row(j)).map(|(x, y)| x * y).sum::<f64>() / (length(i) * length(j));
        let (views, tau) = (2 * PAIRS, f64::from(TEMPERATURE));
        let (mut loss, mut right, mut apart, mut potential) = (0.0, 0.0, 0.0, 0.0);
        for i in 0..views {
            let positive = (i + PAIRS) % views;
            let others = (0..views).filter(|j| *j != i);
            let partition: f64 = others.clone().map(|j| (cosine(i, j) / tau).exp()).sum();
            loss -= ((cosine(i, positive) / tau).exp() / partition).ln();
            let nearest = others.clone().max_by(|a, b| cosine(i, *a).total_cmp(&cosine(i, *b)));
            right += f64::from(u8::from(nearest == Some(positive)));
            let distance = |j| 2.0 - 2.0 * cosine(i, j);
            apart += distance(positive);
            potential += others.map(|j| (-2.0 * distance(j)).exp()).sum::<f64>();
        }
        let n = views as f64;
        [loss / n, right / n, apart / n, (potential / (n * (n - 1.0))).ln()]
    }

    fn assert_close(computed: &[f32], expected: &[f64]) {
        for (computed, expected) in computed.iter().zip(expected) {
            assert!((f64::from(*computed) - expected).abs() < 1e-5, "{computed} instead of {expected}");
        }
    }

    #[test]
    fn agrees_with_nested_loops() {
        for index in 0..4 {
            let projections = projections(index);
            assert_close(&computed(projections.clone()), &by_loops(&projections));
        }
    }

    #[test]
    fn does_not_care_which_view_comes_first() {
        let projections = projections(0);
        let (first, second) = projections.split_at(PAIRS * DIMENSIONS);
        let swapped = [second, first].concat();
        let (a, b) = (computed(projections), computed(swapped));
        assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-6), "{a:?} {b:?}");
    }

    #[test]
    fn collapsed_projections_cost_the_log_of_the_number_of_others() {
        let collapsed = [0.3, -0.2, 0.9, 0.1, 0.0, 0.5, -0.7].repeat(2 * PAIRS);
        let expected = [f64::ln((2 * PAIRS - 1) as f64), 0.0, 0.0, 0.0];
        assert_close(&computed(collapsed)[..1], &expected[..1]);
    }

    #[test]
    fn projections_of_length_zero_give_numbers() {
        assert!(computed(vec![0.0; 2 * PAIRS * DIMENSIONS]).iter().all(|value| value.is_finite()));
    }

    #[test]
    fn a_tiny_temperature_gives_numbers() {
        let device = Device::flex();
        let shape = [2 * PAIRS, DIMENSIONS];
        let tensor = Tensor::from_data(TensorData::new(projections(2), shape), &device);
        let loss = InfoNce::new(PAIRS, 0.01, &device).forward(tensor).loss.into_scalar::<f32>();
        assert!(loss.is_finite());
    }
}
