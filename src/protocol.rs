//! What the page and the engine say to each other.
//!
//! The page sends [`Command`]s, the engine answers with [`Event`]s; both are
//! plain data, serialised by postcard into one buffer that is transferred, not
//! copied, between the threads. [`encode`] puts the build in front of every message
//! and [`decode`] refuses another's, so that a page never acts on a foreign engine's words.

use serde::{Deserialize, Serialize};

use crate::settings::{LossKind, Settings, Similarity};

/// Identifies the build: a page and an engine work together only when theirs are equal.
pub const BUILD: &str = env!("LIKENESS_BUILD");

/// Names a picture for as long as the page is open; never reused.
pub type PictureId = u32;

/// Names a label: its index in the page's list of label names.
pub type LabelId = u32;

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

/// What the page asks of the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Replaces the settings. Those that change the network or the backend reset the
    /// run; the others apply from the next step on.
    Configure(Settings),
    /// Adds pictures to the set.
    Add(Vec<Picture>),
    /// Takes pictures out of the set.
    Remove(Vec<PictureId>),
    /// Takes all pictures out of the set; the answer is [`Event::Cleared`].
    Clear,
    /// No more pictures are on their way for now: evaluate the set as it is.
    Settle,
    /// Starts training, or goes on after a pause.
    Train,
    /// Stops after the step in hand.
    Pause,
    /// Takes one step, then pauses.
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
    /// Asks for the similarity matrix of the whole set.
    Matrix {
        /// Which embeddings.
        stage: Stage,
    },
    /// Asks for a map of the whole set; replaces a map that is in the making.
    Map {
        /// Which embeddings.
        stage: Stage,
        /// How to draw it.
        method: MapMethod,
    },
    /// Asks for the views of one row of the batch matrix, now and with every batch to come.
    Inspect {
        /// The row; `None` ends it.
        anchor: Option<u32>,
    },
    /// Asks what a few labels are worth at one stage; replaces what was asked before of it.
    Classify(Labelling),
    /// Fine-tunes a copy of the encoder on these labels; the encoder itself stays as it is.
    FineTune(Labelling),
    /// Gives the fine-tuning up.
    StopTuning,
    /// Searches the set with a picture that is not of it, now and with every evaluation to
    /// come; `None` ends the search.
    Query(Option<Query>),
    /// Asks which places of two pictures make them alike; replaces what was asked before.
    Explain(Pair),
    /// Asks for a study of the whole set at one stage; it starts over if it goes on already.
    Study {
        /// What to find out.
        study: Study,
        /// Which embeddings.
        stage: Stage,
    },
    /// Asks what the embeddings of one stage overlook, by the augmentations as they are set;
    /// it starts over if it goes on already.
    Invariance {
        /// Which embeddings.
        stage: Stage,
    },
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
        /// What [`Event::Snapshot`] brought.
        #[serde(with = "serde_bytes")]
        file: Vec<u8>,
    },
    /// Asks the engine's decoders to read a file that the browser could not.
    Decode {
        /// Names the request in the answer.
        request: u32,
        /// The file.
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    },
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

/// Which embeddings of the pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stage {
    /// The pictures' own colours, without any network.
    Pixels,
    /// The encoder with its first random weights.
    Untrained,
    /// The encoder as it is now.
    Trained,
}

/// How embeddings become points of a plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MapMethod {
    /// The first two principal components.
    Pca,
    /// t-distributed stochastic neighbour embedding.
    Tsne,
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
    /// One sentence: why this backend.
    pub reason: String,
    /// One sentence: what the comparison of both backends gave, empty on the CPU.
    pub self_test: String,
}

/// What one training step measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepReport {
    /// Counted from 1.
    pub step: u32,
    /// The mean loss over the batch, in nats.
    pub loss: f32,
    /// How often the positive is the anchor's nearest view in the batch, 0 to 1.
    pub accuracy: f32,
    /// Mean squared distance between the two views of a pair on the unit sphere
    /// (Wang & Isola 2020, α = 2): 0 when they coincide.
    pub alignment: f32,
    /// Log of the mean Gaussian potential of all views, t = 2 (Wang & Isola 2020):
    /// 0 when all coincide, lower when they spread.
    pub uniformity: f32,
    /// Time since the step before, in milliseconds.
    pub milliseconds: f32,
}

/// Single-precision numbers, serialised as bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Floats(pub Vec<f32>);

/// The similarities within one training batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchMatrix {
    /// The step that it belongs to.
    pub step: u32,
    /// The anchors' pictures, `n` of them; rows `i` and `i + n` are the views of `pictures[i]`.
    pub pictures: Vec<PictureId>,
    /// Cosine similarities of all views, 2n × 2n, row by row.
    pub cells: Floats,
    /// What turned them into the loss.
    pub details: LossDetails,
}

/// What turned a batch's similarities into its loss.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LossDetails {
    /// The loss.
    pub loss: LossKind,
    /// How it compares projections; triplets always take the cosine.
    pub similarity: Similarity,
    /// The temperature τ at this step, set or learned.
    pub temperature: f32,
    /// The bias that NCE adds to every similarity over τ.
    pub bias: f32,
    /// The margin of triplets, in squared distance.
    pub margin: f32,
    /// Lengths of the projections, `2n`.
    pub lengths: Floats,
    /// The view that is each anchor's negative, `2n` of them; empty but for triplets.
    pub negatives: Vec<u32>,
}

/// The views that the loss of one anchor compares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowViews {
    /// The step that they belong to.
    pub step: u32,
    /// The row of the batch matrix.
    pub anchor: u32,
    /// The side of a view in pixels.
    pub side: u32,
    /// RGB bytes of the anchor, its positive and, for triplets, its mined negative.
    #[serde(with = "serde_bytes")]
    pub rgb: Vec<u8>,
}

/// A picture's nearest others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Neighbours {
    /// How many for each picture.
    pub k: u32,
    /// Indices into [`Evaluation::pictures`], nearest first, `k` for each picture.
    pub indices: Vec<u32>,
    /// The cosine similarities that belong to them.
    pub similarities: Floats,
}

/// A picture of the set, or the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// A picture of the set.
    Picture(PictureId),
    /// The query with this number.
    Query(u32),
}

/// Two pictures at one stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// Which embeddings.
    pub stage: Stage,
    /// The two.
    pub subjects: [Subject; 2],
}

/// Which places of two pictures make them alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// The two, and which embeddings.
    pub pair: Pair,
    /// The step after which these were taken.
    pub step: u32,
    /// The cosine similarity of the two, uncovered.
    pub similarity: f32,
    /// The side of the maps below, in pixels.
    pub side: u32,
    /// For each of the two, by how much the similarity drops when a grey patch covers a
    /// pixel: the mean over such patches, side × side, row by row.
    pub drops: [Floats; 2],
}

/// What the set has nearest to a query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueryAnswer {
    /// The query's number.
    pub number: u32,
    /// Which embeddings.
    pub stage: Stage,
    /// The nearest pictures, nearest first.
    pub pictures: Vec<PictureId>,
    /// The cosine similarities that belong to them.
    pub similarities: Floats,
}

/// What embeddings of the whole set are worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Which embeddings.
    pub stage: Stage,
    /// The step after which they were taken.
    pub step: u32,
    /// The pictures, in the order of the rows below.
    pub pictures: Vec<PictureId>,
    /// How many numbers embed a picture.
    pub dimensions: u32,
    /// The encoder's outputs, one row a picture; empty for [`Stage::Pixels`].
    pub embeddings: Floats,
    /// Every picture's nearest others.
    pub neighbours: Neighbours,
    /// The share of a labelled picture's 10 nearest labelled others that carry its label,
    /// leave-one-out mean over the labelled pictures; absent without labels.
    pub shared_labels: Option<f32>,
    /// Leave-one-out kNN@10 accuracy: how often the majority of a picture's 10 nearest
    /// labelled others carries its label; absent without labels.
    pub knn: Option<f32>,
    /// exp of the entropy of the normalised singular values (Roy & Vetterli 2007):
    /// how many dimensions the embeddings really use; absent for [`Stage::Pixels`].
    pub effective_rank: Option<f32>,
}

/// The similarity matrix of the whole set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetMatrix {
    /// Which embeddings.
    pub stage: Stage,
    /// The step after which they were taken.
    pub step: u32,
    /// The pictures in the order of rows and columns: by label, else groups side by side.
    pub order: Vec<PictureId>,
    /// Rows and columns; fewer than pictures when each cell is the mean of a block.
    pub side: u32,
    /// Cosine similarities, side × side, row by row.
    pub cells: Floats,
}

/// A map of the whole set: a point for every picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Map {
    /// Which embeddings.
    pub stage: Stage,
    /// The step after which they were taken.
    pub step: u32,
    /// How it was drawn.
    pub method: MapMethod,
    /// The pictures, in the order of the points.
    pub pictures: Vec<PictureId>,
    /// x and y of each picture, with mean 0 and a root mean square distance of 1 from there.
    pub points: Floats,
    /// That distance before it was made 1.
    pub radius: f32,
    /// The share of the embeddings' variance that lies along the first two principal
    /// components, 0 to 1.
    pub explained: f32,
    /// Iterations done of a map that is in the making.
    pub done: u32,
    /// Iterations in all; 0 where there are none.
    pub total: u32,
}

/// The labels that a classifier may learn from. They never enter contrastive training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Labelling {
    /// Tells it from others; the answer bears the same number.
    pub number: u32,
    /// Which embeddings.
    pub stage: Stage,
    /// How many of each label's pictures give theirs away, typed ones counted in.
    pub per_class: u32,
    /// Draws which.
    pub seed: u32,
    /// Labels that the user typed: always given, and above what came with the picture.
    pub typed: Vec<(PictureId, LabelId)>,
}

/// What one classifier says about the held-out pictures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Guesses {
    /// A label for each, in the order of [`Classification::held_out`].
    pub labels: Vec<LabelId>,
    /// The probability, 0 to 1, that the classifier gives to it.
    pub confidences: Floats,
    /// How often it is right, 0 to 1; absent when no label is known to compare with.
    pub accuracy: Option<f32>,
}

/// What a few labels are worth at one stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// That of the [`Labelling`] that it answers.
    pub number: u32,
    /// Which embeddings.
    pub stage: Stage,
    /// The step after which they were taken.
    pub step: u32,
    /// The pictures that gave their labels.
    pub given: Vec<PictureId>,
    /// The labels that occur among them; with fewer than two there is nothing to guess.
    pub classes: Vec<LabelId>,
    /// The pictures that the classifiers guess about: all others.
    pub held_out: Vec<PictureId>,
    /// How many of those came with one of `classes`: accuracy is counted over them.
    pub scored: u32,
    /// Multinomial logistic regression on the frozen embeddings.
    pub probe: Guesses,
    /// The weighted vote of the nearest given pictures.
    pub vote: Guesses,
}

/// What can be found out about a whole set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Study {
    /// Which pictures form groups.
    Groups,
    /// Which pictures are near-duplicates, and which stand apart.
    Survey,
}

/// The pictures of the set dealt into so many groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Partition {
    /// The mean silhouette (Rousseeuw 1987), −1 to 1: how well the groups stand apart.
    pub silhouette: f32,
    /// The groups, the largest first; in each, the picture nearest to its centre first,
    /// which is its medoid, and the others by nearness.
    pub groups: Vec<Vec<PictureId>>,
}

/// Groups of the whole set by spherical k-means, for every count of groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clustering {
    /// Which embeddings.
    pub stage: Stage,
    /// The step after which they were taken.
    pub step: u32,
    /// One for each count, fewest groups first; empty with fewer than three pictures.
    pub partitions: Vec<Partition>,
}

/// The least cosine similarity of a [`Survey`]'s links.
pub const LEAST_LINK: f32 = 0.8;

/// Which pictures of the whole set are near-duplicates, and which stand apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Survey {
    /// Which embeddings.
    pub stage: Stage,
    /// The step after which they were taken.
    pub step: u32,
    /// Pairs and their cosine similarities, most similar first: the maximum spanning
    /// forest of all pairs of at least [`LEAST_LINK`]. Those of at least a threshold connect
    /// what all such pairs connect.
    pub links: Vec<(PictureId, PictureId, f32)>,
    /// How many nearest others count in the next.
    pub nearest: u32,
    /// The mean cosine similarity of every picture with its nearest others, the least first.
    pub isolated: Vec<(PictureId, f32)>,
}

/// What the embeddings of one stage overlook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invariance {
    /// Which embeddings.
    pub stage: Stage,
    /// The step after which the encoder was taken.
    pub step: u32,
    /// Over how many pictures of the set the means below were taken.
    pub pictures: u32,
    /// For each operation, in the order of [`crate::settings::Augmentations::each_mut`]: the
    /// mean cosine similarity between a picture and the same picture changed by that operation
    /// alone, applied to every view at the strength that is set.
    pub operations: Floats,
    /// The mean cosine similarity between two different pictures.
    pub others: f32,
}

/// Views made by the augmentations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Views {
    /// The pictures, each with `views` views.
    pub pictures: Vec<PictureId>,
    /// How many views of each.
    pub views: u32,
    /// The side of a view in pixels.
    pub side: u32,
    /// RGB bytes, picture by picture, view by view, row by row.
    #[serde(with = "serde_bytes")]
    pub rgb: Vec<u8>,
}

/// What the engine is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Activity {
    /// Waiting for a command.
    Idle,
    /// Taking training steps.
    Training,
    /// Embedding the whole set.
    Evaluating,
    /// Comparing the two backends before the first run.
    Testing,
}

/// What the engine tells the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The engine has its device and takes commands; sent again when the backend changes.
    Ready(Environment),
    /// The settings ask for WebGPU, and there is an adapter, but this engine was built without.
    WebGpuNeeded,
    /// What the engine is doing now.
    Activity(Activity),
    /// Answer to [`Command::Clear`]: nothing that follows speaks of the pictures before it.
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
    /// Answer to [`Command::SaveModel`].
    Model {
        /// Steps taken.
        step: u32,
        /// A safetensors file.
        #[serde(with = "serde_bytes")]
        file: Vec<u8>,
    },
    /// Answer to [`Command::OpenModel`]: the settings that apply from now on.
    Opened(Settings),
    /// One or more steps were taken.
    Stepped(Vec<StepReport>),
    /// The similarities within the current batch.
    Batch(BatchMatrix),
    /// Follows a batch while [`Command::Inspect`] holds.
    Row(RowViews),
    /// Embeddings of the whole set were taken and scored.
    Evaluated(Evaluation),
    /// Answer to [`Command::Matrix`].
    Matrix(SetMatrix),
    /// Answer to [`Command::Map`], again and again while t-SNE goes on.
    Mapped(Map),
    /// Answer to [`Command::Classify`].
    Classified(Classification),
    /// How far the answer to [`Command::FineTune`] is.
    Tuning {
        /// Steps taken.
        done: u32,
        /// Steps in all; 0 when none goes on, because it could not start or was given up.
        total: u32,
    },
    /// Answer to [`Command::FineTune`]: what the fine-tuned network says stands in the
    /// place of the probe's word, and nothing in that of the vote's.
    Tuned(Classification),
    /// Answer to [`Command::Query`], one for each evaluation that there is.
    Queried(QueryAnswer),
    /// Answer to [`Command::Explain`].
    Explained(Explanation),
    /// Answer to [`Command::Study`] of [`Study::Groups`].
    Clustered(Clustering),
    /// Answer to [`Command::Study`] of [`Study::Survey`].
    Surveyed(Survey),
    /// Answer to [`Command::Invariance`].
    Invariance(Invariance),
    /// Answer to [`Command::Preview`].
    Views(Views),
    /// Answer to [`Command::Decode`]: RGB bytes, [`crate::image::SIDE`]² × 3, or why not.
    Decoded {
        /// The request's name.
        request: u32,
        /// The picture, or one sentence.
        picture: Result<serde_bytes::ByteBuf, String>,
    },
    /// The run reached its last step.
    Finished,
    /// A command could not be carried out; one sentence. Nothing was lost.
    Refused(String),
    /// The engine broke down and says nothing more; one sentence. Pictures and
    /// settings are the page's to send again to a new engine.
    Failed(String),
}

/// Why a message could not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageError {
    /// It comes from another build.
    OtherBuild {
        /// The sender's build.
        theirs: String,
    },
    /// Its bytes are not a message.
    Malformed,
}

impl std::fmt::Display for MessageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OtherBuild { theirs } => write!(
                f,
                "The page (build {BUILD}) met an engine of another build ({theirs}). Reload the page to get both anew."
            ),
            Self::Malformed => f.write_str("A message between the page and the engine could not be read."),
        }
    }
}

impl std::error::Error for MessageError {}

/// Serialises a message of this build.
pub fn encode<T: Serialize>(body: &T) -> Vec<u8> {
    #[derive(Serialize)]
    struct Borrowed<'a, T> {
        build: &'a str,
        body: &'a T,
    }
    postcard::to_stdvec(&Borrowed { build: BUILD, body }).expect("messages are plain data")
}

/// Reads a message and refuses one of another build.
pub fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, MessageError> {
    let (theirs, body) = postcard::take_from_bytes::<String>(bytes).map_err(|_| MessageError::Malformed)?;
    if theirs != BUILD {
        return Err(MessageError::OtherBuild { theirs });
    }
    postcard::from_bytes(body).map_err(|_| MessageError::Malformed)
}

impl Serialize for Floats {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytemuck::cast_slice(&self.0))
    }
}

impl<'de> Deserialize<'de> for Floats {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = serde_bytes::ByteBuf::deserialize(deserializer)?;
        if bytes.len() % size_of::<f32>() != 0 {
            return Err(serde::de::Error::custom("not a whole number of floats"));
        }
        Ok(Self(bytemuck::pod_collect_to_vec(&bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Images;

    #[test]
    fn commands_and_events_survive_the_journey() {
        let picture = Picture { id: 7, label: Some(3), rgb: vec![1, 2, 3] };
        for command in [
            Command::Configure(Settings::recommended(Images::Fashion)),
            Command::Add(vec![picture]),
            Command::Preview { pictures: vec![1, 2], views: 2, draw: 9 },
            Command::Matrix { stage: Stage::Trained },
            Command::Inspect { anchor: Some(3) },
            Command::Query(Some(Query { number: 2, rgb: vec![4, 5, 6] })),
            Command::Restore { file: vec![7, 8] },
            Command::Study { study: Study::Survey, stage: Stage::Pixels },
            Command::FineTune(Labelling {
                number: 1,
                stage: Stage::Trained,
                per_class: 0,
                seed: 1,
                typed: Vec::new(),
            }),
            Command::Classify(Labelling {
                number: 2,
                stage: Stage::Pixels,
                per_class: 10,
                seed: 1,
                typed: vec![(4, 2)],
            }),
        ] {
            assert_eq!(decode::<Command>(&encode(&command)), Ok(command));
        }
        let cells = Floats(vec![0.1, -1.0, f32::MAX]);
        let event = Event::Batch(BatchMatrix {
            step: 1,
            pictures: vec![4],
            cells,
            details: LossDetails { negatives: vec![3, 0], ..LossDetails::default() },
        });
        assert_eq!(decode::<Event>(&encode(&event)), Ok(event));
        let pair = Pair { stage: Stage::Untrained, subjects: [Subject::Picture(1), Subject::Query(2)] };
        let drops = [Floats(vec![0.5]), Floats(vec![-0.25])];
        let event = Event::Explained(Explanation { pair, step: 3, similarity: 0.75, side: 1, drops });
        assert_eq!(decode::<Event>(&encode(&event)), Ok(event));
        let event = Event::Snapshot { step: 20, file: vec![9, 0] };
        assert_eq!(decode::<Event>(&encode(&event)), Ok(event));
        let event = Event::Row(RowViews { step: 1, anchor: 0, side: 1, rgb: vec![1, 2, 3] });
        assert_eq!(decode::<Event>(&encode(&event)), Ok(event));
        let guesses = Guesses { labels: vec![2], confidences: Floats(vec![0.75]), accuracy: Some(1.0) };
        let event = Event::Classified(Classification {
            number: 2,
            stage: Stage::Trained,
            step: 40,
            given: vec![4, 5],
            classes: vec![1, 2],
            held_out: vec![6],
            scored: 1,
            probe: guesses,
            vote: Guesses::default(),
        });
        assert_eq!(decode::<Event>(&encode(&event)), Ok(event));
    }

    #[test]
    fn studies_survive_the_journey() {
        let partitions = vec![Partition { silhouette: 0.5, groups: vec![vec![3, 1], vec![2]] }];
        let event = Event::Clustered(Clustering { stage: Stage::Trained, step: 4, partitions });
        assert_eq!(decode::<Event>(&encode(&event)), Ok(event));
        let (links, isolated) = (vec![(3, 1, 0.99)], vec![(2, 0.1), (1, 0.4), (3, 0.5)]);
        let event = Event::Surveyed(Survey { stage: Stage::Pixels, step: 0, links, nearest: 2, isolated });
        assert_eq!(decode::<Event>(&encode(&event)), Ok(event));
    }

    #[test]
    fn another_builds_messages_are_refused_by_name() {
        let foreign = postcard::to_stdvec(&("0.0.0-other", Event::Finished)).expect("plain data");
        let error = decode::<Event>(&foreign).expect_err("another build");
        assert_eq!(error, MessageError::OtherBuild { theirs: "0.0.0-other".to_owned() });
        assert!(error.to_string().contains("0.0.0-other"));
    }

    #[test]
    fn broken_messages_are_refused() {
        let whole = encode(&Event::Refused("a sentence".to_owned()));
        for length in 0..whole.len() {
            assert!(decode::<Event>(&whole[..length]).is_err(), "{length} bytes");
        }
        assert_eq!(decode::<Event>(&[0xff; 40]), Err(MessageError::Malformed));
    }
}
