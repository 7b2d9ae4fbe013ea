//! A network in a file, with the state needed to resume training.
//!
//! The file is [safetensors](https://github.com/huggingface/safetensors), readable with numpy. There are two
//! kinds:
//! - a *model*: the network, `encoder.blocks.0.weight` and so on, and the whitening of its map,
//!   `embedding.mean` and `embedding.matrix`, if the map embeds pictures; also a few pictures and their
//!   embeddings, `check.pictures` and `check.embeddings`, for whoever reads the file;
//! - a *snapshot*: the network, and everything another engine needs to take the next step as if
//!   uninterrupted: AdamW's moments, temperature and bias of the loss, and those parts of the untrained
//!   network that do not come from the seed: running statistics and a first layer made for the set.
//!
//! A model can also be written as ONNX, for other tools, but not read.
//!
//! The file's metadata describe the numbers in plain text. Reading is strict: a file that this page could not
//! have written is refused.

mod check;
#[cfg(test)]
mod damaged;
mod file;
mod layout;
mod numbers;
mod onnx;

pub use check::Check;
pub use numbers::{Gatherer, HostTensor, NamedTensors, filled, put_moments};

use crate::{evaluate::whitening::Whitening, protocol::ModelFailure, settings::Settings};

/// Prefix of the names of the loss's learned parameters.
pub const LOSS: &str = "loss";

/// Prefix of the names of the untrained network's parameters.
pub const UNTRAINED: &str = "untrained";

/// A network after some step.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Settings of the run. They determine the network's shape; their seed is that of its initial weights.
    pub settings: Settings,
    /// Number of steps taken.
    pub step: u32,
    /// Numbers of optimizer steps; only in a snapshot.
    pub training: Option<OptimizerSteps>,
    /// Whitening of the map, in a model whose map embeds pictures; `None` if all maps were alike.
    pub whitening: Option<Whitening>,
    /// Pictures and their embeddings by a model.
    pub check: Option<Check>,
    numbers: NamedTensors,
}

/// Numbers of steps taken by AdamW.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OptimizerSteps {
    /// Steps with the network's parameters.
    pub network: u32,
    /// Steps with temperature and bias, which start over when another loss is chosen.
    pub loss: u32,
}

impl Checkpoint {
    /// Combines numbers with their description. Missing AdamW moments are those of a parameter that has not
    /// moved yet, and are set to zero.
    ///
    /// Returns `None` if a number is not finite, or negative where its root is taken: such a network is not
    /// worth keeping.
    ///
    /// # Panics
    /// If any other tensor is missing.
    pub fn new(
        settings: Settings,
        step: u32,
        training: Option<OptimizerSteps>,
        mut numbers: NamedTensors,
    ) -> Option<Self> {
        let tensors = layout::tensors(&settings, training.is_some());
        // An untrained first layer with random weights comes from the seed.
        numbers.retain(|name, _| tensors.contains_key(name));
        for (name, shape) in tensors {
            if layout::is_moment(&name) {
                numbers.entry(name).or_insert_with(|| HostTensor::zeros(shape));
            } else {
                assert!(numbers.contains_key(&name), "“{name}” is missing");
            }
        }
        layout::check_values(&numbers).ok()?;
        Some(Self { settings, step, training, whitening: None, check: None, numbers })
    }

    /// Returns the checkpoint with a whitening of the map.
    pub fn with_whitening(self, whitening: Option<Whitening>) -> Self {
        Self { whitening, ..self }
    }

    /// Returns the numbers by name.
    pub fn numbers(&self) -> &NamedTensors {
        &self.numbers
    }

    /// Returns the checkpoint as a file.
    pub fn to_file(&self) -> Vec<u8> {
        file::write(self)
    }

    /// Returns the embedding of pictures by a model as an ONNX file.
    pub fn to_onnx(&self) -> Vec<u8> {
        onnx::write(self)
    }

    /// Reads a file.
    pub fn from_file(bytes: &[u8]) -> Result<Self, ModelFailure> {
        file::read(bytes)
    }
}
