//! Contrastive losses, one per file, and their shared parts.
//!
//! Each takes the projections of a batch's views and returns a [`BatchLoss`]. None reads back from the
//! device, so that a step is queued as a whole.

mod dcl;
mod info_nce;
mod nce;
mod pairing;
#[cfg(test)]
mod reference;
mod scale;
mod triplet;

pub use dcl::Dcl;
pub use info_nce::InfoNce;
pub use nce::Nce;
pub use scale::LogitScale;
pub use triplet::Triplet;

use burn::tensor::{Device, Tensor, TensorData};
use rand::Rng;

use crate::settings::{LossKind, Settings};

/// Result of a loss for one batch of `n` pairs.
pub struct BatchLoss {
    /// Mean loss over all `2n` anchors, in nats (triplets: in squared distance), `[1]`.
    pub loss: Tensor<1>,
    /// Cosine similarities of all views, `[2n, 2n]`, detached.
    pub similarities: Tensor<2>,
    /// Loss, contrastive accuracy, alignment and uniformity, `[4]`, detached.
    pub statistics: Tensor<1>,
    /// Lengths of the projections, `[2n]`, detached; together with the similarities they give the dot
    /// products.
    pub lengths: Tensor<1>,
    /// Index of each anchor's negative, as a whole number, `[2n]`, detached; triplets only.
    pub negatives: Option<Tensor<1>>,
}

/// The loss chosen by the settings, for batches of one size.
#[derive(Clone, Debug)]
pub enum Loss {
    /// See [`InfoNce`].
    InfoNce(InfoNce),
    /// See [`Dcl`].
    Dcl(Dcl),
    /// See [`Nce`].
    Nce(Nce),
    /// See [`Triplet`].
    Triplet(Triplet),
}

impl Loss {
    /// Prepares the loss for batches of `pairs` pairs.
    pub fn new(settings: &Settings, pairs: usize, device: &Device) -> Self {
        match settings.loss {
            LossKind::InfoNce => Self::InfoNce(InfoNce::new(pairs, settings.similarity, device)),
            LossKind::Dcl => Self::Dcl(Dcl::new(pairs, settings.similarity, device)),
            LossKind::Nce => Self::Nce(Nce::new(pairs, settings.similarity, device)),
            LossKind::Triplet => Self::Triplet(Triplet::new(pairs, settings.margin, settings.mining, device)),
        }
    }

    /// Returns whether both settings give the same loss for the same number of pairs.
    pub fn is_shared(a: &Settings, b: &Settings) -> bool {
        let of = |settings: &Settings| (settings.loss, settings.similarity, settings.margin, settings.mining);
        of(a) == of(b)
    }

    /// Computes the loss of a batch; `rng` draws the random negatives of triplets.
    ///
    /// # Shapes
    /// - `projections`: `[2n, dimensions]`; rows `i` and `i + n` are the views of one picture
    pub fn forward(&self, projections: Tensor<2>, scale: &LogitScale, rng: &mut impl Rng) -> BatchLoss {
        let drawn = self.draw(rng);
        let device = projections.device();
        let drawn = (!drawn.is_empty()).then(|| {
            let shape = [drawn.len(), 1];
            Tensor::from_data(TensorData::new(drawn, shape), &device)
        });
        self.forward_drawn(projections, scale, drawn)
    }

    /// Draws one random negative per anchor, `2n` in total, for triplets; returns an empty vector for all
    /// other losses.
    pub fn draw(&self, rng: &mut impl Rng) -> Vec<f32> {
        match self {
            Self::Triplet(loss) => loss.draw(rng),
            Self::InfoNce(_) | Self::Dcl(_) | Self::Nce(_) => Vec::new(),
        }
    }

    /// Like [`Self::forward`], with negatives already drawn, `[2n, 1]`, or `None`.
    pub fn forward_drawn(
        &self,
        projections: Tensor<2>,
        scale: &LogitScale,
        drawn: Option<Tensor<2>>,
    ) -> BatchLoss {
        match self {
            Self::InfoNce(loss) => loss.forward(projections, scale),
            Self::Dcl(loss) => loss.forward(projections, scale),
            Self::Nce(loss) => loss.forward(projections, scale),
            Self::Triplet(loss) => loss.forward(projections, drawn),
        }
    }
}
