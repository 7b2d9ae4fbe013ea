//! A replica: it answers requests, one after the other.

use burn::tensor::{Device, Tensor, TensorData};

use super::{
    message::{Reply, Request},
    parameters,
    pass::Pass,
};
use crate::{
    protocol::{self, Floats, MessageError},
    train::upload,
};

/// A replica between two requests.
#[derive(Default)]
pub struct Replica {
    passes: Vec<Pass>,
}

impl Replica {
    /// Answers a request.
    ///
    /// # Errors
    /// If the bytes are no request of this build.
    pub fn answer(&mut self, request: &[u8]) -> Result<Vec<u8>, MessageError> {
        let reply = match protocol::decode(request)? {
            Request::Forward { network, batches } => {
                let network = network.network();
                self.passes = batches.iter().map(|batch| batch.pass(&network)).collect();
                Reply::Passed(self.passes.iter().map(Pass::passed).collect())
            }
            Request::Backward(gradients) => {
                let passes = std::mem::take(&mut self.passes);
                let backward = |(pass, Floats(gradient)): (Pass, Floats)| {
                    let shape = pass.shape();
                    let gradient = Tensor::from_data(TensorData::new(gradient, shape), &Device::flex());
                    Floats(pass.backward(gradient))
                };
                Reply::Gradients(passes.into_iter().zip(gradients).map(backward).collect())
            }
            Request::Embed { embedding, side, pictures } => {
                let pictures = upload(pictures.0, side as usize, &Device::flex());
                Reply::Embedded(Floats(parameters::values(embedding.embedding().forward(pictures))))
            }
        };
        Ok(protocol::encode(&reply))
    }

    /// Returns the message that it takes requests.
    pub fn ready() -> Vec<u8> {
        protocol::encode(&Reply::Ready)
    }
}
