//! What went wrong, as the page's words tell it.

use serde::{Deserialize, Serialize};

use super::MessageError;
use crate::link::Problem;

/// Why an engine may be at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Breakdown {
    /// It cannot read what the page sends.
    Message(MessageError),
    /// Its device computes no numbers even for the untrained network.
    ComputesWrongly,
    /// It met a fault of its own or of its device, and nobody foresaw it.
    Unforeseen {
        /// What it met, in words for programmers.
        details: String,
    },
    /// It is gone without a word: the browser ended it.
    Ended,
}

/// Why a network cannot be gone on from, be it a model file's or a snapshot's. Nothing is changed then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelFailure {
    /// The file is larger than [`super::MAX_MODEL_BYTES`].
    TooLarge,
    /// It is no whole safetensors file.
    NotSafetensors,
    /// It holds tensors, but no network of this page.
    Foreign,
    /// It is of a version of the format that is not read here.
    Version {
        /// The file's.
        found: u32,
        /// The latest that is read here.
        newest: u32,
    },
    /// An entry of its metadata is missing or no number.
    Entry(String),
    /// Its settings cannot be understood; the first problem.
    Settings(Problem),
    /// An entry of its metadata is not that of a network that this page could have made.
    Shape(String),
    /// It has taken more steps than any run of this page.
    TooManySteps,
    /// A tensor does not belong to such a network.
    UnknownTensor(String),
    /// A tensor is missing.
    MissingTensor(String),
    /// A tensor has another type or shape than the network needs.
    TensorShape(String),
    /// A tensor holds values that no training leaves there.
    TensorValues(String),
    /// What whitens its map has another type or shape than the network needs.
    WhiteningShape,
    /// What whitens its map holds values that are no numbers.
    WhiteningValues,
    /// It belongs to a network of another shape than the settings ask for.
    OtherNetwork,
    /// The engine stopped while it read it.
    Unread,
}

/// Reason why a command was not carried out. Nothing was lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Refusal {
    /// There is no network to save.
    NoNetwork,
    /// The network to save holds values that are no numbers.
    NoNumbers,
    /// Pictures did not arrive whole, or their ids were taken.
    Pictures(usize),
    /// Training needs [`crate::settings::MIN_PICTURES`]; there are fewer.
    TooFewPictures(usize),
    /// The run has taken all of its steps.
    RunComplete,
    /// A step needs more memory than the CPU engine has for it.
    TooLarge {
        /// Number of pairs of the step.
        pairs: usize,
        /// Side of a view, in pixels.
        side: u32,
        /// Number of channels of the first convolution.
        width: u32,
        /// Bytes needed.
        bytes: u64,
        /// Bytes available.
        limit: u64,
    },
    /// The numbers of the run went wrong.
    Diverged {
        /// What stopped being numbers.
        symptom: Symptom,
        /// The step at or before which that happened.
        at: u32,
        /// The step that the run went back to.
        back_to: u32,
        /// The likely cause.
        cause: Cause,
    },
}

/// Values that stopped being numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Symptom {
    /// The loss of a step.
    Loss,
    /// Weights.
    Weights,
    /// Embeddings.
    Embeddings,
}

/// Likely cause of divergence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Cause {
    /// The learning rate is high.
    LearningRate(f32),
    /// Dot products grow with the weights.
    DotProducts,
    /// The temperature is low.
    Temperature(f32),
    /// The settings rarely diverge, so the graphics driver may compute wrongly.
    Driver,
    /// None is apparent; a learning rate below this one may help.
    Unknown(f32),
}

/// Reason why a device computes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BackendReason {
    /// The CPU was asked for.
    CpuAsked,
    /// WebGPU was asked for.
    WebGpuAsked,
    /// The browser offers WebGPU on a graphics adapter.
    RealAdapter,
    /// The engine runs outside a browser.
    Native,
    /// The browser has no WebGPU.
    NoWebGpu,
    /// The browser found no graphics adapter.
    NoAdapter,
    /// The browser's only adapter is one in software.
    SoftwareAdapter,
    /// The adapter lacks timestamp queries.
    NoTimestampQueries,
    /// The engine for WebGPU is still being built.
    StillBeingBuilt,
    /// WebGPU could not be started; the reason in the device's words.
    NotStarted(String),
    /// The device failed the self-test.
    WrongNumbers(Disagreement),
}

/// Difference between a device and the CPU in the self-test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Disagreement {
    /// The device returned no numbers.
    Lost,
    /// The views of a step differ.
    Views {
        /// The step.
        step: u32,
        /// Largest difference of a value, out of 1.
        difference: f32,
    },
    /// The gradients of a step differ.
    Gradients {
        /// The step.
        step: u32,
        /// Relative difference.
        difference: f32,
    },
    /// The losses of a step differ.
    Loss {
        /// The step.
        step: u32,
        /// Loss on the device.
        found: f32,
        /// Loss on the CPU.
        expected: f32,
    },
}

/// Agreement of a device with the CPU in the self-test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Number of steps compared.
    pub steps: u32,
    /// Largest difference of a view's value, out of 1.
    pub views: f32,
    /// Largest relative difference of the gradients.
    pub gradients: f32,
}

impl Breakdown {
    /// What only programmers may want to read about it.
    pub fn details(&self) -> Option<&str> {
        match self {
            Self::Unforeseen { details } => Some(details),
            Self::Message(_) | Self::ComputesWrongly | Self::Ended => None,
        }
    }
}
