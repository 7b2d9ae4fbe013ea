//! Failures, as data that the page puts into words.

use serde::{Deserialize, Serialize};

use super::MessageError;
use crate::link::Problem;

/// Reason why an engine may be unusable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Breakdown {
    /// The engine cannot read the page's message.
    Message(MessageError),
    /// The device yields NaN or infinity even for the untrained network.
    ComputesWrongly,
    /// An unforeseen fault of the engine or of its device.
    Unforeseen {
        /// Description for programmers.
        details: String,
    },
    /// The browser ended the engine without notice.
    Ended,
}

/// Reason why a network cannot be loaded from a model file or snapshot. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelFailure {
    /// The file is larger than [`super::MAX_MODEL_BYTES`].
    TooLarge,
    /// The file is not a complete safetensors file.
    NotSafetensors,
    /// The file holds tensors, but not a network of this page.
    Foreign,
    /// The file's format version is not supported.
    Version {
        /// Version of the file.
        found: u32,
        /// Latest supported version.
        newest: u32,
    },
    /// A metadata entry is missing or not a number.
    Entry(String),
    /// The settings are invalid; holds the first problem.
    Settings(Problem),
    /// A metadata entry does not describe a network that this page could have made.
    Shape(String),
    /// The network has taken more steps than any run of this page.
    TooManySteps,
    /// A tensor is not part of such a network.
    UnknownTensor(String),
    /// A tensor is missing.
    MissingTensor(String),
    /// A tensor has a type or shape other than the network needs.
    TensorShape(String),
    /// A tensor holds values that training cannot produce.
    TensorValues(String),
    /// The whitening of the map has a type or shape other than the network needs.
    WhiteningShape,
    /// The whitening of the map holds NaN or infinity.
    WhiteningValues,
    /// The network embeds the file's check pictures otherwise than the file says.
    Check,
    /// The network's shape differs from that of the settings.
    OtherNetwork,
    /// The engine stopped while reading the file.
    Unread,
}

/// Reason why a command was refused. Nothing was lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Refusal {
    /// There is no network to save.
    NoNetwork,
    /// The network to save holds NaN or infinity.
    NoNumbers,
    /// Number of pictures that were incomplete or whose ids were taken.
    Pictures(usize),
    /// Training needs [`crate::settings::MIN_PICTURES`]; holds the number of pictures.
    TooFewPictures(usize),
    /// The run has completed all of its steps.
    RunComplete,
    /// A step needs more memory than the CPU engine allows.
    TooLarge {
        /// Number of pairs in the step.
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
    /// The run diverged.
    Diverged {
        /// Values that became NaN or infinite.
        symptom: Symptom,
        /// Step at or before which that happened.
        at: u32,
        /// Step that the run returned to.
        back_to: u32,
        /// Likely cause.
        cause: Cause,
    },
}

/// Values that became NaN or infinite.
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
    /// No apparent cause; a learning rate below this one may help.
    Unknown(f32),
}

/// Reason for the choice of a device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BackendReason {
    /// The settings select the CPU.
    CpuAsked,
    /// The settings select WebGPU.
    WebGpuAsked,
    /// The browser offers WebGPU on a graphics adapter.
    RealAdapter,
    /// The engine runs outside a browser.
    Native,
    /// The browser has no WebGPU.
    NoWebGpu,
    /// The browser found no graphics adapter.
    NoAdapter,
    /// The browser offers only a software adapter.
    SoftwareAdapter,
    /// The adapter lacks timestamp queries.
    NoTimestampQueries,
    /// The engine for WebGPU is still being built.
    StillBeingBuilt,
    /// WebGPU could not be started; holds the device's error message.
    NotStarted(String),
    /// The device failed the self-test.
    WrongNumbers(Disagreement),
}

/// Difference between a device and the CPU in the self-test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Disagreement {
    /// The device's results could not be read.
    Lost,
    /// The views of a step differ.
    Views {
        /// Number of the step.
        step: u32,
        /// Largest difference of a value, out of 1.
        difference: f32,
    },
    /// The gradients of a step differ.
    Gradients {
        /// Number of the step.
        step: u32,
        /// Relative difference.
        difference: f32,
    },
    /// The losses of a step differ.
    Loss {
        /// Number of the step.
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
    /// Returns the details meant for programmers, if any.
    pub fn details(&self) -> Option<&str> {
        match self {
            Self::Unforeseen { details } => Some(details),
            Self::Message(_) | Self::ComputesWrongly | Self::Ended => None,
        }
    }
}
