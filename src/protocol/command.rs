//! What the page asks of the engine.

use serde::{Deserialize, Serialize};

use super::{LabelId, PictureId, Question, Stage};
use crate::settings::Settings;

/// The largest model file that is read, in bytes: several times what the widest network needs.
pub const MAX_MODEL_BYTES: usize = 64 << 20;

/// What the page asks of the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Replaces the settings. Those that change pictures, seed, network or backend reset
    /// the run; the others apply from the next step on.
    Configure(Settings),
    /// Adds pictures to the set.
    Add(Vec<Picture>),
    /// Takes pictures out of the set.
    Remove(Vec<PictureId>),
    /// Takes all pictures out of the set; the answer is [`super::Event::Cleared`].
    Clear,
    /// No more pictures are on their way for now: evaluate the set as it is.
    Settle,
    /// Starts training, or goes on after a pause; no more pictures are on their way for now.
    Train,
    /// Stops after the step in hand.
    Pause,
    /// Takes one step, then pauses; no more pictures are on their way for now.
    Step,
    /// Forgets what was learned: new weights from the seed, step 0.
    Reset,
    /// Asks for views of some pictures by the current augmentations.
    Preview {
        /// The pictures to show.
        pictures: Vec<PictureId>,
        /// How many views of each.
        views: u32,
        /// Another number draws other views.
        draw: u32,
    },
    /// Asks for the views of one row of the batch matrix, now and with every batch to come.
    Inspect {
        /// The row; `None` ends it.
        anchor: Option<u32>,
    },
    /// Says which labels the user typed, in the place of those that were typed before. They
    /// stand above what came with the pictures; the answers are [`super::Event::Scored`].
    Label(Vec<(PictureId, LabelId)>),
    /// Asks a question; replaces another one as [`Question::replaces`] says.
    Ask(Question),
    /// Fine-tunes a copy of the encoder on these labels; the encoder itself stays as it is.
    FineTune {
        /// Tells it from others; the answer bears the same number.
        number: u32,
        /// The labels.
        request: ClassifierRequest,
    },
    /// Gives the fine-tuning run up.
    StopTuning,
    /// Searches the set with a picture that is not of it, now and with every evaluation to
    /// come; `None` ends the search.
    Query(Option<Query>),
    /// Asks for the network as a model file.
    SaveModel,
    /// Takes the network of a model file, and the settings that it was trained by, in the
    /// place of the run's; the pictures stay.
    OpenModel {
        /// The file.
        #[serde(with = "serde_bytes")]
        file: Vec<u8>,
    },
    /// Goes on from a snapshot, by the settings as they are.
    Restore {
        /// What [`super::Event::Snapshot`] brought.
        #[serde(with = "serde_bytes")]
        file: Vec<u8>,
    },
    /// Asks whether [`Command::Restore`] would go on from a snapshot by these settings; changes
    /// nothing.
    Validate {
        /// Names the request in the answer.
        request: u32,
        /// The settings.
        settings: Settings,
        /// The snapshot.
        #[serde(with = "serde_bytes")]
        file: Vec<u8>,
    },
}

/// A picture on its way to the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Its name for the session.
    pub id: PictureId,
    /// Used only to score, never to train.
    pub label: Option<LabelId>,
    /// RGB bytes, [`crate::image::SIDE`]² × 3, row by row.
    #[serde(with = "serde_bytes")]
    pub rgb: Vec<u8>,
}

/// A picture that the set is searched with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// Names it in the answers.
    pub number: u32,
    /// RGB bytes, [`crate::image::SIDE`]² × 3, row by row.
    #[serde(with = "serde_bytes")]
    pub rgb: Vec<u8>,
}

/// The labels that a classifier may learn from. They never enter contrastive training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassifierRequest {
    /// Which embeddings.
    pub stage: Stage,
    /// How many of each label's pictures give theirs away, typed ones counted in.
    pub per_class: u32,
    /// Draws which.
    pub seed: u32,
    /// Labels that the user typed: always given, and above what came with the picture.
    pub typed: Vec<(PictureId, LabelId)>,
}
