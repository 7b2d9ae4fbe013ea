//! Forward and backward pass of one ghost batch, on the CPU.

use burn::tensor::Tensor;

use super::{message::Passed, parameters};
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
    pub fn passed(&self) -> Passed {
        let statistics = |block: &BatchStatistics| {
            [&block.mean, &block.variance].map(|values| Floats(parameters::values(values.clone().inner())))
        };
        Passed {
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
