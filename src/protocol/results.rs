//! What is found out about the whole set.

use serde::{Deserialize, Serialize};

use super::{Floats, LabelId, MapMethod, Pair, PictureId, Stage};

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

/// Leave-one-out scores over the labelled pictures, by the 10 nearest labelled others of each.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct KnnScore {
    /// The mean share of a picture's nearest labelled others that carry its label.
    pub shared_labels: f32,
    /// How often the most common label among them is the picture's own; a tie goes to
    /// the label whose carriers are more similar in sum.
    pub accuracy: f32,
    /// How many others were looked at: 10, or all there are.
    pub neighbours: u32,
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
    /// The embeddings, one row a picture; empty for baselines.
    pub embeddings: Floats,
    /// Every picture's nearest others.
    pub neighbours: Neighbours,
    /// How well they agree with the labels; absent with fewer than two.
    pub knn: Option<KnnScore>,
    /// exp of the entropy of the normalised singular values (Roy & Vetterli 2007):
    /// how many dimensions the embeddings really use; absent for baselines.
    pub effective_rank: Option<f32>,
}

#[cfg(test)]
impl Evaluation {
    /// Of these pictures, before any training, with nothing found out about them.
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
    /// The given pictures guessed from each other, where `scored` is 0: without it, nothing
    /// would say how far to trust the guesses.
    pub crossed: Option<CrossValidation>,
}

/// What the classifiers say of the given pictures when each is guessed from others: a
/// stratified cross-validation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CrossValidation {
    /// The given pictures that were guessed; the order of the guesses below.
    pub pictures: Vec<PictureId>,
    /// Their labels.
    pub labels: Vec<LabelId>,
    /// Parts that were guessed one after the other, each by classifiers that learned from all
    /// other given pictures; as many as pictures where each was left out by itself.
    pub folds: u32,
    /// Labels with a single given picture, which are not guessed: nothing is left to learn
    /// them from.
    pub lone: Vec<LabelId>,
    /// What the linear probe says.
    pub probe: Guesses,
    /// What the vote of the nearest says.
    pub vote: Guesses,
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
    /// For each operation, in the order of [`crate::settings::Augmentations::each`]: the
    /// mean cosine similarity between a picture and the same picture changed by that operation
    /// alone, applied to every view at the strength that is set.
    pub operations: Floats,
    /// The mean cosine similarity between two different pictures.
    pub others: f32,
}
