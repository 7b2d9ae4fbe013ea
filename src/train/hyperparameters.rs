//! What is the same in every training: of the encoder, and of a copy that is fine-tuned.

use crate::kernels::adamw::AdamW;

/// AdamW as everything here is trained by it.
///
/// Squared gradients are forgotten faster than by the usual 0.999, as runs are short. Weight decay
/// is on all parameters alike: too little to be felt by those that are usually left out (biases,
/// batch normalisation, temperature).
pub const ADAMW: AdamW = AdamW { beta_1: 0.9, beta_2: 0.98, epsilon: 1e-8, weight_decay: 1e-4 };

/// How much of the running statistics each training batch replaces.
pub const BATCH_NORM_MOMENTUM: f64 = 0.1;
