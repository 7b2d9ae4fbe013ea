//! Messages between a worker and its replicas.

use std::borrow::Cow;

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::{parameters, pass::Pass};
use crate::{
    augment::View,
    embedding::Embedding,
    encoder::{EncoderConfig, Network},
    kernels::views::render,
    protocol::Floats,
    train::upload,
};

/// A task for a replica, which replies to each, in order.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request<'a> {
    /// Forward passes of ghost batches. The reply is a [`ForwardOutputs`] of each.
    Forward {
        /// The network.
        network: Cow<'a, NetworkState>,
        /// The ghost batches.
        batches: Cow<'a, [GhostBatch]>,
    },
    /// Backward passes of the latest [`Self::Forward`], from the gradient of each one's projections,
    /// `[views, dimensions]`. The reply is the sum of the gradients of the network's parameters, in their order.
    Backward(Vec<Floats>),
    /// Embedding of pictures. The reply is the embeddings, row by row.
    Embed {
        /// The embedding; `None` for that of the latest such request.
        embedding: Option<Cow<'a, EmbeddingState>>,
        /// Side of the pictures, in pixels.
        side: u32,
        /// The pictures, `3 × side²` values in 0 … 1 each.
        pictures: Floats,
    },
}

/// Results of the forward pass of a ghost batch.
#[derive(Debug, Serialize, Deserialize)]
pub struct ForwardOutputs {
    /// Projections, row by row.
    pub projections: Floats,
    /// Mean and variance of each channel, for each block.
    pub statistics: Vec<[Floats; 2]>,
}

/// Pictures of a ghost batch, and their views.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GhostBatch {
    /// Side of the pictures, in pixels.
    pub side: u32,
    /// The pictures, `3 × side²` values in 0 … 1 each.
    pub pictures: Floats,
    /// Augmentation of each picture.
    pub views: Vec<View>,
}

impl GhostBatch {
    /// Renders the views and passes them through a network with autodiff.
    pub fn pass(&self, network: &Network) -> Pass {
        let pictures = upload(self.pictures.0.clone(), self.side as usize, &Device::flex());
        Pass::forward(network, render(pictures, &self.views))
    }
}

/// A network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NetworkState {
    /// Shape of the encoder.
    pub encoder: EncoderConfig,
    /// Parameters of encoder and head, in their order.
    pub parameters: Floats,
}

impl NetworkState {
    /// Reads a network on the CPU.
    pub fn of(network: &Network) -> Self {
        Self { encoder: network.encoder.config(), parameters: Floats(parameters::of(network)) }
    }

    /// Returns the network on the CPU, with autodiff.
    pub fn network(&self) -> Network {
        use burn::module::Module;
        parameters::filled(self.encoder.empty(&Device::flex()), &self.parameters.0).train()
    }
}

/// An embedding.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EmbeddingState {
    encoder: EncoderConfig,
    parameters: Floats,
    reads: Reads,
}

/// What an embedding takes from the encoder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Reads {
    /// The outputs.
    Outputs,
    /// The map, averaged over picture and mirror image where mirrored.
    MeanMap {
        /// Whether the mirror image is averaged in.
        mirrored: bool,
    },
    /// The whitened map.
    Whitened {
        /// Mean and matrix, `[features]` and `[features, components]`, if maps differ at all.
        whitening: Option<[Floats; 2]>,
        /// Whether the mirror image is averaged in.
        mirrored: bool,
    },
}

impl EmbeddingState {
    /// Reads an embedding on the CPU.
    pub fn of(embedding: &Embedding) -> Self {
        let encoder = embedding.encoder();
        Self {
            encoder: encoder.config(),
            parameters: Floats(parameters::of(encoder)),
            reads: embedding.reads(parameters::values),
        }
    }

    /// Returns the embedding on the CPU.
    pub fn embedding(&self) -> Embedding {
        let device = Device::flex();
        let encoder = parameters::filled(self.encoder.empty(&device).encoder, &self.parameters.0);
        match &self.reads {
            Reads::Outputs => Embedding::outputs(encoder),
            Reads::MeanMap { mirrored } => Embedding::mean_map(encoder, *mirrored),
            Reads::Whitened { whitening, mirrored } => {
                let whitening = whitening.as_ref().map(|[mean, matrix]| {
                    let features = mean.0.len();
                    let components = matrix.0.len() / features;
                    [(mean, [1, features]), (matrix, [features, components])].map(|(values, shape)| {
                        Tensor::<2>::from_data(TensorData::new(values.0.clone(), shape), &device)
                    })
                });
                Embedding::whitened(encoder, whitening, *mirrored)
            }
        }
    }
}
