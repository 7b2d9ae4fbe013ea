//! Evaluations of the embeddings of the whole set: neighbours and scores.

use strum::VariantArray;

use crate::{
    page::{by_stage::ByStage, picture_map::PictureMap},
    protocol::{Evaluation, KnnScore, PictureId, Stage},
};

/// A neighbour of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// The neighbouring picture.
    pub id: PictureId,
    /// Cosine similarity of the two.
    pub similarity: f32,
}

/// An evaluation whose rows can be found by picture.
#[derive(Debug)]
pub struct IndexedEvaluation {
    /// The evaluation as the engine sent it.
    pub evaluation: Evaluation,
    rows: PictureMap<usize>,
}

impl IndexedEvaluation {
    fn new(evaluation: Evaluation) -> Self {
        let rows = evaluation.pictures.iter().enumerate().map(|(row, id)| (*id, row)).collect();
        Self { evaluation, rows }
    }

    /// Returns a picture's nearest neighbours, nearest first; none for a picture that was not
    /// evaluated.
    pub fn nearest(&self, id: PictureId) -> Vec<Neighbour> {
        let neighbours = &self.evaluation.neighbours;
        let k = neighbours.k as usize;
        let Some(row) = self.rows.get(&id) else { return Vec::new() };
        let range = row * k..(row + 1) * k;
        let indices = neighbours.indices.get(range.clone()).unwrap_or_default();
        let similarities = neighbours.similarities.0.get(range).unwrap_or_default();
        let ids = indices.iter().filter_map(|i| self.evaluation.pictures.get(*i as usize));
        ids.zip(similarities).map(|(id, similarity)| Neighbour { id: *id, similarity: *similarity }).collect()
    }

    /// Returns a picture's embedding, if there is one.
    pub fn embedding(&self, id: PictureId) -> Option<&[f32]> {
        let width = self.evaluation.dimensions as usize;
        let row = *self.rows.get(&id)?;
        self.evaluation.embeddings.0.get(row * width..(row + 1) * width).filter(|row| !row.is_empty())
    }
}

/// Number of nearest neighbours that the page shows and describes.
pub const SHOWN: usize = 10;

/// The latest evaluation of each stage.
#[derive(Debug, Default)]
pub struct Results {
    by_stage: ByStage<Option<IndexedEvaluation>>,
}

impl Results {
    /// Stores an evaluation.
    pub fn keep_evaluation(&mut self, evaluation: Evaluation) {
        let stage = evaluation.stage;
        self.by_stage[stage] = Some(IndexedEvaluation::new(evaluation));
    }

    /// Replaces a stage's score after a change of labels.
    pub fn keep_score(&mut self, stage: Stage, knn: Option<KnnScore>) {
        if let Some(IndexedEvaluation { evaluation, .. }) = &mut self.by_stage[stage] {
            evaluation.knn = knn;
        }
    }

    /// Removes a stage's evaluation.
    pub fn drop_stage(&mut self, stage: Stage) {
        self.by_stage[stage] = None;
    }

    /// Returns a stage's evaluation.
    pub fn scored(&self, stage: Stage) -> Option<&IndexedEvaluation> {
        self.by_stage[stage].as_ref()
    }

    /// Returns the network's best evaluation: trained, else untrained.
    pub fn latest(&self) -> Option<&IndexedEvaluation> {
        self.scored(Stage::Trained).or(self.scored(Stage::Untrained))
    }

    /// Returns the number of stages that are evaluated.
    pub fn stages(&self) -> usize {
        Stage::VARIANTS.iter().filter(|stage| self.scored(**stage).is_some()).count()
    }

    /// Returns how many of a picture's [`SHOWN`] nearest neighbours by the trained network are new
    /// compared with the untrained one, on average, and out of how many.
    pub fn changed_neighbours(&self) -> Option<(f32, u32)> {
        let (trained, untrained) = (self.scored(Stage::Trained)?, self.scored(Stage::Untrained)?);
        let pictures = &trained.evaluation.pictures;
        let new = |id: &PictureId| {
            let (before, after) = (untrained.nearest(*id), trained.nearest(*id));
            let before = &before[..before.len().min(SHOWN)];
            let new = after.iter().take(SHOWN).filter(|near| before.iter().all(|old| old.id != near.id));
            new.count()
        };
        let total: usize = pictures.iter().map(new).sum();
        (!pictures.is_empty()).then(|| {
            (total as f32 / pictures.len() as f32, trained.evaluation.neighbours.k.min(SHOWN as u32))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Floats, Neighbours};

    fn evaluation(stage: Stage, indices: [u32; 3]) -> Evaluation {
        Evaluation {
            stage,
            step: 0,
            pictures: vec![7, 8, 9],
            dimensions: 2,
            embeddings: Floats(vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
            neighbours: Neighbours {
                k: 1,
                indices: indices.into(),
                similarities: Floats(vec![0.1, 0.2, 0.3]),
            },
            knn: None,
            effective_rank: None,
        }
    }

    #[test]
    fn neighbours_and_embeddings_are_found_by_picture() {
        let scored = IndexedEvaluation::new(evaluation(Stage::Trained, [2, 0, 1]));
        assert_eq!(scored.nearest(8), [Neighbour { id: 7, similarity: 0.2 }]);
        assert_eq!(scored.embedding(9), Some([4.0, 5.0].as_slice()));
        assert_eq!((scored.nearest(1), scored.embedding(1)), (Vec::new(), None));
    }

    #[test]
    fn new_neighbours_are_counted() {
        let mut results = Results::default();
        results.keep_evaluation(evaluation(Stage::Untrained, [1, 2, 0]));
        assert_eq!(results.changed_neighbours(), None);
        results.keep_evaluation(evaluation(Stage::Trained, [1, 0, 1]));
        assert_eq!(results.changed_neighbours(), Some((2.0 / 3.0, 1)));
    }

    #[test]
    fn only_the_ten_nearest_neighbours_count() {
        // Picture 0 has eleven neighbours: the last becomes the first, and so on.
        let nearest = |order: [u32; 11]| Evaluation {
            pictures: (0..12).collect(),
            neighbours: Neighbours { k: 11, indices: order.repeat(12), similarities: Floats(vec![0.5; 132]) },
            ..evaluation(Stage::Untrained, [0; 3])
        };
        let order: [u32; 11] = std::array::from_fn(|i| i as u32 + 1);
        let mut rotated = order;
        rotated.rotate_right(1);
        let mut results = Results::default();
        results.keep_evaluation(nearest(order));
        results.keep_evaluation(Evaluation { stage: Stage::Trained, ..nearest(rotated) });
        assert_eq!(results.changed_neighbours(), Some((1.0, 10)));
    }
}
