//! Commands from the page to the engine.

use serde::{Deserialize, Serialize};

use super::{LabelId, PictureId, Question, Stage};
use crate::settings::Settings;

/// Size limit of a model file, in bytes: several times what the widest network needs.
pub const MAX_MODEL_BYTES: usize = 64 << 20;

/// Commands from the page to the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Replaces the settings. Changes of pictures, seed, network or backend reset the run; all others apply
    /// from the next step on.
    Configure(Settings),
    /// Adds pictures to the set.
    Add(Vec<Picture>),
    /// Removes pictures from the set.
    Remove(Vec<PictureId>),
    /// Removes all pictures from the set; the answer is [`super::Event::Cleared`].
    Clear,
    /// Declares the set complete for now, so that it can be evaluated.
    Settle,
    /// Starts or continues training; declares the set complete for now.
    Train,
    /// Pauses training after the current step.
    Pause,
    /// Takes one step, then pauses; declares the set complete for now.
    Step,
    /// Discards what was learned: new weights from the seed, step 0.
    Reset,
    /// Requests views of some pictures under the current augmentations.
    Preview {
        /// Pictures to show.
        pictures: Vec<PictureId>,
        /// Number of views of each picture.
        views: u32,
        /// Number of the draw; another one gives other views.
        draw: u32,
    },
    /// Requests the views of one row of the batch matrix, now and with every later batch.
    Inspect {
        /// Row; `None` ends the request.
        anchor: Option<u32>,
    },
    /// Replaces the labels that the user typed. They take precedence over those that came with the pictures;
    /// the answers are [`super::Event::Scored`].
    Label(Vec<(PictureId, LabelId)>),
    /// Asks a question, which replaces another one as [`Question::replaces`] specifies.
    Ask(Question),
    /// Cancels a question that has no complete answer yet.
    Withdraw(Question),
    /// Fine-tunes a copy of the encoder on the given labels; the encoder itself is unchanged.
    FineTune {
        /// Number of the request, repeated in the answer.
        number: u32,
        /// Labels to learn from.
        request: ClassifierRequest,
    },
    /// Cancels fine-tuning.
    StopTuning,
    /// Searches the set with a picture that is not part of it, now and with every later evaluation; `None`
    /// ends the search.
    Query(Option<Query>),
    /// Requests the network as a model file.
    SaveModel(ModelFormat),
    /// Replaces the network with that of a model file, and the settings with those that it was trained with;
    /// the pictures stay.
    OpenModel {
        /// Contents of the file.
        #[serde(with = "serde_bytes")]
        file: Vec<u8>,
    },
    /// Resumes from a snapshot with the current settings.
    Restore {
        /// Contents of a [`super::Event::Snapshot`].
        #[serde(with = "serde_bytes")]
        file: Vec<u8>,
    },
    /// Asks whether [`Command::Restore`] would accept a snapshot with these settings; changes nothing.
    Validate {
        /// Number of the request, repeated in the answer.
        request: u32,
        /// Settings to check against.
        settings: Settings,
        /// Contents of the snapshot.
        #[serde(with = "serde_bytes")]
        file: Vec<u8>,
    },
}

/// Format of a model file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelFormat {
    /// All of the network, to continue with.
    Safetensors,
    /// The embedding of pictures, for other tools.
    Onnx,
}

impl ModelFormat {
    /// Returns the ending of its files' names.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Safetensors => "safetensors",
            Self::Onnx => "onnx",
        }
    }
}

/// A picture sent to the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Identifier for the session.
    pub id: PictureId,
    /// Label, used only for scoring, never for training.
    pub label: Option<LabelId>,
    /// RGB bytes, [`crate::image::SIDE`]² × 3, row by row.
    #[serde(with = "serde_bytes")]
    pub rgb: Vec<u8>,
    /// The whole picture if it is not square, stretched to a square of half that side, likewise.
    pub whole: Option<serde_bytes::ByteBuf>,
}

impl Picture {
    /// Returns a square picture of RGB bytes.
    pub const fn square(id: PictureId, label: Option<LabelId>, rgb: Vec<u8>) -> Self {
        Self { id, label, rgb, whole: None }
    }
}

/// A picture to search the set with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// Number of the query, repeated in the answers.
    pub number: u32,
    /// RGB bytes, [`crate::image::SIDE`]² × 3, row by row.
    #[serde(with = "serde_bytes")]
    pub rgb: Vec<u8>,
    /// Pictures among which the nearest are sought; the whole set if empty.
    pub among: Vec<PictureId>,
}

/// The labels that a classifier may learn from. They never enter contrastive training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassifierRequest {
    /// Stage of the embeddings.
    pub stage: Stage,
    /// Number of pictures of each label that reveal it, including typed ones.
    pub per_class: u32,
    /// Seed that selects those pictures.
    pub seed: u32,
    /// Labels that the user typed: always given, and preferred to those that came with the pictures.
    pub typed: Vec<(PictureId, LabelId)>,
}
