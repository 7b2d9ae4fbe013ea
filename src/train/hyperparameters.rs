//! Hyperparameters common to all training, of the encoder and of a fine-tuned copy.

use crate::kernels::adamw::AdamW;

/// AdamW parameters of all training.
///
/// Squared gradients are forgotten faster than with the usual 0.999, since runs are short. Weight decay
/// applies to all parameters alike: it is too weak to matter for those usually excluded (biases, batch
/// normalisation, temperature).
pub const ADAMW: AdamW = AdamW { beta_1: 0.9, beta_2: 0.98, epsilon: 1e-8, weight_decay: 1e-4 };

/// Share of the running statistics that each training batch replaces.
pub const BATCH_NORM_MOMENTUM: f64 = 0.1;
