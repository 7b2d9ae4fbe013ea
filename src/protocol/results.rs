//! Results about the whole set.

use serde::{Deserialize, Serialize};

use super::{Floats, LabelId, MapMethod, Pair, PictureId, Stage};

/// Nearest neighbours of each picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Neighbours {
    /// Number of neighbours of each picture.
    pub k: u32,
    /// Indices into [`Evaluation::pictures`], nearest first, `k` for each picture.
    pub indices: Vec<u32>,
    /// Their cosine similarities.
    pub similarities: Floats,
}

/// Leave-one-out scores of the labelled pictures, by the 10 nearest labelled neighbours of each.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct KnnScore {
    /// Mean fraction of a picture's nearest labelled neighbours that share its label.
    pub shared_labels: f32,
    /// Fraction of pictures whose own label is the most common among those neighbours; ties go to the label
    /// with the larger sum of similarities.
    pub accuracy: f32,
    /// Number of neighbours considered: 10, or all there are.
    pub neighbours: u32,
}

/// Evaluation of the embeddings of the whole set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Stage of the embeddings.
    pub stage: Stage,
    /// Step after which the embeddings were taken.
    pub step: u32,
    /// Pictures, in the order of the rows below.
    pub pictures: Vec<PictureId>,
    /// Number of dimensions of an embedding.
    pub dimensions: u32,
    /// Embeddings, one row per picture; empty for baselines.
    pub embeddings: Floats,
    /// Nearest neighbours of every picture.
    pub neighbours: Neighbours,
    /// Agreement of neighbours with the labels; `None` with fewer than two labels.
    pub knn: Option<KnnScore>,
    /// Effective rank, the number of dimensions really used: exp of the entropy of the normalised singular
    /// values (Roy & Vetterli 2007); `None` for baselines.
    pub effective_rank: Option<f32>,
}

#[cfg(test)]
impl Evaluation {
    /// Returns an evaluation of these pictures before any training, without results.
    pub fn bare(stage: Stage, pictures: Vec<PictureId>) -> Self {
        Self {
            stage,
            step: 0,
            pictures,
            dimensions: 0,
            embeddings: Floats::default(),
            neighbours: Neighbours { k: 0, indices: Vec::new(), similarities: Floats::default() },
            knn: None,
            effective_rank: None,
        }
    }
}

/// Similarity matrix of the whole set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetMatrix {
    /// Stage of the embeddings.
    pub stage: Stage,
    /// Step after which the embeddings were taken.
    pub step: u32,
    /// Pictures in the order of rows and columns: sorted by label, otherwise grouped by similarity.
    pub order: Vec<PictureId>,
    /// Number of rows and columns; fewer than pictures when each cell is the mean of a block.
    pub side: u32,
    /// Cosine similarities, side × side, row by row.
    pub cells: Floats,
}

/// Map of the whole set: one point per picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Map {
    /// Stage of the embeddings.
    pub stage: Stage,
    /// Step after which the embeddings were taken.
    pub step: u32,
    /// Method of projection.
    pub method: MapMethod,
    /// Pictures, in the order of the points.
    pub pictures: Vec<PictureId>,
    /// x and y of each picture, with mean 0 and a root mean square distance of 1 from it.
    pub points: Floats,
    /// Root mean square distance before scaling.
    pub radius: f32,
    /// Fraction of the embeddings' variance along the first two principal components, 0 to 1.
    pub explained: f32,
    /// Number of iterations done.
    pub done: u32,
    /// Total number of iterations; 0 for methods without iterations.
    pub total: u32,
}

/// Pictures of the set nearest to a query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueryAnswer {
    /// Number of the query.
    pub number: u32,
    /// Stage of the embeddings.
    pub stage: Stage,
    /// Nearest pictures, nearest first.
    pub pictures: Vec<PictureId>,
    /// Their cosine similarities.
    pub similarities: Floats,
}

/// Regions of two pictures that make them similar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// Pictures, and the stage of their embeddings.
    pub pair: Pair,
    /// Step after which the embeddings were taken.
    pub step: u32,
    /// Cosine similarity of the two uncovered pictures.
    pub similarity: f32,
    /// Side of the maps below, in pixels.
    pub side: u32,
    /// For each picture, the drop in similarity when a grey patch covers a pixel: the mean over such patches,
    /// side × side, row by row.
    pub drops: [Floats; 2],
}

/// Guesses of one classifier about the held-out pictures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Guesses {
    /// Guessed labels, in the order of [`Classification::held_out`].
    pub labels: Vec<LabelId>,
    /// Probability of each guess according to the classifier, 0 to 1.
    pub confidences: Floats,
    /// Fraction of correct guesses, 0 to 1; `None` without known labels to compare with.
    pub accuracy: Option<f32>,
}

/// Classification of one stage's embeddings from a few labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// Stage of the embeddings.
    pub stage: Stage,
    /// Step after which the embeddings were taken.
    pub step: u32,
    /// Pictures whose labels were given.
    pub given: Vec<PictureId>,
    /// Labels among them; with fewer than two there is nothing to guess.
    pub classes: Vec<LabelId>,
    /// Pictures that the classifiers guess: all others.
    pub held_out: Vec<PictureId>,
    /// Number of held-out pictures that came with one of `classes`; accuracy is measured over them.
    pub scored: u32,
    /// Guesses of multinomial logistic regression on the frozen embeddings.
    pub probe: Guesses,
    /// Guesses by a weighted vote of the nearest given pictures.
    pub vote: Guesses,
    /// Cross-validation of the given pictures if `scored` is 0: otherwise nothing would show how far to trust
    /// the guesses.
    pub crossed: Option<CrossValidation>,
}

/// Stratified cross-validation: guesses about the given pictures, each from others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CrossValidation {
    /// Guessed pictures, in the order of the guesses below.
    pub pictures: Vec<PictureId>,
    /// Labels of those pictures.
    pub labels: Vec<LabelId>,
    /// Number of folds, each guessed by classifiers trained on all other given pictures; equals the number of
    /// pictures in leave-one-out cross-validation.
    pub folds: u32,
    /// Labels with a single given picture, which is not guessed: nothing is left to learn them from.
    pub lone: Vec<LabelId>,
    /// Guesses of the linear probe.
    pub probe: Guesses,
    /// Guesses of the nearest-neighbour vote.
    pub vote: Guesses,
}

/// Partition of the set into a given number of groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Partition {
    /// Mean silhouette (Rousseeuw 1987), −1 to 1: how well the groups are separated.
    pub silhouette: f32,
    /// Groups, largest first; within each, pictures by nearness to its centre, starting with the medoid.
    pub groups: Vec<Vec<PictureId>>,
}

/// Groups of the whole set by spherical k-means, for every number of groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clustering {
    /// Stage of the embeddings.
    pub stage: Stage,
    /// Step after which the embeddings were taken.
    pub step: u32,
    /// One partition for each number of groups, fewest first; empty with fewer than three pictures.
    pub partitions: Vec<Partition>,
}

/// Minimum cosine similarity of a [`Survey`]'s links.
pub const LEAST_LINK: f32 = 0.8;

/// Near-duplicates and outliers of the whole set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Survey {
    /// Stage of the embeddings.
    pub stage: Stage,
    /// Step after which the embeddings were taken.
    pub step: u32,
    /// Pairs and their cosine similarities, most similar first: the maximum spanning forest of all pairs of
    /// at least [`LEAST_LINK`]. For any higher threshold, links of at least that similarity connect the same
    /// pictures as all such pairs.
    pub links: Vec<(PictureId, PictureId, f32)>,
    /// Number of nearest neighbours averaged in `isolated`.
    pub nearest: u32,
    /// Mean cosine similarity of every picture with its nearest neighbours, lowest first.
    pub isolated: Vec<(PictureId, f32)>,
}

/// Sets of copies of one picture.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Copies {
    /// The sets of two pictures or more found so far, each in the order of the whole set.
    pub sets: Vec<Vec<PictureId>>,
    /// Number of pictures compared so far.
    pub done: u32,
    /// Number of all pictures.
    pub total: u32,
}

impl Copies {
    /// Returns whether all pictures are compared.
    pub fn is_complete(&self) -> bool {
        self.done >= self.total
    }
}

/// Invariance of the embeddings of one stage to the augmentations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invariance {
    /// Stage of the embeddings.
    pub stage: Stage,
    /// Step after which the encoder was taken.
    pub step: u32,
    /// Number of pictures that the means below are taken over.
    pub pictures: u32,
    /// For each operation, in the order of [`crate::settings::Augmentations::each`]: the mean cosine
    /// similarity between a picture and the same picture changed by that operation alone, applied to every
    /// view at its configured strength.
    pub operations: Floats,
    /// Mean cosine similarity between two different pictures.
    pub others: f32,
}
