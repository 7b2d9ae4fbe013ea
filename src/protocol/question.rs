//! Questions about the embeddings of the set, and their answers.

use serde::{Deserialize, Serialize};

use super::{
    Classification, ClassifierRequest, Clustering, Copies, Explanation, Invariance, Map, MapMethod, Pair,
    SetMatrix, Stage, Survey,
};

/// A question with a typed answer.
pub trait Request: Clone + Into<Question> {
    /// Type of the answer.
    type Answer;

    /// Whether one such question at any stage replaces all others; otherwise each stage keeps its own.
    const EXCLUSIVE: bool = false;

    /// Whether the question is repeated for every evaluation during training; otherwise it is not repeated
    /// until training pauses, so as not to slow training down.
    const FOLLOWS_TRAINING: bool = true;

    /// Returns the stage of the embeddings in question.
    fn stage(&self) -> Stage;

    /// Returns the answer if it is of this type.
    fn read(answer: &Answer) -> Option<&Self::Answer>;

    /// Returns the answer as one to any question.
    fn wrap(answer: Self::Answer) -> Answer;
}

macro_rules! questions {
    ($($(#[$doc:meta])* $name:ident($request:ty) => $answer:ty $({$($property:ident: $value:literal),+})?,)+) => {
        /// A question about the embeddings of the set at one stage.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub enum Question {
            $($(#[$doc])* $name($request),)+
        }

        /// The answer to the [`Question`] of the same name.
        #[allow(clippy::large_enum_variant, reason = "there are a handful at a time")]
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub enum Answer {
            $($(#[$doc])* $name($answer),)+
        }

        impl Question {
            /// Returns the stage of the embeddings in question.
            pub fn stage(&self) -> Stage {
                match self {
                    $(Self::$name(request) => request.stage(),)+
                }
            }

            /// Returns whether the question is repeated for every evaluation during training.
            pub fn follows_training(&self) -> bool {
                match self {
                    $(Self::$name(_) => <$request>::FOLLOWS_TRAINING,)+
                }
            }

            /// Returns whether this question replaces another.
            pub fn replaces(&self, other: &Self) -> bool {
                match (self, other) {
                    $((Self::$name(_), Self::$name(_)) => {
                        <$request>::EXCLUSIVE || self.stage() == other.stage()
                    })+
                    _ => false,
                }
            }
        }

        $(impl Request for $request {
            type Answer = $answer;
            $($(const $property: bool = $value;)+)?

            fn stage(&self) -> Stage {
                self.stage
            }

            fn read(answer: &Answer) -> Option<&$answer> {
                match answer {
                    Answer::$name(answer) => Some(answer),
                    _ => None,
                }
            }

            fn wrap(answer: $answer) -> Answer {
                Answer::$name(answer)
            }
        }

        impl From<$request> for Question {
            fn from(request: $request) -> Self {
                Self::$name(request)
            }
        })+
    };
}

questions! {
    /// Similarity matrix of the whole set.
    Matrix(MatrixRequest) => SetMatrix,
    /// Map of the whole set; answered repeatedly while it is being computed.
    Map(MapRequest) => Map { EXCLUSIVE: true },
    /// Groups by spherical k-means.
    Groups(GroupsRequest) => Clustering { FOLLOWS_TRAINING: false },
    /// Near-duplicates and outliers.
    Survey(SurveyRequest) => Survey { FOLLOWS_TRAINING: false },
    /// Copies of one picture.
    Copies(CopiesRequest) => Copies { FOLLOWS_TRAINING: false },
    /// Invariance to each augmentation at its current settings.
    Invariance(InvarianceRequest) => Invariance { FOLLOWS_TRAINING: false },
    /// Regions of two pictures that make them similar.
    Explanation(Pair) => Explanation { EXCLUSIVE: true, FOLLOWS_TRAINING: false },
    /// Predictions of simple classifiers.
    Classification(ClassifierRequest) => Classification,
}

/// Request for a similarity matrix.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatrixRequest {
    /// Stage of the embeddings.
    pub stage: Stage,
}

/// Request for a map.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapRequest {
    /// Stage of the embeddings.
    pub stage: Stage,
    /// Method of projection.
    pub method: MapMethod,
}

/// Request for groups.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupsRequest {
    /// Stage of the embeddings.
    pub stage: Stage,
}

/// Request for near-duplicates and outliers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurveyRequest {
    /// Stage of the embeddings.
    pub stage: Stage,
}

/// Request for copies of one picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CopiesRequest {
    /// Pixels: the pictures themselves are compared.
    pub stage: Stage,
}

impl Default for CopiesRequest {
    fn default() -> Self {
        Self { stage: Stage::Pixels }
    }
}

/// Request for invariances.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvarianceRequest {
    /// Stage of the embeddings.
    pub stage: Stage,
}
