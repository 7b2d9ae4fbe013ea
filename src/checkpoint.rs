//! A network in a file, and what its training goes on from.
//!
//! The file is [safetensors](https://github.com/huggingface/safetensors), so that whoever has
//! numpy can read it. There are two kinds:
//! - a *model*: the network, `encoder.blocks.0.weight` and so on, and what whitens its map,
//!   `embedding.mean` and `embedding.matrix`, where the map embeds pictures;
//! - a *snapshot*: the network, and what another engine needs to take the next step as if nothing
//!   had happened: AdamW's moments, temperature and bias of the loss, and of the untrained network
//!   what does not come from the seed: running statistics and a first layer made for the set.
//!
//! What the numbers mean stands in the file's metadata, in words of plain text. Reading is
//! strict: a file that is not exactly what this page could have written is refused.

#[cfg(test)]
mod damaged;
mod file;
mod layout;
mod numbers;

pub use numbers::{Gatherer, HostTensor, NamedTensors, filled, put_moments};

use crate::{evaluate::whitening::Whitening, protocol::ModelFailure, settings::Settings};

/// What stands before the names of what is learned of the loss.
pub const LOSS: &str = "loss";

/// What stands before the names of the untrained network's running statistics.
pub const UNTRAINED: &str = "untrained";

/// A network as it was after some step.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// What the run was set to. They say what shape the network has; their seed is the one that
    /// drew its first weights.
    pub settings: Settings,
    /// Steps taken.
    pub step: u32,
    /// Present in a snapshot alone.
    pub training: Option<OptimizerSteps>,
    /// What whitens the map, in a model whose map embeds pictures; `None` where all maps were alike.
    pub whitening: Option<Whitening>,
    numbers: NamedTensors,
}

/// Steps that AdamW has taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OptimizerSteps {
    /// With the network's parameters.
    pub network: u32,
    /// With those of temperature and bias, which start over when another loss is chosen.
    pub loss: u32,
}

impl Checkpoint {
    /// Puts numbers together with what they mean. AdamW's moments that are missing are those of a
    /// parameter that has not moved yet: zeros.
    ///
    /// `None` where a number is none: such a network is not worth keeping.
    ///
    /// # Panics
    /// Where anything else is missing.
    pub fn new(
        settings: Settings,
        step: u32,
        training: Option<OptimizerSteps>,
        mut numbers: NamedTensors,
    ) -> Option<Self> {
        for (name, shape) in layout::tensors(&settings, training.is_some()) {
            if layout::is_moment(&name) {
                numbers.entry(name).or_insert_with(|| HostTensor::zeros(shape));
            } else {
                assert!(numbers.contains_key(&name), "“{name}” is missing");
            }
        }
        layout::check_values(&numbers).ok()?;
        Some(Self { settings, step, training, whitening: None, numbers })
    }

    /// The same with what whitens the map.
    pub fn with_whitening(self, whitening: Option<Whitening>) -> Self {
        Self { whitening, ..self }
    }

    /// The numbers by name.
    pub fn numbers(&self) -> &NamedTensors {
        &self.numbers
    }

    /// The checkpoint as a file.
    pub fn to_file(&self) -> Vec<u8> {
        file::write(self)
    }

    /// Reads a file.
    pub fn from_file(bytes: &[u8]) -> Result<Self, ModelFailure> {
        file::read(bytes)
    }
}
