//! Forward and backward pass of one ghost batch, on the CPU.

use burn::tensor::Tensor;

use super::{message::ForwardOutputs, parameters};
use crate::{encoder::Network, kernels::block::BatchStatistics, protocol::Floats};

/// A forward pass, waiting for its backward pass.
pub struct Pass {
    network: Network,
    projections: Tensor<2>,
    statistics: Vec<BatchStatistics>,
}

impl Pass {
    /// Passes views, `[views, 3, side, side]`, without autodiff, through a network with autodiff.
    pub fn forward(network: &Network, views: Tensor<4>) -> Self {
        let (embeddings, statistics) = network.encoder.forward_batch(Tensor::from_inner(views), 1);
        let projections = network.head.forward(embeddings);
        Self { network: network.clone(), projections, statistics }
    }

    /// Returns the shape of the projections, `[views, dimensions]`.
    pub fn shape(&self) -> [usize; 2] {
        self.projections.dims()
    }

    /// Returns the results.
    pub fn outputs(&self) -> ForwardOutputs {
        let statistics = |block: &BatchStatistics| {
            [&block.mean, &block.variance].map(|values| Floats(parameters::values(values.clone().inner())))
        };
        ForwardOutputs {
            projections: Floats(parameters::values(self.projections.clone().inner())),
            statistics: self.statistics.iter().map(statistics).collect(),
        }
    }

    /// Returns the gradient of the network's parameters, in their order, from that of the projections,
    /// `[views, dimensions]`.
    pub fn backward(self, gradient: Tensor<2>) -> Vec<f32> {
        // The derivative of this sum by the projections is `gradient`.
        let gradients = (self.projections * Tensor::from_inner(gradient)).sum().backward();
        parameters::gradients(&self.network, &gradients)
    }
}

/// Adds vectors pair by pair, and the sums again: equal shares of them, a power of two each, may be added
/// apart, and the result has the same bits.
pub fn pairwise_sum(mut terms: Vec<Vec<f32>>) -> Vec<f32> {
    while terms.len() > 1 {
        let mut rest = terms.into_iter();
        let pairs = std::iter::from_fn(|| Some((rest.next()?, rest.next())));
        let add = |(mut sum, other): (Vec<f32>, Option<Vec<f32>>)| {
            sum.iter_mut().zip(other.into_iter().flatten()).for_each(|(sum, value)| *sum += value);
            sum
        };
        terms = pairs.map(add).collect();
    }
    terms.pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_equal_shares_have_the_bits_of_the_whole() {
        let terms: Vec<Vec<f32>> = (0..4)
            .map(|term| (0..9).map(|at| (at as f32 + 0.1 * term as f32).sin() * 1e3).collect())
            .collect();
        let whole = pairwise_sum(terms.clone());
        for each in [1, 2, 4] {
            let shares = terms.chunks(each).map(|share| pairwise_sum(share.to_vec())).collect();
            assert_eq!(pairwise_sum(shares), whole, "{each} in a share");
        }
        for (at, value) in whole.into_iter().enumerate() {
            let sum: f64 = terms.iter().map(|term| f64::from(term[at])).sum();
            assert!((f64::from(value) - sum).abs() < 1e-3, "{value} instead of {sum}");
        }
        assert_eq!(pairwise_sum(Vec::new()), Vec::<f32>::new());
    }
}
