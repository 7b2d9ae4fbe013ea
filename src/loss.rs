//! Contrastive losses: one a file.

mod info_nce;

pub use info_nce::InfoNce;

use burn::tensor::Tensor;

/// What a loss makes of one batch of `n` pairs.
pub struct BatchLoss {
    /// The mean loss over all `2n` anchors, in nats, `[1]`.
    pub loss: Tensor<1>,
    /// Cosine similarities of all views, `[2n, 2n]`, detached.
    pub similarities: Tensor<2>,
    /// Loss, contrastive accuracy, alignment and uniformity, `[4]`, detached.
    pub statistics: Tensor<1>,
}
