//! What is the same in every training: of the encoder, and of a copy that is fine-tuned.

use burn::optim::AdamWConfig;

/// How slowly AdamW forgets squared gradients; less than the usual 0.999, as runs are short.
const BETA_2: f32 = 0.98;

/// AdamW's guard against division by zero.
const EPSILON: f32 = 1e-8;

/// Weight decay of AdamW, on all parameters alike: too little to be felt by those that are
/// usually left out (biases, batch normalisation, temperature).
const WEIGHT_DECAY: f32 = 1e-4;

/// How much of the running statistics each training batch replaces.
pub const RUNNING_SHARE: f64 = 0.1;

/// AdamW (Loshchilov & Hutter 2019) as everything here is trained by it.
pub fn adamw() -> AdamWConfig {
    AdamWConfig::new().with_beta_2(BETA_2).with_epsilon(EPSILON).with_weight_decay(WEIGHT_DECAY)
}
