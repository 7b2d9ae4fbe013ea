//! A replica: it answers requests, one after the other.

use burn::tensor::{Device, Tensor, TensorData};

use super::{
    message::{ForwardOutputs, Request},
    parameters,
    pass::{Pass, pairwise_sum},
};
use crate::{
    embedding::Embedding,
    protocol::{self, Floats, MessageError},
    train::upload,
};

/// A replica between two requests.
#[derive(Default)]
pub struct Replica {
    passes: Vec<Pass>,
    embedding: Option<Embedding>,
}

impl Replica {
    /// Message by which a replica says that it takes requests; it precedes all replies.
    pub const READY: &[u8] = &[];

    /// Replies to a request.
    ///
    /// # Errors
    /// If the bytes are no request of this build.
    ///
    /// # Panics
    /// If pictures are to be embedded before there was an embedding.
    pub fn answer(&mut self, request: &[u8]) -> Result<Vec<u8>, MessageError> {
        Ok(match protocol::decode(request)? {
            Request::Forward { network, batches } => {
                let network = network.network();
                self.passes = batches.iter().map(|batch| batch.pass(&network)).collect();
                let outputs: Vec<ForwardOutputs> = self.passes.iter().map(Pass::outputs).collect();
                protocol::encode(&outputs)
            }
            Request::Backward(gradients) => {
                let backward = |(pass, Floats(gradient)): (Pass, Floats)| {
                    let gradient = TensorData::new(gradient, pass.shape());
                    pass.backward(Tensor::from_data(gradient, &Device::flex()))
                };
                let passes = std::mem::take(&mut self.passes).into_iter().zip(gradients);
                protocol::encode(&Floats(pairwise_sum(passes.map(backward).collect())))
            }
            Request::Embed { embedding, side, pictures } => {
                if let Some(state) = embedding {
                    self.embedding = Some(state.embedding());
                }
                let embedding = self.embedding.as_ref().expect("the first request brings it");
                let pictures = upload(pictures.0, side as usize, &Device::flex());
                protocol::encode(&Floats(parameters::values(embedding.forward(pictures))))
            }
        })
    }
}
