//! The triplet margin loss with in-batch mining.
//!
//! Source: Schroff, Kalenichenko & Philbin 2015 (FaceNet), equation 3 and section 3.2.

use burn::tensor::{Device, Tensor, TensorData, activation::relu};
use rand::{Rng, RngExt};

use super::{
    BatchLoss,
    pairing::{Pairing, twice},
};
use crate::settings::{Mining, Similarity};

/// Offset that ranks negatives no farther than the positive below all that are farther; larger than any
/// difference of two cosines.
const LAST_RESORT: f32 = 10.0;

/// Triplet loss for batches of one size.
///
/// For anchor `i`, its positive `p`, one mined negative `n` and `d² = ‖a − b‖² = 2 − 2 cos` on the unit
/// sphere:
/// `ℓᵢ = max(0, d²(i, p) − d²(i, n) + margin)`, averaged over all `2n` anchors, including those with zero
/// loss.
#[derive(Clone, Debug)]
pub struct Triplet {
    pairing: Pairing,
    margin: f32,
    mining: Mining,
    /// Column indices, `[1, 2n]`.
    columns: Tensor<2>,
}

impl Triplet {
    /// Prepares the loss for batches of `pairs` pairs, at least two.
    pub fn new(pairs: usize, margin: f32, mining: Mining, device: &Device) -> Self {
        let columns: Vec<f32> = (0..2 * pairs).map(|column| column as f32).collect();
        let columns = Tensor::from_data(TensorData::new(columns, [1, 2 * pairs]), device);
        Self { pairing: Pairing::new(pairs, device), margin, mining, columns }
    }

    /// Computes the loss of a batch with the drawn negatives; without any, negatives are mined.
    ///
    /// # Shapes
    /// - `projections`: `[2n, dimensions]`; rows `i` and `i + n` are the views of one picture
    /// - `drawn`: `[2n, 1]`
    pub fn forward(&self, projections: Tensor<2>, drawn: Option<Tensor<2>>) -> BatchLoss {
        let compared = self.pairing.compare(projections, Similarity::Cosine);
        let positive = twice(compared.positive.clone());
        let mine = || self.mine(compared.cosines.clone(), positive.clone().detach());
        let negatives = drawn.unwrap_or_else(mine);
        // A product with a 0/1 mask rather than a gather: its gradient is a product too.
        let mined = (self.columns.clone() - negatives.clone()).equal_scalar(0.0).float();
        let negative = (compared.all.clone() * mined).sum_dim(1);
        let loss = relu((negative - positive).mul_scalar(2.0).add_scalar(self.margin)).mean();
        self.pairing.report(loss, compared, Some(negatives.flatten(0, 1)))
    }

    /// Returns the index of each anchor's negative, as a whole number, `[2n, 1]`.
    fn mine(&self, cosines: Tensor<2>, positive: Tensor<2>) -> Tensor<2> {
        let score = match self.mining {
            Mining::Random | Mining::Hard => cosines,
            Mining::SemiHard => {
                let farther = cosines.clone().sub(positive).lower_scalar(0.0).float();
                // If none is farther than the positive, the farthest is taken.
                let otherwise = cosines.clone().neg().sub_scalar(LAST_RESORT);
                farther.clone() * cosines + farther.neg().add_scalar(1.0) * otherwise
            }
        };
        (score + self.pairing.negatives.clone()).argmax(1).float()
    }

    /// Draws one random negative per anchor, `2n` in total; returns an empty vector for other kinds of
    /// mining.
    pub fn draw(&self, rng: &mut impl Rng) -> Vec<f32> {
        if self.mining != Mining::Random {
            return Vec::new();
        }
        let pairs = self.pairing.pairs;
        let draw = |anchor: usize| {
            // Counted from the anchor's picture, in steps of one picture.
            let picture = (anchor + rng.random_range(1..pairs)) % pairs;
            (picture + pairs * rng.random_range(0..2)) as f32
        };
        (0..2 * pairs).map(draw).collect()
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;
    use crate::{
        loss::{
            Loss,
            reference::{self, PAIRS, Reference, VIEWS, assert_close, collapsed, projections},
        },
        random::{Purpose, generator},
        settings::LossKind,
    };

    const MARGIN: f32 = 0.6;
    fn forward(projections: Tensor<2>, mining: Mining) -> BatchLoss {
        let device = projections.device();
        let loss = Loss::Triplet(Triplet::new(PAIRS, MARGIN, mining, &device));
        let scale = reference::scale(LossKind::Triplet, 0.3, &device);
        loss.forward(projections, &scale, &mut generator(1, Purpose::Negatives, 0))
    }

    /// Reads back the negatives chosen by the device.
    fn mined(batch: &BatchLoss) -> Vec<usize> {
        let negatives = batch.negatives.clone().expect("triplets have negatives");
        let negatives = negatives.into_data().try_to_vec::<f32>().expect("single precision");
        negatives.into_iter().map(|index| index as usize).collect()
    }

    fn distance(reference: &Reference, i: usize, j: usize) -> f64 {
        2.0 - 2.0 * reference.similarity(i, j, Similarity::Cosine)
    }

    fn negatives(i: usize) -> impl Iterator<Item = usize> {
        Reference::others(i).filter(move |j| *j != Reference::positive(i))
    }

    /// Returns the negative chosen by definition, or `drawn` where the choice is random.
    fn by_definition(reference: &Reference, i: usize, mining: Mining, drawn: usize) -> usize {
        let nearest =
            |a: &usize, b: &usize| distance(reference, i, *a).total_cmp(&distance(reference, i, *b));
        let farther = |j: &usize| distance(reference, i, *j) > distance(reference, i, Reference::positive(i));
        let found = match mining {
            Mining::Random => Some(drawn),
            Mining::Hard => negatives(i).min_by(nearest),
            Mining::SemiHard => {
                negatives(i).filter(farther).min_by(nearest).or_else(|| negatives(i).max_by(nearest))
            }
        };
        found.expect("there are negatives")
    }

    fn by_loops(reference: &Reference, mining: Mining, drawn: &[usize]) -> f64 {
        let anchor = |i: usize| {
            let negative = by_definition(reference, i, mining, drawn[i]);
            let lead = distance(reference, i, Reference::positive(i)) - distance(reference, i, negative);
            (lead + f64::from(MARGIN)).max(0.0)
        };
        (0..VIEWS).map(anchor).sum::<f64>() / VIEWS as f64
    }

    #[test]
    fn agrees_with_nested_loops() {
        for mining in Mining::VARIANTS.iter().copied() {
            for index in 0..4 {
                let projections = projections(index);
                let reference = Reference::new(&projections);
                let batch = forward(reference::tensor(&projections), mining);
                let mined = mined(&batch);
                for (i, mined) in mined.iter().enumerate() {
                    assert_eq!(*mined, by_definition(&reference, i, mining, *mined), "{mining:?}");
                }
                assert_close(batch, by_loops(&reference, mining, &mined), &reference);
            }
        }
    }

    #[test]
    fn gradient_agrees_with_the_slope_of_the_loops() {
        for mining in Mining::VARIANTS.iter().copied() {
            let drawn = mined(&forward(reference::tensor(&projections(0)), mining));
            reference::assert_gradient(
                |projections| forward(projections, mining),
                |reference| by_loops(reference, mining, &drawn),
            );
        }
    }

    #[test]
    fn random_negatives_are_negatives_and_depend_on_the_seed() {
        let triplet = Triplet::new(PAIRS, MARGIN, Mining::Random, &Device::flex());
        let draw = |index| triplet.draw(&mut generator(3, Purpose::Negatives, index));
        assert_eq!(draw(0), draw(0));
        let mut seen = [false; VIEWS];
        for index in 0..200 {
            for (i, j) in draw(index).into_iter().enumerate() {
                assert!(negatives(i).any(|negative| negative == j as usize), "{j} for {i}");
                seen[j as usize] |= i == 0;
            }
        }
        assert_eq!(seen.iter().filter(|seen| **seen).count(), VIEWS - 2);
    }

    #[test]
    fn collapsed_projections_cost_the_margin() {
        for mining in Mining::VARIANTS.iter().copied() {
            let loss = forward(reference::tensor(&collapsed()), mining).loss.into_scalar::<f32>();
            assert!((loss - MARGIN).abs() < 1e-5, "{loss}");
        }
    }

    #[test]
    fn degenerate_projections_give_finite_values() {
        for mining in Mining::VARIANTS.iter().copied() {
            reference::assert_finite_at_the_limits(|projections| forward(projections, mining));
        }
    }
}
