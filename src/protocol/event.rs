//! What the engine tells the page.

use serde::{Deserialize, Serialize};

use super::{
    Agreement, Answer, BackendReason, BatchMatrix, Breakdown, Classification, Evaluation, KnnScore,
    ModelFailure, QueryAnswer, Question, Refusal, RowViews, Stage, StepReport, Views,
};
use crate::settings::Settings;

/// What the engine tells the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The engine has its device and takes commands; sent again when the backend changes.
    Ready(Environment),
    /// The settings ask for WebGPU, and there is an adapter, but this engine was built without.
    WebGpuNeeded,
    /// What the engine is doing now.
    Activity(Activity),
    /// Answer to [`super::Command::Clear`]: nothing that follows speaks of the pictures before it.
    Cleared,
    /// The run starts over: step 0, no curves.
    Restarted {
        /// Trainable numbers in encoder and projection head.
        parameters: u32,
    },
    /// The run goes on from a step that was taken before: after a breakdown of the engine,
    /// where numbers went wrong, or from a file.
    Restored {
        /// Steps taken.
        step: u32,
        /// Trainable numbers in encoder and projection head.
        parameters: u32,
    },
    /// Everything that another engine needs to go on from a step, every so often while training.
    Snapshot {
        /// Steps taken.
        step: u32,
        /// A safetensors file; the module `checkpoint` says what is in it.
        #[serde(with = "serde_bytes")]
        file: Vec<u8>,
    },
    /// Answer to [`super::Command::SaveModel`].
    Model {
        /// Steps taken.
        step: u32,
        /// A safetensors file.
        #[serde(with = "serde_bytes")]
        file: Vec<u8>,
    },
    /// Answer to [`super::Command::OpenModel`]: the settings that apply from now on.
    Opened(Settings),
    /// One or more steps were taken.
    Stepped(Vec<StepReport>),
    /// The similarities within the current batch.
    Batch(BatchMatrix),
    /// Follows a batch while [`super::Command::Inspect`] holds.
    Row(RowViews),
    /// Embeddings of the whole set were taken and scored.
    Evaluated(Evaluation),
    /// Answer to [`super::Command::Label`], one for each evaluation that there is: its scores
    /// by the labels as they are now.
    Scored {
        /// Which embeddings.
        stage: Stage,
        /// As in [`Evaluation::knn`].
        knn: Option<KnnScore>,
    },
    /// Answer to [`super::Command::Ask`]; that of a map comes again and again while t-SNE goes on.
    Answered(Question, Answer),
    /// How far the answer to [`super::Command::FineTune`] is.
    Tuning {
        /// Steps taken.
        done: u32,
        /// Steps in all; 0 when none goes on, because it could not start or was given up.
        total: u32,
    },
    /// Answer to [`super::Command::FineTune`]: what the fine-tuned network says stands in the
    /// place of the probe's word, and nothing in that of the vote's.
    Tuned {
        /// The number of the request.
        number: u32,
        /// The guesses.
        classification: Classification,
    },
    /// Answer to [`super::Command::Query`], one for each evaluation that there is.
    Queried(QueryAnswer),
    /// Answer to [`super::Command::Preview`].
    Views(Views),
    /// Answer to [`super::Command::Validate`].
    Validated {
        /// The request's name.
        request: u32,
        /// Whether the snapshot can be gone on from.
        verdict: Result<(), ModelFailure>,
    },
    /// The run reached its last step.
    Finished,
    /// A command could not be carried out.
    Refused(Refusal),
    /// So for [`super::Command::OpenModel`].
    NotOpened(ModelFailure),
    /// So for [`super::Command::Restore`]: the next run begins at its beginning.
    NotRestored(ModelFailure),
    /// Something broke that should not have, and what was being done is lost. The engine may
    /// be at its end: pictures and settings are the page's to send again to a new one.
    Failed(Breakdown),
}

/// What the engine is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Activity {
    /// Waiting for a command.
    Idle,
    /// Taking training steps.
    Training,
    /// Embedding and comparing the set, or answering what was asked about it.
    Evaluating,
    /// Comparing the two backends before the first run.
    Testing,
}

/// Which device computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Backend {
    /// WebGPU.
    WebGpu,
    /// WebAssembly SIMD on one thread.
    Cpu,
}

/// What the engine runs on, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// The device that computes.
    pub backend: Backend,
    /// The graphics adapter's own words, empty where there is none.
    pub adapter: String,
    /// Reason for this backend.
    pub reason: BackendReason,
    /// Result of the comparison with the CPU, for WebGPU.
    pub self_test: Option<Agreement>,
    /// Whether the device refused to record a step, so that each is planned anew.
    pub is_unrecorded: bool,
}
