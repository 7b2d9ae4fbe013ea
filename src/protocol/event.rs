//! Events from the engine to the page.

use serde::{Deserialize, Serialize};

use super::{
    Agreement, Answer, BackendReason, BatchMatrix, Breakdown, Classification, Evaluation, KnnScore,
    ModelFailure, ModelFormat, QueryAnswer, Question, Refusal, RowViews, Stage, StepReport, Views,
};
use crate::settings::Settings;

/// Events from the engine to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The engine has opened its device and accepts commands; sent again when the backend changes.
    Ready(Environment),
    /// The settings select WebGPU and there is an adapter, but this engine was built without WebGPU support.
    WebGpuNeeded,
    /// Current activity of the engine.
    Activity(Activity),
    /// Answer to [`super::Command::Clear`]: no later event refers to earlier pictures.
    Cleared,
    /// The run starts over: step 0, empty curves.
    Restarted {
        /// Number of trainable parameters in encoder and projection head.
        parameters: u32,
    },
    /// The run resumes from an earlier step: after a breakdown of the engine, after divergence, or from a
    /// file.
    Restored {
        /// Number of steps taken.
        step: u32,
        /// Number of trainable parameters in encoder and projection head.
        parameters: u32,
    },
    /// State from which another engine can resume, sent periodically during training.
    Snapshot {
        /// Number of steps taken.
        step: u32,
        /// A safetensors file; the module `checkpoint` describes its contents.
        #[serde(with = "serde_bytes")]
        file: Vec<u8>,
    },
    /// Answer to [`super::Command::SaveModel`].
    Model {
        /// Number of steps taken.
        step: u32,
        /// Format of the file.
        format: ModelFormat,
        /// Contents of the file.
        #[serde(with = "serde_bytes")]
        file: Vec<u8>,
    },
    /// Answer to [`super::Command::OpenModel`]: the settings that apply from now on.
    Opened(Settings),
    /// One or more steps were taken.
    Stepped(Vec<StepReport>),
    /// Similarities within the current batch.
    Batch(BatchMatrix),
    /// Follows each batch while [`super::Command::Inspect`] is in effect.
    Row(RowViews),
    /// The whole set was embedded and scored.
    Evaluated(Evaluation),
    /// Answer to [`super::Command::Label`], one for each existing evaluation: its scores under the current
    /// labels.
    Scored {
        /// Stage of the embeddings.
        stage: Stage,
        /// As in [`Evaluation::knn`].
        knn: Option<KnnScore>,
    },
    /// Answer to [`super::Command::Ask`]; repeated for a map while t-SNE is running, and for copies
    /// while pictures are compared.
    Answered(Question, Answer),
    /// Progress of [`super::Command::FineTune`].
    Tuning {
        /// Number of steps taken.
        done: u32,
        /// Total number of steps; 0 when fine-tuning could not start or was cancelled.
        total: u32,
    },
    /// Answer to [`super::Command::FineTune`]: the fine-tuned network's guesses replace those of the probe;
    /// those of the vote are empty.
    Tuned {
        /// Number of the request.
        number: u32,
        /// Guesses of the network.
        classification: Classification,
    },
    /// Answer to [`super::Command::Query`], one for each existing evaluation.
    Queried(QueryAnswer),
    /// Answer to [`super::Command::Preview`].
    Views(Views),
    /// Answer to [`super::Command::Validate`].
    Validated {
        /// Number of the request.
        request: u32,
        /// Success, or why the snapshot cannot be resumed from.
        verdict: Result<(), ModelFailure>,
    },
    /// The run reached its last step.
    Finished,
    /// A command could not be carried out.
    Refused(Refusal),
    /// [`super::Command::OpenModel`] failed.
    NotOpened(ModelFailure),
    /// [`super::Command::Restore`] failed: the next run starts from the beginning.
    NotRestored(ModelFailure),
    /// An unexpected failure: the work in progress is lost. The engine may be unusable; the page then has to
    /// send pictures and settings to a new one.
    Failed(Breakdown),
}

/// Activity of the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Activity {
    /// Waiting for a command.
    #[default]
    Idle,
    /// Taking training steps.
    Training,
    /// Embedding and comparing the set, or answering questions about it.
    Evaluating,
    /// Comparing the two backends before the first run.
    Testing,
}

/// Device that computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Backend {
    /// WebGPU.
    WebGpu,
    /// WebAssembly SIMD, on one or several workers.
    Cpu,
}

/// Device that the engine runs on, and the reason for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// Device that computes.
    pub backend: Backend,
    /// The graphics adapter's description of itself; empty without an adapter.
    pub adapter: String,
    /// Reason for this backend.
    pub reason: BackendReason,
    /// Result of the comparison with the CPU, for WebGPU.
    pub self_test: Option<Agreement>,
    /// Whether the device failed to record a step, so that each step is planned anew.
    pub is_unrecorded: bool,
    /// Number of workers that share the work on the CPU.
    pub cores: u32,
}
